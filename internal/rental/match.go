package rental

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// skew is how far Clore's clock may be behind ours when it decides.
const skew = 30 * time.Second

// intents looks for the orders of the intents that have none yet. What Clore said yes to comes
// first, so that of two intents for one server the accepted one gets the order.
func (o *observation) intents() {
	var waiting []*Intent
	for i := range o.l.Intents {
		if in := &o.l.Intents[i]; in.claims() {
			waiting = append(waiting, in)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *Intent) int {
		return cmp.Or(a.claim()-b.claim(), a.Sent.Compare(b.Sent))
	})
	for _, in := range waiting {
		if v := o.match(in, o.live); v != nil {
			o.create(in, v)
		} else if v := o.match(in, o.over); v != nil {
			o.createdAndOver(in, v)
		}
	}
}

// claims reports whether an order may turn out to be the intent's.
func (in *Intent) claims() bool { return in.claim() > 0 }

// claim ranks how sure it is that the intent has an order, 0 for not at all. A refusal because
// the server is taken may mean that it is taken by the very order that was asked for.
func (in *Intent) claim() int {
	switch in.State {
	case Accepted:
		return 1
	case Sending, Ambiguous:
		return 2
	case Missing:
		return 3
	case Refused:
		if in.Reason == string(clore.ServerRented) || in.Reason == string(clore.HaveSpotOrder) {
			return 4
		}
	case Pending, Created, Withdrawn:
	}
	return 0
}

// match returns the order that most likely came of the intent, or nil.
func (o *observation) match(in *Intent, orders []*clore.Order) *clore.Order {
	var best *clore.Order
	for _, v := range orders {
		if o.taken[v.ID] || !in.fits(v) {
			continue
		}
		if best == nil || cmp.Or(in.doubts(v)-in.doubts(best), cmp.Compare(v.ID, best.ID)) < 0 {
			best = v
		}
	}
	return best
}

// fits reports whether an order can be the one that the intent asked for. Its ID proves that a
// live one is newer than the request, whatever the clocks say. The time is asked too where the
// ID proves less: of ended orders only the live ones were known before, and an intent that was
// settled without an order must not catch one that somebody makes hours later. One that was called
// off catches even less, since what it catches is cancelled.
func (in *Intent) fits(v *clore.Order) bool {
	if v.Server != in.Terms.Server || v.Kind != in.Terms.Kind ||
		v.Price.Currency != in.Terms.Price.Currency || v.ID <= in.MaxID {
		return false
	}
	if in.State.Open() && !v.Expired {
		return true
	}
	until := in.Answered.Add(lateBy)
	if !in.Unwanted.IsZero() {
		until = in.Answered.Add(unwantedBy)
	}
	return in.doubts(v) == 0 && !v.Created.After(until)
}

// doubts is 1 when the order seems to be older than the request.
func (in *Intent) doubts(v *clore.Order) int {
	if v.Created.Before(in.Sent.Add(-skew)) {
		return 1
	}
	return 0
}

// create makes a rental of an intent's order.
func (o *observation) create(in *Intent, v *clore.Order) {
	o.settle(in, v)
	r := o.rentalOf(in, v)
	r.Stage = stageOf(v, o.age(&r))
	r.Told.Dearer = r.dearer(v)
	o.cancelUnwanted(in, &r)
	o.l.charge(&r, o.at)
	o.l.Rentals = append(o.l.Rentals, r)
}

// createdAndOver makes an ended rental of an order that was never seen alive.
func (o *observation) createdAndOver(in *Intent, v *clore.Order) {
	o.settle(in, v)
	r := o.rentalOf(in, v)
	r.Told.Dearer = r.dearer(v)
	o.end(r, v)
}

func (o *observation) settle(in *Intent, v *clore.Order) {
	in.State, in.Order, in.Reason, in.Settled = Created, v.ID, "", o.now
	o.taken[v.ID], o.changed = true, true
}

// rentalOf returns the rental of an intent's order as first seen.
func (o *observation) rentalOf(in *Intent, v *clore.Order) Rental {
	r := Rental{
		Order: *v, User: in.User, Account: in.Account, Intent: in.ID, Terms: in.Terms, Seen: o.at,
		Mandate: in.Mandate, Label: in.Label,
	}
	if !began(v) {
		return r
	}
	o.begin(&r)
	// It began when Clore says so, within what we know of it ourselves.
	if at := v.Created; at.Before(o.at) {
		r.Since = later(at, in.Sent)
	}
	if r.Terms.RunFor > 0 {
		r.StopAt = r.Since.Add(r.Terms.RunFor)
	}
	return r
}

// strangers makes rentals of the live orders that no intent explains.
func (o *observation) strangers() {
	for _, v := range o.live {
		if o.taken[v.ID] {
			continue
		}
		if o.revive(v) {
			continue
		}
		if in := o.created(v.ID); in != nil {
			o.back(in, v)
			continue
		}
		if len(o.l.Rentals) >= maxRentals {
			continue
		}
		r := o.stranger(v)
		o.l.charge(&r, o.at)
		o.l.Rentals = append(o.l.Rentals, r)
		o.taken[v.ID], o.changed = true, true
	}
}

// back makes a rental anew that was called ended and of which only the intent is left.
func (o *observation) back(in *Intent, v *clore.Order) {
	in.Closed = time.Time{}
	o.create(in, v)
}

// created returns the intent of a known order, or nil.
func (o *observation) created(order clore.OrderID) *Intent {
	for i := range o.l.Intents {
		if in := &o.l.Intents[i]; in.State == Created && in.Order == order {
			return in
		}
	}
	return nil
}

func (o *observation) stranger(v *clore.Order) Rental {
	r := Rental{
		Order: *v, User: o.l.Account.User, Account: o.l.Account.ID, Seen: o.at,
		Terms: Terms{
			Server: v.Server, Hardware: cards(v.GPUs, v.GPUMemory), Count: len(v.GPUs), Country: v.Country,
			CUDA: v.CUDA, Kind: v.Kind, Price: v.Price, MaxRent: v.MaxRental,
		},
	}
	if len(v.GPUs) > 0 {
		r.Terms.GPU = v.GPUs[0]
	}
	if began(v) {
		r.Since = o.at
		if v.Created.Before(o.at) {
			r.Since = v.Created
		}
	}
	r.Stage = stageOf(v, o.age(&r))
	return r
}

// cards names the cards of a server: "2× RTX 3090 24 GB".
func cards(gpus []string, memory int) string {
	if len(gpus) == 0 {
		return ""
	}
	name := cut(gpus[0], maxModel)
	for _, g := range gpus {
		if g != gpus[0] {
			name = "mixed GPUs"
			break
		}
	}
	if memory <= 0 {
		return fmt.Sprintf("%d× %s", len(gpus), name)
	}
	return fmt.Sprintf("%d× %s %d GB", len(gpus), name, memory)
}

// waiting counts the good lists that lack the order of an intent. After enough of them, over
// long enough, there is most likely none, and the user decides, unless it was called off.
func (o *observation) waiting() {
	for i := range o.l.Intents {
		in := &o.l.Intents[i]
		if in.State != Ambiguous && in.State != Accepted || !o.at.After(in.Answered) {
			continue
		}
		if in.Polls < enoughPolls {
			in.Polls++
			o.changed = true
		}
		if o.completed && in.Polls >= enoughPolls && o.at.Sub(in.Answered) >= o.quarantine {
			in.State, in.Settled, o.changed = Missing, o.now, true
			in.Dismissed = in.Dismissed || !in.Unwanted.IsZero() // nobody is to decide about it again
		}
	}
}
