package notify

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// Diff returns what people must be told when the ledger of an account changes from prev to
// next, in the order in which they should read it: what a card shows comes before the message
// that rings for the same reason. It is pure; the same ledgers give the same events with the
// same keys.
func Diff(prev, next rental.Ledger) []rental.Event {
	d := differ{prev: prev, next: next}
	d.intents()
	d.rentals()
	d.ended()
	d.mandates()
	d.account()
	d.alarm()
	d.outage()
	return d.events
}

type differ struct {
	prev, next rental.Ledger
	events     []rental.Event
	carded     []string // intents whose card was looked at
}

// intents tells what became of decisions to rent.
func (d *differ) intents() {
	for i := range d.next.Intents {
		now := &d.next.Intents[i]
		was := findIntent(&d.prev, now.ID)
		d.card(now.ID, now.User)
		if now.State == rental.Created {
			d.late(was, now)
		}
		if was.State == now.State {
			continue
		}
		switch now.State {
		case rental.Refused, rental.Withdrawn:
			e := d.ofIntent(rental.NotPlaced, now)
			e.Reason, e.Quote = now.Reason, now.Requote
			d.add(e)
		case rental.Missing:
			d.add(d.ofIntent(rental.NotFound, now))
		case rental.Pending, rental.Sending, rental.Ambiguous, rental.Accepted, rental.Created:
			// The card shows them; what rings is the rental.
		}
	}
}

// late rings for an order that shows up after its user was told that there is none: it costs
// money, and they may have rented another one by now. The same goes for a rental that comes back
// after it was called ended.
func (d *differ) late(was, now *rental.Intent) {
	unexpected := was.State == rental.Missing || was.State == rental.Refused || was.State == rental.Withdrawn
	back := was.State == rental.Created && !was.Closed.IsZero() && now.Closed.IsZero()
	r := rentalOf(&d.next, now.ID)
	if d.revived(r.Order.ID) {
		return // which is told with the rental
	}
	if (unexpected || back) && r.Stage != "" && r.Stage != rental.Ended {
		d.add(d.ofRental(rental.Foreign, r, r.Seen))
	}
}

// rentals tells what changed about the rentals that live.
func (d *differ) rentals() {
	for i := range d.next.Rentals {
		now := &d.next.Rentals[i]
		was := findRental(&d.prev, now.Order.ID)
		if now.Intent != "" {
			d.card(now.Intent, now.User)
		}
		d.rental(was, now)
	}
}

// ended tells of the rentals that are over.
func (d *differ) ended() {
	for i := range d.next.Ended {
		now := &d.next.Ended[i]
		was := findRental(&d.prev, now.Order.ID)
		if now.Intent != "" {
			d.card(now.Intent, now.User)
		} else if was.Stage == "" {
			continue // made elsewhere, over before it was ever spoken of
		}
		// A charge above the quote may be seen in the same answer as the end.
		if now.Told.Dearer && !was.Told.Dearer {
			d.add(d.dearer(now))
		}
		d.add(d.ofRental(rental.HasEnded, now, now.EndedAt))
	}
}

// account tells about the money and the key.
func (d *differ) account() {
	for _, coin := range slices.Sorted(maps.Keys(d.next.Funds.Warned)) {
		warned, before := d.next.Funds.Warned[coin], d.prev.Funds.Warned[coin]
		if before != 0 && warned >= before {
			continue
		}
		e := d.ofAccount(rental.RunwayShort, d.next.Funds.Checked)
		e.Runway, e.Coin = warned, coin
		e.Key = fmt.Sprintf("%s/%s/%d", e.Key, coin, int64(warned/time.Second))
		d.add(e)
	}
	if at := d.next.Account.Rejected; !at.IsZero() && d.prev.Account.Rejected.IsZero() {
		d.add(d.ofAccount(rental.KeyRejected, at))
	}
}

func (d *differ) add(e rental.Event) { d.events = append(d.events, e) }

func (d *differ) ofIntent(kind rental.EventKind, n *rental.Intent) rental.Event {
	at := intentTime(n)
	return rental.Event{
		Kind: kind, Key: fmt.Sprintf("%s/%s/%d", kind, n.ID, at.UnixMilli()),
		User: n.User, Account: d.next.Account.ID, At: at, Intent: n.ID, Order: n.Order,
	}
}

// ofRental makes an event of a rental. The epoch tells it from another one of its kind.
func (d *differ) ofRental(kind rental.EventKind, r *rental.Rental, epoch time.Time) rental.Event {
	user := r.User
	if user == (chat.User{}) {
		user = d.next.Account.User
	}
	return rental.Event{
		Kind: kind, Key: fmt.Sprintf("%s/%d/%d", kind, r.Order.ID, epoch.UnixMilli()),
		User: user, Account: d.next.Account.ID, At: rentalTime(r),
		Intent: r.Intent, Order: r.Order.ID, Rental: clone(r),
	}
}

func (d *differ) ofAccount(kind rental.EventKind, at time.Time) rental.Event {
	a := d.next.Account
	return rental.Event{
		Kind: kind, Key: fmt.Sprintf("%s/%s/%d", kind, a.ID, at.UnixMilli()),
		User: a.User, Account: a.ID, At: at,
	}
}

// fingerprint shortens what a card shows to something that a key can hold.
func fingerprint(v any) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%+v", v) // a hash never fails to write
	return fmt.Sprintf("%016x", h.Sum64())
}

// findIntent returns a zero intent when there is none, which has no state.
func findIntent(l *rental.Ledger, id string) *rental.Intent {
	for i := range l.Intents {
		if l.Intents[i].ID == id {
			return &l.Intents[i]
		}
	}
	return &rental.Intent{}
}

// findRental looks among the living, the ended, and those that ended earlier and may come back; it
// returns a zero rental when there is none, which has no stage.
func findRental(l *rental.Ledger, id clore.OrderID) *rental.Rental {
	for _, list := range [][]rental.Rental{l.Rentals, l.Ended} {
		for i := range list {
			if list[i].Order.ID == id {
				return &list[i]
			}
		}
	}
	for i := range l.Lost {
		if r := &l.Lost[i].Rental; r.Order.ID == id {
			return r
		}
	}
	return &rental.Rental{}
}

// revived reports whether an order lives again that was called ended earlier.
func (d *differ) revived(id clore.OrderID) bool {
	of := func(r rental.Rental) bool { return r.Order.ID == id }
	return slices.ContainsFunc(d.prev.Lost, func(v rental.Lost) bool { return of(v.Rental) }) &&
		slices.ContainsFunc(d.next.Rentals, of)
}

// clone copies what transitions alter in place.
func clone(r *rental.Rental) *rental.Rental {
	c := *r
	if r.Cancel != nil {
		cancel := *r.Cancel
		c.Cancel = &cancel
	}
	return &c
}

func intentTime(n *rental.Intent) time.Time {
	return latest(n.Taken, n.Sent, n.Answered, n.Settled, n.Closed)
}

// rentalTime is the last moment that the rental knows of. Moments that lie ahead and those of
// Clore's clock do not count.
func rentalTime(r *rental.Rental) time.Time {
	at := latest(r.Seen, r.Gone, r.Since, r.StopSet, r.ReadyAt, r.EndedAt, r.Probe.Last, r.Probe.Down)
	if c := r.Cancel; c != nil {
		at = latest(at, c.Asked, c.Accepted)
	}
	return at
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
