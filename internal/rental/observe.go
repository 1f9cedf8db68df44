package rental

import (
	"cmp"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

const (
	// spendEvery is how old the stored spend of a rental may become. It grows with every
	// look; if that alone were stored, each look would be a commit.
	spendEvery = 5 * time.Minute
	// goneFor is how far apart two good lists without an order must be to call it ended.
	goneFor = 30 * time.Second
	// maxRentals bounds the orders of an account that are followed, for one made elsewhere.
	maxRentals = 200
)

// Observe draws what follows from a good list of orders: how far rentals are, which of them
// ended, which intents became orders, which orders are strange, and which intents have waited
// long enough. Ended rentals are put into Ended. Nothing changes when nothing of note is new.
func (l *Ledger) Observe(p Poll, now time.Time) {
	o := observation{
		l: l, at: p.At, now: now, completed: p.Completed, quarantine: cmp.Or(p.Quarantine, Quarantine),
	}
	o.index(p.Orders)
	o.rentals()
	o.proofs()
	o.intents()
	o.strangers()
	o.waiting()
	l.settleMandates(now)
	l.warnLimits(p.At)
	l.answered(now)
	if o.changed || l.Polled.IsZero() {
		l.Polled = p.At
	}
}

// observation is the work of one Observe.
type observation struct {
	l       *Ledger
	at, now time.Time
	// completed is true when an order that came and went would be in over.
	completed  bool
	quarantine time.Duration
	live       []*clore.Order // each once
	over       []*clore.Order
	taken      map[clore.OrderID]bool // belongs to a rental
	changed    bool
}

func (o *observation) index(orders []clore.Order) {
	o.taken = make(map[clore.OrderID]bool)
	seen := make(map[clore.OrderID]bool, len(orders))
	for i := range orders {
		if v := &orders[i]; v.ID > 0 && !v.Expired && !seen[v.ID] {
			seen[v.ID] = true
			o.live = append(o.live, v)
		}
	}
	for i := range orders {
		if v := &orders[i]; v.ID > 0 && v.Expired && !seen[v.ID] {
			seen[v.ID] = true
			o.over = append(o.over, v)
		}
	}
}

func find(orders []*clore.Order, id clore.OrderID) *clore.Order {
	for _, v := range orders {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// rentals looks for each known rental in the list.
func (o *observation) rentals() {
	var kept []Rental
	for _, r := range o.l.Rentals {
		o.taken[r.Order.ID] = true
		if v := find(o.live, r.Order.ID); v != nil {
			o.saw(&r, v)
		} else if v := find(o.over, r.Order.ID); v != nil {
			o.end(r, v)
			continue
		} else if o.missed(&r) {
			o.end(r, nil)
			continue
		}
		kept = append(kept, r)
	}
	o.l.Rentals = kept
}

// saw takes over what the list shows of a rental.
func (o *observation) saw(r *Rental, v *clore.Order) {
	fresh := *v
	turned := o.leads(r, &fresh)
	if keepsAddress(&r.Order, &fresh) {
		fresh.Hosts, fresh.Ports = r.Order.Hosts, r.Order.Ports
	}
	moved := moved(&r.Order, &fresh)
	stage := r.Stage
	if r.Since.IsZero() && r.Outbid.IsZero() && began(&fresh) {
		o.begin(r)
	}
	if moved {
		stage = Addressed
		r.move(o.at)
	}
	if s := stageOf(&fresh, o.age(r)); s.order() > stage.order() && r.Outbid.IsZero() {
		stage = s
	}
	r.sawBid(fresh.Price, o.at)
	dearer := r.Told.Dearer || r.dearer(&fresh) && !r.rebidding(&fresh, o.at)
	age := o.at.Sub(r.Seen)
	same := alike(&r.Order, &fresh) && stage == r.Stage && dearer == r.Told.Dearer &&
		r.Gone.IsZero() && !moved && !turned
	if every := r.spendEvery(); same && age < every && age > -every {
		return
	}
	r.Order, r.Seen, r.Gone, r.Stage, r.Told.Dearer = fresh, o.at, time.Time{}, stage, dearer
	o.l.charge(r, o.at)
	o.changed = true
}

// move forgets what was known of the former address. A rental that was ready becomes it again,
// and has the same time for that as at its start.
func (r *Rental) move(at time.Time) {
	if r.Stage == Ready {
		r.Since, r.Told.Slow, r.Told.Stuck = at, false, false
	}
	r.Probe, r.ReadyAt, r.Told.Down = Probe{}, time.Time{}, false
}

// begin starts the clock of a rental that costs money from now on.
func (o *observation) begin(r *Rental) {
	r.Since, o.changed = o.at, true
	if r.Terms.RunFor > 0 && r.StopSet.IsZero() {
		r.StopAt, r.StopSet = r.Since.Add(r.Terms.RunFor), o.now
	}
}

func (o *observation) age(r *Rental) time.Duration {
	if r.Since.IsZero() {
		return 0
	}
	return o.at.Sub(r.Since)
}

// dearer reports whether more is charged than was agreed.
func (r *Rental) dearer(v *clore.Order) bool {
	return r.Intent != "" && v.Price.Currency == r.Terms.Price.Currency &&
		v.Price.Amount > r.Terms.Price.Amount
}

// missed notes that a good list lacks the rental, and reports whether that makes it ended.
func (o *observation) missed(r *Rental) bool {
	if !r.Gone.IsZero() && !o.at.Before(r.Gone) {
		return o.at.Sub(r.Gone) >= goneFor
	}
	// The first time, or the clock was set back.
	r.Gone, o.changed = o.at, true
	return false
}

// end moves a rental to the ended ones. v is what Clore shows of its end, if anything.
func (o *observation) end(r Rental, v *clore.Order) {
	was := r
	r.EndedAt = r.Gone
	if v != nil {
		r.Order, r.Seen = *v, o.at
		if r.EndedAt.IsZero() {
			r.EndedAt = o.at
		}
		if at := v.Ended; !at.IsZero() && at.Before(r.EndedAt) {
			r.EndedAt = at
		}
	}
	o.l.settleCharge(&r)
	r.Reason = o.l.whyEnded(&r)
	r.Stage, r.Probe.Down = Ended, time.Time{}
	if in := o.l.Intent(r.Intent); in != nil {
		in.Closed = o.now
	}
	o.l.keepEnded(was, r)
	o.l.Ended = append(o.l.Ended, r)
	o.changed = true
}
