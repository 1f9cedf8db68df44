package notify

import (
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// bid tells what became of the bid of a spot rental: who has the server, and whether another bid
// that was wished for was taken.
func (d *differ) bid(was, now *rental.Rental) {
	lost, before := now.Outbid, was.Outbid
	switch {
	case !lost.IsZero() && !lost.Equal(before):
		d.add(handed(d.ofRental(rental.Outbid, now, lost), lost))
	case lost.IsZero() && !before.IsZero():
		d.add(handed(d.ofRental(rental.Leading, now, before), before))
	default:
		d.changed(was, now)
	}
	d.refused(was, now)
}

// changed tells that a wish was granted. What the autopilot does about a server that it lost shows
// when it leads again.
func (d *differ) changed(was, now *rental.Rental) {
	wish := was.Bid
	if wish == nil || now.Bid != nil || now.Order.Price != wish.Target || was.Order.Price == wish.Target {
		return
	}
	if wish.By == rental.Autopilot && !now.Outbid.IsZero() {
		return
	}
	d.add(bidding(d.ofRental(rental.Leading, now, wish.Asked)))
}

// refused tells that a wish came to nothing, or that the autopilot cannot have what would lead.
func (d *differ) refused(was, now *rental.Rental) {
	if p, old := now.Pilot, was.Pilot; p != nil && p.Stuck != "" && (old == nil || old.Stuck != p.Stuck) {
		e := bidding(d.ofRental(rental.BidStuck, now, rentalTime(now)))
		e.Reason = string(p.Stuck)
		d.add(e)
		return
	}
	no, old := now.NoBid, was.NoBid
	if no == nil || old != nil && old.At.Equal(no.At) {
		return
	}
	if wish := was.Bid; wish != nil && wish.By == rental.Autopilot && old != nil && old.Reason == no.Reason {
		return // it was said before, and is tried again every few minutes
	}
	e := d.ofRental(rental.BidStuck, now, no.At)
	e.Reason, e.Price = no.Reason, no.Target
	if no.Limit != "" {
		e.Reason = string(no.Limit)
	}
	d.add(e)
}

// bidding adds the bid.
func bidding(e rental.Event) rental.Event {
	e.Price = e.Rental.Order.Price
	return e
}

// handed adds the card of a server's change of hands, so that the good news takes the place of the
// bad.
func handed(e rental.Event, since time.Time) rental.Event {
	e.Card = fmt.Sprintf("bid:%d:%d", e.Order, since.Unix())
	return bidding(e)
}
