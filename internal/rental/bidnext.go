package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

const (
	// bookPress is how often the bids are read while a pilot wants to lead and does not,
	// bookLead while it leads, bookIdle while nothing can be won.
	bookPress = 15 * time.Second
	bookLead  = 30 * time.Second
	bookIdle  = time.Minute
	// bookRetry is after how long bids are asked for again that tell how something stands.
	bookRetry = 5 * time.Second
	// bookPaused is how often they are read while a bid leads and yet does not run.
	bookPaused = 5 * time.Minute
)

// nextBid returns the wish for another bid that is due first.
func (l *Ledger) nextBid() Step {
	var s Step
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if r.Bid == nil || r.Cancel != nil || !r.Gone.IsZero() {
			continue
		}
		if at := later(r.Bid.Asked, r.Bid.Next); s.At.IsZero() || at.Before(s.At) {
			s = Step{Do: DoBid, Order: r.Order.ID, At: at}
		}
	}
	return s
}

// nextBook returns the look at the bids that is due first.
func (l *Ledger) nextBook(v Volatile, now time.Time) Step {
	var s Step
	for i := range l.Rentals {
		r := &l.Rentals[i]
		gap := r.bookGap()
		if gap == 0 {
			continue
		}
		at := now
		if last := v.Booked[r.Order.ID]; !last.IsZero() {
			at = last.Add(gap)
		}
		if s.At.IsZero() || at.Before(s.At) {
			s = Step{Do: DoBook, Order: r.Order.ID, At: at}
		}
	}
	return s
}

// bookGap returns the time between two looks at the bids on a rental's server, 0 for no looks.
func (r *Rental) bookGap() time.Duration {
	if r.Order.Kind != clore.Spot || r.Cancel != nil {
		return 0
	}
	known := r.Book != nil && !r.Book.At.Before(r.doubt())
	piloted := r.Pilot != nil && r.Pilot.Mode != Hold
	switch {
	case !r.Gone.IsZero() && known:
		return 0
	case !known && !r.doubt().IsZero():
		return bookRetry
	case !known && (piloted || r.Since.IsZero()): // also once while it waits, to tell what would lead
		return bookIdle
	case !known:
		return 0
	case !r.Book.Lead && !r.Book.Taken && (piloted || !r.Outbid.IsZero()):
		return bookIdle
	case piloted && r.Since.IsZero():
		return bookPress
	case piloted:
		return bookLead
	case !r.Outbid.IsZero():
		return bookIdle
	case !r.Still.IsZero():
		return bookPaused
	default:
		return 0
	}
}
