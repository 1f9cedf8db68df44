package rental

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// CallOff takes a decision to rent back, however far it has come, and returns the intent as it is
// then. What was not sent never is: it is Withdrawn. What was sent is Unwanted: its order is
// cancelled as soon as it is known, and as soon as it appears after all if it was missing. An order
// that is known is cancelled like any other. The permission that it was bought under ends, as
// nothing is rented in place of what a person does not want. The errors are ErrNoIntent, and
// ErrIntentState for one that came to nothing or has ended.
func (l *Ledger) CallOff(intent string, now time.Time) (Intent, error) {
	in := l.Intent(intent)
	if in == nil {
		return Intent{}, ErrNoIntent
	}
	switch in.State {
	case Pending:
		in.State, in.Reason, in.Settled = Withdrawn, ReasonCalledOff, now
	case Missing:
		in.Unwanted, in.Dismissed = sooner(in.Unwanted, now), true
	case Sending, Ambiguous, Accepted:
		in.Unwanted = sooner(in.Unwanted, now)
	case Created:
		if l.Of(intent) == nil {
			return Intent{}, ErrIntentState
		}
		if err := l.AskCancel(in.Order, ByUser, "", now); err != nil {
			return Intent{}, err
		}
	case Withdrawn:
		if in.Reason != ReasonCalledOff {
			return Intent{}, ErrIntentState
		}
	case Refused:
		return Intent{}, ErrIntentState
	}
	if m := l.Mandate(in.Mandate); m != nil && m.Active() {
		m.finish(FinishUser, now)
	}
	called := *in
	l.settleMandates(now)
	return called, nil
}

// cancelUnwanted asks for the end of an order that was called off before it was known.
func (o *observation) cancelUnwanted(in *Intent, r *Rental) {
	if !in.Unwanted.IsZero() {
		r.Cancel = &Cancellation{Asked: o.now, Reason: ByUser, Next: o.now}
	}
}

// CallOff takes a decision to rent back; see [Ledger.CallOff]. Nothing that was not sent by now
// will be.
func (d *Desk) CallOff(ctx context.Context, user chat.User, id account.ID, intent string) (Intent, error) {
	var called Intent
	err := d.change(ctx, user, id, func(l *Ledger) error {
		var err error
		called, err = l.CallOff(intent, d.Now())
		return err
	})
	return called, err
}
