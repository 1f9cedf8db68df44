package rental

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
)

// SetFallback allows to rent on demand in the place of a spot order, once that is outbid and its
// pilot may do no more. An earlier fallback is taken back. The errors are those of Allow, and
// ErrNoOrder and ErrEnding.
func (l *Ledger) SetFallback(order clore.OrderID, m Mandate, now time.Time) error {
	r := l.Rental(order)
	switch {
	case r == nil || r.Order.Kind != clore.Spot:
		return ErrNoOrder
	case r.Cancel != nil:
		return ErrEnding
	}
	m.Cause, m.After = ForFallback, order
	if err := l.Allow(m, now); err != nil {
		return err
	}
	p := Pilot{}
	if r.Pilot != nil {
		p = *r.Pilot
	}
	l.dropFallback(p.Fallback, now)
	p.Fallback = m.ID
	r.Pilot = &p
	return nil
}

// dropFallback takes back what a pilot had to fall back on.
func (l *Ledger) dropFallback(mandate string, now time.Time) {
	if m := l.Mandate(mandate); m != nil && m.Cause == ForFallback {
		m.finish(FinishUser, now)
	}
}

// settleFallbacks forgets those that buy nothing any more.
func (l *Ledger) settleFallbacks() {
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if p := r.Pilot; p != nil && p.Fallback != "" && !l.standsBy(p.Fallback, r.Order.ID) {
			pilot := *p
			pilot.Fallback = ""
			r.Pilot = &pilot
		}
	}
}

// SetFallback gives a spot order something to fall back on; see [Ledger.SetFallback].
func (d *Desk) SetFallback(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, m Mandate,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.SetFallback(order, m, d.Now()) })
}
