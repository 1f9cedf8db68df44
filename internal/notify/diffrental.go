package notify

import (
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// rental tells what changed about one that lives; was has no stage when it is new.
func (d *differ) rental(was, now *rental.Rental) {
	told := was.Told
	if d.revived(now.Order.ID) {
		e := d.ofRental(rental.Foreign, now, now.Seen)
		e.Revived = true
		d.add(e)
	}
	if was.Stage == "" && now.Intent == "" {
		// An order that was not made here. What it brings along as told stays untold.
		told = now.Told
		if !d.adopting() {
			d.add(d.ofRental(rental.Foreign, now, now.Seen))
		}
	}
	if was.ReadyAt.IsZero() && !now.ReadyAt.IsZero() && awaited(now) {
		d.add(d.ofRental(rental.IsReady, now, now.ReadyAt))
	}
	d.alerts(told, now)
	d.reach(was, now)
	if was.Stage != "" {
		d.bid(was, now)
	}
	if warned(now) && !warned(was) {
		d.add(d.ofRental(rental.CancelLingers, now, now.Cancel.Asked))
	}
}

// adopting reports whether this is the first look at an account: the orders that it finds were
// there before, and their owner knows of them.
func (d *differ) adopting() bool { return d.prev.Polled.IsZero() }

// youth is how long after its creation an order that was made elsewhere is still waited for.
const youth = time.Hour

// awaited reports whether somebody waits for the rental to become ready: not for one that had
// run for long when it was found.
func awaited(r *rental.Rental) bool {
	return r.Intent != "" || r.ReadyAt.Sub(r.Order.Created) < youth
}

// alerts tells of each flag that was raised.
func (d *differ) alerts(told rental.Told, now *rental.Rental) {
	if now.Told.Dearer && !told.Dearer {
		d.add(d.dearer(now))
	}
	if now.Told.Slow && !told.Slow {
		d.add(d.ofRental(rental.Slow, now, now.Since))
	}
	if now.Told.Stuck && !told.Stuck {
		d.add(d.ofRental(rental.Stuck, now, now.Since))
	}
	if now.Told.StopDue && !told.StopDue {
		d.add(d.ofRental(rental.StopDue, now, now.StopAt)) // once more when it was put off
	}
}

func (d *differ) dearer(r *rental.Rental) rental.Event {
	e := d.ofRental(rental.Dearer, r, r.Order.Created)
	e.Price = r.Order.Price
	return e
}

// reach tells when SSH stops answering and when it answers again. Both have one card, so that
// the good news takes the place of the bad.
func (d *differ) reach(was, now *rental.Rental) {
	lost, before := now.Probe.Down, was.Probe.Down
	switch {
	case before.IsZero() && !lost.IsZero():
		d.add(outage(d.ofRental(rental.Unreachable, now, lost), lost))
	case !before.IsZero() && lost.IsZero() && now.Stage == rental.Ready: // and not at a new address
		d.add(outage(d.ofRental(rental.Back, now, before), before))
	}
}

func outage(e rental.Event, since time.Time) rental.Event {
	e.Card = fmt.Sprintf("down:%d:%d", e.Order, since.Unix())
	return e
}

func warned(r *rental.Rental) bool { return r.Cancel != nil && r.Cancel.Warned }
