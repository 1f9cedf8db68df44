package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// The reasons of the bot itself for not placing an order. Others are Clore's own texts.
const (
	ReasonTooOld   = "bot: too old"       // it could not be sent in time; prices may have moved
	ReasonUnlisted = "bot: unlisted"      // the server left the marketplace
	ReasonRented   = "bot: rented"        // somebody was faster
	ReasonGigaSPOT = "bot: gigaspot"      // the server went to GigaSPOT
	ReasonCoin     = "bot: coin"          // the host does not take the currency any more
	ReasonNoPrice  = "bot: no price"      // no price in the currency any more
	ReasonDearer   = "bot: dearer"        // there may be a new quote
	ReasonYours    = "bot: already yours" // the account has an order on that server
	ReasonKey      = "bot: key rejected"  //
	ReasonBusy     = "bot: rate limit"    // Clore's limit refused it again and again
	ReasonInput    = "bot: input"         // the client refused to send it
	ReasonNotSent  = "bot: not sent"      // no connection
	ReasonRefused  = "bot: refused"       // Clore gave no text
	ReasonLimit    = "bot: limit"         // the user's limits, or a freeze, keep it from being sent
	ReasonMandate  = "bot: mandate"       // the permission that it was bought under is over
	// ReasonCalledOff is a person's doing, before it was sent.
	ReasonCalledOff = "bot: called off"
)

const (
	// PendingFor is how long a confirmed intent may wait to be sent.
	PendingFor = 3 * time.Minute
	// Quarantine is how long the order of an intent may take to appear. An order has been
	// seen to be executed half a minute after its connection died.
	Quarantine = 2 * time.Minute
	// enoughPolls is how many good lists must lack the order.
	enoughPolls = 3
	// lateBy is how long after the answer an order may still be created and belong to an
	// intent that was settled without one.
	lateBy = 10 * time.Minute
	// unwantedBy is lateBy for one that was called off: longer than Clore has been seen to take.
	// What is made later may be somebody's own, is told like any order that was made elsewhere, and
	// is not cancelled without asking.
	unwantedBy = time.Minute
	// keepSettled is how long a settled intent still shows, keepMissing one without an answer.
	keepSettled = time.Hour
	keepMissing = 24 * time.Hour
	// maxIntents bounds the open intents of an account.
	maxIntents = 20
)

// Take makes an intent of a quote. The errors are ErrQuoteExpired, ErrKeyRejected,
// ErrQuoteTaken, ErrManyIntents and *OverLimit.
func (l *Ledger) Take(q Quote, now time.Time) (Intent, error) { return l.take(q, "", now) }

// take makes an intent of a quote, under a mandate if there is one.
func (l *Ledger) take(q Quote, mandate string, now time.Time) (Intent, error) {
	switch {
	case l.Intent(q.ID) != nil:
		return Intent{}, ErrQuoteTaken
	case !now.Before(q.Expires):
		return Intent{}, ErrQuoteExpired
	case !l.Account.Rejected.IsZero():
		return Intent{}, ErrKeyRejected
	case l.open() >= maxIntents:
		return Intent{}, ErrManyIntents
	}
	in := Intent{
		ID: q.ID, User: q.User, Account: l.Account.ID, Terms: q.Terms, State: Pending, Taken: now,
		Mandate: mandate, Label: q.Terms.Label,
	}
	l.noteRates(q.Rates)
	err := l.spend(now, func(l *Ledger) error {
		l.Intents = append(l.Intents, in)
		return nil
	})
	if err != nil {
		return Intent{}, err
	}
	return in, nil
}

func (l *Ledger) open() int {
	n := 0
	for i := range l.Intents {
		if l.Intents[i].State.Open() {
			n++
		}
	}
	return n
}

// BeginSend records that create_order is about to be sent. It must be committed before; only
// then may the request go out. maxID is the highest order ID that was ever listed. The errors
// are ErrNoIntent, ErrIntentState, ErrUnsettled while another intent is Sending or Ambiguous, and
// *OverLimit when the limits have become narrower, or the account was frozen, since it was taken.
func (l *Ledger) BeginSend(intent string, maxID clore.OrderID, now time.Time) error {
	in := l.Intent(intent)
	switch {
	case in == nil:
		return ErrNoIntent
	case in.State != Pending:
		return ErrIntentState
	case l.unsettled():
		return ErrUnsettled
	}
	if err := l.stillAllowed(*in, now); err != nil {
		return err
	}
	in.State, in.Sent, in.MaxID = Sending, now, maxID
	return nil
}

