package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// mandates tells what was bought without asking again, and which permission has ended before all
// was bought. That all was bought shows with the last purchase, and who takes a permission back
// knows of it.
func (d *differ) mandates() {
	for i := range d.next.Mandates {
		now := &d.next.Mandates[i]
		was := findMandate(&d.prev, now.ID)
		for _, p := range now.Purchases {
			if p.State == rental.Bought && stateOf(was, p.Intent) != rental.Bought {
				d.add(d.bought(now, p))
			}
		}
		if was.Over.IsZero() && !now.Over.IsZero() && now.Why != rental.FinishDone && now.Why != rental.FinishUser {
			d.add(d.ofMandate(rental.MandateOver, now, "", now.Over))
		}
	}
}

func (d *differ) bought(m *rental.Mandate, p rental.Purchase) rental.Event {
	r := rentalOf(&d.next, p.Intent)
	e := d.ofMandate(rental.BoughtOne, m, p.Intent, latest(p.At, rentalTime(r)))
	e.Intent = p.Intent
	if r.Stage != "" {
		e.Order, e.Rental = r.Order.ID, clone(r)
	}
	return e
}

func (d *differ) ofMandate(kind rental.EventKind, m *rental.Mandate, what string, at time.Time) rental.Event {
	m2 := *m
	m2.Purchases = slices.Clone(m.Purchases)
	m2.Not = slices.Clone(m.Not)
	return rental.Event{
		Kind: kind, Key: fmt.Sprintf("%s/%s/%s", kind, m.ID, what),
		User: d.next.Account.User, Account: d.next.Account.ID, At: at, Watch: m.Watch, Mandate: &m2,
	}
}

// findMandate returns a zero mandate when there is none.
func findMandate(l *rental.Ledger, id string) *rental.Mandate {
	if m := l.Mandate(id); m != nil {
		return m
	}
	return &rental.Mandate{}
}

func stateOf(m *rental.Mandate, intent string) rental.PurchaseState {
	for _, p := range m.Purchases {
		if p.Intent == intent {
			return p.State
		}
	}
	return rental.Trying
}
