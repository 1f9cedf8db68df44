package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// Lost is a rental that was called ended. Clore's list has lacked orders that lived on, so it is
// kept for a while with all that its owner wished for: if the order is listed again, the rental
// goes on as if nothing had been.
type Lost struct {
	// Rental is as it was before its end, but for EndedAt and what is booked of its cost.
	Rental Rental  `json:"rental"`
	Intent *Intent `json:"intent,omitempty"` // that it came of; nil when it was not made here
}

const (
	// keepLost is how long an ended rental may come back as what it was.
	keepLost = 24 * time.Hour
	// unprovenFor is how long nothing is bought without asking after an end that Clore has not
	// shown: the order may come back, and would run beside what took its place.
	unprovenFor = 10 * time.Minute
	// maxProven bounds how many are kept that Clore itself showed as ended: the newest. Of the
	// others all are kept that were followed, since an empty list makes them end together.
	maxProven = 10
	// lostRarer makes the looks for an order that may come back rarer: the pause is this part of
	// the time since its end.
	lostRarer = 20
)

// Proven reports whether Clore itself showed the order as ended, not only no more.
func (v *Lost) Proven() bool { return v.Rental.Order.Expired }

// unproven reports whether an order that was called ended a short while ago may still live. Of the
// order that a fallback takes the place of the bids have shown that it is lost.
func (l *Ledger) unproven(m *Mandate, now time.Time) bool {
	return slices.ContainsFunc(l.Lost, func(v Lost) bool {
		return !v.Proven() && v.Rental.Order.ID != m.After && now.Sub(v.Rental.EndedAt) < unprovenFor
	})
}

// until returns when the rental is forgotten.
func (v *Lost) until() time.Time { return v.Rental.EndedAt.Add(keepLost) }

// lostRental returns what is kept of an ended order, or nil. It points into the ledger.
func (l *Ledger) lostRental(order clore.OrderID) *Lost {
	for i := range l.Lost {
		if l.Lost[i].Rental.Order.ID == order {
			return &l.Lost[i]
		}
	}
	return nil
}

// keepEnded keeps a rental as it was before its end. over is the same with its end.
func (l *Ledger) keepEnded(was, over Rental) {
	was.EndedAt, was.Charged, was.Order.Expired = over.EndedAt, over.Charged, over.Order.Expired
	v := Lost{Rental: was}
	if in := l.Intent(was.Intent); in != nil {
		kept := *in
		v.Intent = &kept
	}
	l.Lost = append(slices.Clone(l.Lost), v)
	proven := 0
	for i := range l.Lost {
		if l.Lost[i].Proven() {
			proven++
		}
	}
	l.Lost = slices.DeleteFunc(l.Lost, func(v Lost) bool {
		over := v.Proven() && proven > maxProven
		if over {
			proven--
		}
		return over
	})
	if more := len(l.Lost) - maxRentals; more > 0 {
		l.Lost = l.Lost[more:]
	}
}

// forgetLost drops what has been ended for long.
func (l *Ledger) forgetLost(now time.Time) {
	kept := slices.DeleteFunc(slices.Clone(l.Lost), func(v Lost) bool { return reached(v.until(), now) })
	if len(kept) == 0 {
		kept = nil
	}
	l.Lost = kept
}

// lostAt returns when forgetLost has something to do, or the zero time.
func (l *Ledger) lostAt() time.Time {
	var first time.Time
	for i := range l.Lost {
		first = sooner(first, l.Lost[i].until())
	}
	return first
}

// lostGap returns the time between two looks for an order that may come back, 0 for no looks:
// nothing else would find one that costs money.
func (l *Ledger) lostGap(polled time.Time, p Pace) time.Duration {
	var gap time.Duration
	for i := range l.Lost {
		v := &l.Lost[i]
		if v.Proven() {
			continue
		}
		if d := max(p.Slow, polled.Sub(v.Rental.EndedAt)/lostRarer); gap == 0 || d < gap {
			gap = d
		}
	}
	return gap
}

// proofs notes which of the lost orders Clore shows as ended after all.
func (o *observation) proofs() {
	for i := range o.l.Lost {
		if v := &o.l.Lost[i]; !v.Proven() && find(o.over, v.Rental.Order.ID) != nil && find(o.live, v.Rental.Order.ID) == nil {
			o.l.Lost = slices.Clone(o.l.Lost)
			o.l.Lost[i].Rental.Order.Expired, o.changed = true, true
		}
	}
}

// revive takes a rental back that was called ended, and reports whether the order is of one. A
// stop that has passed meanwhile is kept late, and what was cancelled is cancelled again.
func (o *observation) revive(v *clore.Order) bool {
	lost := o.l.lostRental(v.ID)
	if lost == nil {
		return false
	}
	r, in := lost.Rental, lost.Intent
	o.l.Lost = slices.DeleteFunc(slices.Clone(o.l.Lost), func(x Lost) bool { return x.Rental.Order.ID == v.ID })
	if in != nil && o.l.Intent(in.ID) == nil {
		o.l.Intents = append(o.l.Intents, *in)
	}
	if in := o.l.Intent(r.Intent); in != nil {
		in.Closed = time.Time{}
	}
	r.EndedAt, r.Order.Expired = time.Time{}, false
	r.Probe, r.Told.Down = Probe{}, false
	if c := r.Cancel; c != nil {
		r.Cancel = c.again(o.now)
	}
	o.l.standBack(r.Order.ID)
	if r.Gone.IsZero() {
		r.Gone = r.Seen // it was missing, so that what the list shows is news
	}
	o.saw(&r, v)
	o.l.Rentals = append(o.l.Rentals, r)
	o.taken[v.ID], o.changed = true, true
	return true
}

// again returns the same wish as if nothing had been sent yet. Clore has the complaint if it
// agreed before.
func (c *Cancellation) again(now time.Time) *Cancellation {
	next := &Cancellation{Asked: now, Reason: c.Reason, Issue: c.Issue, Next: now}
	if !c.Accepted.IsZero() {
		next.Issue = ""
	}
	return next
}

// standBack keeps a fallback from buying in the place of an order that is not lost after all.
func (l *Ledger) standBack(order clore.OrderID) {
	for i := range l.Mandates {
		m := &l.Mandates[i]
		if m.Cause == ForFallback && m.After == order && len(m.Purchases) == 0 {
			m.Lost = time.Time{}
		}
	}
}
