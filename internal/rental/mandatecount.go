package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// roughly is how much more of its time the plan of a rental may come to without being called more
// than was agreed: Clore bills started minutes, and lists orders late.
const roughly = 10 * time.Minute

// recount sets what a purchase that lives counts as: what was agreed or, when it was extended or
// its bid raised since, what it will have cost by its planned end. Less time or a lower bid is not
// less than was agreed until it is over. It depends on the moment in nothing: a look that shows
// nothing new must change nothing.
func (l *Ledger) recount(m *Mandate, p *Purchase, r *Rental, now time.Time) {
	if p.Agreed == 0 { // of a purchase that was made before this was kept
		p.Agreed = max(p.USD, r.Terms.atMost())
	}
	switch {
	case r.Cancel != nil:
		p.USD = max(p.USD, p.Agreed)
	case !r.waits() && sooner(r.StopAt, r.limit()).IsZero():
		p.USD = max(p.Agreed, m.Total) // it costs money for ever: nothing is left for another one
	default:
		p.USD = p.Agreed
		if it := l.asAgreed(r).itemOf(r, now); it.Total > plus(p.Agreed, it.Hour.MulDiv(int64(roughly), int64(time.Hour))) {
			p.USD = it.Total
		}
	}
}

// asAgreed returns a ledger in which the price of a rental is worth what was agreed, as long as that is
// its price: a coin that rises is nobody's extension. What was paid counts as it was.
func (l *Ledger) asAgreed(r *Rental) *Ledger {
	if r.Terms.USD <= 0 || r.Order.Price != r.Terms.Price || r.Bid != nil {
		return l
	}
	agreed := *l
	agreed.Rates = nil
	return &agreed
}

// itemOf returns what a rental is planned to cost.
func (l *Ledger) itemOf(r *Rental, now time.Time) Item {
	if since := later(r.Outbid, r.StopSet); r.waits() && !since.IsZero() {
		now = since // what it may still run is what was left then
	}
	plan := Plan{Days: map[time.Time]money.Amount{}, Months: map[time.Time]money.Amount{}}
	l.planRental(&plan, r, now)
	return plan.Items[0]
}

// MandateOf returns the mandate under which an intent was made, or nil. It points into the ledger.
func (l *Ledger) MandateOf(intent string) *Mandate {
	for i := range l.Mandates {
		m := &l.Mandates[i]
		if intent != "" && slices.ContainsFunc(m.Purchases, func(p Purchase) bool { return p.Intent == intent }) {
			return m
		}
	}
	return nil
}
