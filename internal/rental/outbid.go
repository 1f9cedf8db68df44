package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

const (
	// stillAfter is how long the spend of a running bid must stand still to look at the bids:
	// Clore counts whole seconds, so it grows between any two lists.
	stillAfter = 20 * time.Second
	// stillFor is how long it must stand still to call the bid outbid without having seen them.
	stillFor = 90 * time.Second
	// spotSpendEvery is how old the stored spend of a spot rental may become, in place of
	// spendEvery, since it is what shows whether it runs.
	spotSpendEvery = time.Minute
)

// watchSpend notes when the spend of a running bid stops growing, or its container is gone, and
// grows again. It reports whether that is new.
func (r *Rental) watchSpend(v *clore.Order, at time.Time) bool {
	if r.Order.Kind != clore.Spot || r.Since.IsZero() {
		return false
	}
	grew := v.Spend.Amount > r.Order.Spend.Amount
	fell := v.Container < r.Order.Container
	switch {
	case fell && r.Still.IsZero(), r.Still.IsZero() && !grew && at.Sub(r.Seen) >= stillAfter:
		r.Still = at
		if !fell {
			r.Still = r.Seen
		}
		return true
	case grew && !fell && !r.Still.IsZero() && r.Order.Container == v.Container:
		r.Still = time.Time{}
		return true
	}
	return false
}

// lostUnseen reports whether a running bid must be called outbid although its book could not be
// read since its spend stopped growing. One whose book says that it leads has merely paused.
func (r *Rental) lostUnseen(at time.Time) bool {
	return !r.Still.IsZero() && !r.Since.IsZero() && at.Sub(r.Still) >= stillFor &&
		(r.Book == nil || r.Book.At.Before(r.Still))
}

// doubt returns since when it is in question whether a bid leads; a book from before does not
// say. Zero: nothing is in question.
func (r *Rental) doubt() time.Time { return later(r.Still, r.Gone) }

// judgeLead takes over from a book whether the bid leads. One that waits from its start and never
// led is not outbid.
func (r *Rental) judgeLead(b *Book, listed bool, at, now time.Time) {
	switch {
	case b.Lead && !r.Outbid.IsZero():
		r.regain(at)
	case !b.Lead && (listed || b.Taken) && r.Outbid.IsZero() && !r.Since.IsZero():
		r.lose(now)
	}
}

// lose notes that somebody else has the server of a spot rental, which waits from now on: it costs
// nothing, and its container is lost.
func (r *Rental) lose(now time.Time) {
	r.Outbid, r.Since, r.Still = now, time.Time{}, time.Time{}
	r.Stage, r.Probe, r.ReadyAt = Listed, Probe{}, time.Time{}
	r.Told.Slow, r.Told.Stuck, r.Told.Down = false, false, false // they were about its container
	r.Order.Hosts, r.Order.Ports, r.Order.Container = nil, nil, 0
}

// regain starts a spot rental anew that leads again.
func (r *Rental) regain(at time.Time) {
	r.Outbid, r.Since, r.Still = time.Time{}, at, time.Time{}
	r.Stage, r.Probe, r.ReadyAt = Listed, Probe{}, time.Time{}
	if p := r.Pilot; p != nil && p.Stuck != "" {
		pilot := *p
		pilot.Stuck = ""
		r.Pilot = &pilot
	}
}

// leadsAgain reports whether a list shows that an outbid rental runs: its container is back, or
// its spend grew between two lists since it was outbid.
func (r *Rental) leadsAgain(v *clore.Order) bool {
	if r.Outbid.IsZero() {
		return false
	}
	return v.Container > 0 && r.Order.Container == 0 && r.Seen.After(r.Outbid) ||
		v.Spend.Amount > r.Order.Spend.Amount && r.Seen.After(r.Outbid)
}

// wasOutbid tells an outbid order from one that the host ended.
func (r *Rental) wasOutbid() bool {
	if r.Order.Kind != clore.Spot || r.Since.IsZero() && r.Outbid.IsZero() {
		return false
	}
	if !r.Outbid.IsZero() {
		return true
	}
	b := r.Book
	return b != nil && !r.Gone.IsZero() && !b.At.Before(r.Gone) && (b.Taken || b.Rented)
}

// Winning returns the smallest bid in the coin of the order that is above the best of the others
// by what is known of the bids, or false when that is not known. With no other bid it is the
// floor.
func (r *Rental) Winning(rates money.Rates) (money.Money, bool) {
	if r.Book == nil || r.Order.Kind != clore.Spot {
		return money.Money{}, false
	}
	return r.Book.Winning(r.Order.Price.Currency, rates)
}

// leads draws from a list whether a bid lost its server or has it again, and reports whether
// anything about that is new. Of one that was outbid no address is kept.
func (o *observation) leads(r *Rental, v *clore.Order) bool {
	turned := r.watchSpend(v, o.at)
	switch {
	case r.leadsAgain(v):
		r.regain(o.at)
		turned = true
	case r.lostUnseen(o.at):
		r.lose(o.now)
		turned = true
	}
	if !r.Outbid.IsZero() {
		v.Hosts, v.Ports = nil, nil
		turned = turned || !r.Seen.After(r.Outbid) // its spend is what a later one is compared with
	}
	return turned
}

// spendEvery is how old the stored spend may become.
func (r *Rental) spendEvery() time.Duration {
	if r.Order.Kind == clore.Spot {
		return spotSpendEvery
	}
	return spendEvery
}

// rebidFor is how long after a change of the bid a list may still show the former one.
const rebidFor = 2 * time.Minute

// rebidding reports whether a bid that is higher than agreed may be the bot's own doing.
func (r *Rental) rebidding(v *clore.Order, at time.Time) bool {
	b := r.Bid
	return b != nil && b.Tries > 0 && v.Price.Amount <= b.Target.Amount ||
		!r.Rebid.IsZero() && at.Sub(r.Rebid) < rebidFor
}
