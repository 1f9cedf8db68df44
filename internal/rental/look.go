package rental

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/account"
)

// poll reads the orders and draws what follows.
func (a *Agent) poll(ctx context.Context, id account.ID) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	p, err := a.look(ctx, id, api, l.wantsEnded(a.Now(), a.Pace.Quarantine))
	if err != nil {
		return err
	}
	rates := a.worth(ctx, id, p.Orders)
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		now := a.Now()
		l.Restart(now) // nothing of this account is in flight
		l.noteRates(rates)
		a.observe(id, l, p, now)
		l.Tick(now)
		return nil
	})
}

// look reads the orders. The poll counts from before the request: later than that, nothing can be
// concluded from it.
func (a *Agent) look(ctx context.Context, id account.ID, api API, ended bool) (Poll, error) {
	p := Poll{At: a.Now(), Completed: ended, Quarantine: a.Pace.Quarantine}
	orders, err := api.MyOrders(ctx, ended)
	a.note(id, func(v *Volatile) { v.Polled = a.Now() })
	if err != nil {
		return Poll{}, fmt.Errorf("reading the orders: %w", err)
	}
	p.Orders = orders
	return p, nil
}

// observe changes the ledger, and notes that the wallets are worth a look when there is more that
// costs money.
func (a *Agent) observe(id account.ID, l *Ledger, p Poll, now time.Time) {
	before := l.burning()
	l.Observe(p, now)
	if l.burning() > before {
		a.note(id, func(v *Volatile) { v.Spender = true })
	}
}

func (l *Ledger) burning() int {
	n := 0
	for i := range l.Rentals {
		if l.Rentals[i].Burning() {
			n++
		}
	}
	return n
}

// wantsEnded reports whether the list should have ended orders, too: to see how a rental ended
// that is missing, and whether an order that never appeared came and went.
func (l *Ledger) wantsEnded(now time.Time, quarantine time.Duration) bool {
	for i := range l.Rentals {
		if !l.Rentals[i].Gone.IsZero() {
			return true
		}
	}
	quarantine = cmp.Or(quarantine, Quarantine)
	for i := range l.Intents {
		in := &l.Intents[i]
		waits := in.State == Ambiguous || in.State == Accepted
		if waits && now.Sub(in.Answered) >= quarantine {
			return true
		}
	}
	return false
}