// stillAllowed judges an intent anew, as if it were taken now.
func (l *Ledger) stillAllowed(in Intent, now time.Time) error {
	without := l.copy()
	without.Intents = slices.DeleteFunc(without.Intents, func(i Intent) bool { return i.ID == in.ID })
	return without.spend(now, func(l *Ledger) error {
		l.Intents = append(l.Intents, in)
		return nil
	})
}

// unsettled reports whether it is unknown what became of a create_order.
func (l *Ledger) unsettled() bool {
	return slices.ContainsFunc(l.Intents, func(in Intent) bool {
		return in.State == Sending || in.State == Ambiguous
	})
}

// Accept records that Clore answered code 0. It does nothing to an intent that was settled.
func (l *Ledger) Accept(intent string, now time.Time) {
	if in := l.sent(intent); in != nil {
		in.State, in.Answered, in.Polls, in.Agreed = Accepted, now, 0, true
	}
}

// Refuse records that nothing was executed, and why.
func (l *Ledger) Refuse(intent, reason string, now time.Time) {
	if in := l.sent(intent); in != nil {
		in.State, in.Reason, in.Answered, in.Settled = Refused, reason, now, now
		l.settleMandates(now)
	}
}

// Doubt records that there is no definite answer and that none will come.
func (l *Ledger) Doubt(intent string, now time.Time) {
	if in := l.sent(intent); in != nil && in.State == Sending {
		in.State, in.Answered, in.Polls = Ambiguous, now, 0
	}
}

// sent returns an intent whose answer is awaited or was missed, or nil.
func (l *Ledger) sent(intent string) *Intent {
	in := l.Intent(intent)
	if in == nil || in.State != Sending && in.State != Ambiguous {
		return nil
	}
	return in
}

// Withdraw gives up an intent before anything was sent. requote is the ID of a new quote, if
// there is one.
func (l *Ledger) Withdraw(intent, reason, requote string, now time.Time) {
	l.withdraw(intent, reason, requote, now)
	l.settleMandates(now)
}

func (l *Ledger) withdraw(intent, reason, requote string, now time.Time) {
	if in := l.Intent(intent); in != nil && in.State == Pending {
		in.State, in.Reason, in.Requote, in.Settled = Withdrawn, reason, requote, now
	}
}

// Restart makes every intent that was being sent ambiguous. It is called when no request of the
// account can be in flight: at start-up, and before each look at the orders.
func (l *Ledger) Restart(now time.Time) {
	for i := range l.Intents {
		l.Doubt(l.Intents[i].ID, now)
	}
}

// Prunable returns the settled intents that need not be shown any more.
func (l *Ledger) Prunable(now time.Time) []string {
	var ids []string
	for i := range l.Intents {
		in := &l.Intents[i]
		if at := l.pruneAt(in); !at.IsZero() && !now.Before(at) {
			ids = append(ids, in.ID)
		}
	}
	return ids
}

// Prune drops them, the mandates that are done with, and what ended long ago.
func (l *Ledger) Prune(now time.Time) {
	gone := l.Prunable(now)
	l.Intents = slices.DeleteFunc(l.Intents, func(in Intent) bool {
		return slices.Contains(gone, in.ID)
	})
	l.forget(now)
	l.forgetLost(now)
}

// pruneAt returns when an intent may be dropped, zero for not yet foreseeable.
func (l *Ledger) pruneAt(in *Intent) time.Time {
	switch in.State {
	case Refused, Withdrawn:
		return in.Settled.Add(keepSettled)
	case Missing:
		return in.Settled.Add(keepMissing)
	case Created:
		if l.Of(in.ID) == nil {
			return later(in.Settled, in.Closed).Add(keepSettled)
		}
	case Pending, Sending, Ambiguous, Accepted:
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
