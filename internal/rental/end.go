package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// limitSlack is how near to the longest rental an end is put down to it.
const limitSlack = 2 * time.Minute

// whyEnded infers why a rental is over, since Clore does not tell.
func (l *Ledger) whyEnded(r *Rental) EndReason {
	limit := r.limit()
	switch {
	case r.Cancel != nil:
		return r.Cancel.Reason
	case !limit.IsZero() && !r.EndedAt.Before(limit.Add(-limitSlack)):
		return ByLimit
	case l.brokeAt(r.Order.Price.Currency, r.EndedAt):
		return ByFunds
	case r.wasOutbid():
		return ByOutbid
	case r.Intent == "" || r.Stage == "":
		return Elsewhere
	default:
		return ByHost
	}
}

// cancelPatience is how long a cancellation may take before its user is told.
const cancelPatience = 2 * time.Minute

// cancelAgain is when an accepted cancellation is repeated if the order is still listed.
const cancelAgain = 30 * time.Second

// cancelRetry is the longest pause between attempts to cancel that failed: it costs money meanwhile.
const cancelRetry = 8 * time.Second

// CancelAccepted records that Clore agreed to end the order. Only the list proves that it did.
func (l *Ledger) CancelAccepted(order clore.OrderID, now time.Time) {
	c := l.cancellation(order)
	if c == nil {
		return
	}
	c.Tries++
	c.Next = now.Add(cancelAgain)
	if c.Accepted.IsZero() {
		c.Accepted = now
	}
}

// CancelFailed records that an attempt came to nothing, or to nothing known, and when to repeat it.
func (l *Ledger) CancelFailed(order clore.OrderID, now time.Time) {
	if c := l.cancellation(order); c != nil {
		c.Tries++
		c.Next = now.Add(backoff(c.Tries, cancelRetry))
	}
}

func (l *Ledger) cancellation(order clore.OrderID) *Cancellation {
	if r := l.Rental(order); r != nil {
		return r.Cancel
	}
	return nil
}

// backoff returns 2 s, 4 s, 8 s, … up to most, for the first, second, … failure in a row.
func backoff(failures int, most time.Duration) time.Duration {
	d := time.Second << min(max(failures, 1), 16)
	return min(d, most)
}
