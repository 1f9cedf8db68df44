package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Charged is how much of a rental's cost is in [Ledger.Spent] already.
type Charged struct {
	USD      money.Amount `json:"usd,omitempty"`  // with fees
	Base     money.Amount `json:"base,omitempty"` // of Clore's spend, in the coin of the price
	At       time.Time    `json:"at,omitzero"`    // up to when
	Creation bool         `json:"creation,omitempty"`
}

// keepSpent is how long the costs of a day are kept: this month and the last.
const keepSpent = 63 * day

// charge books what a rental has cost since it was booked last, under the day of at. The first
// time, what an order cost before that day is left out.
func (l *Ledger) charge(r *Rental, at time.Time) {
	c := &r.Charged
	base := max(0, r.Order.Spend.Amount) - c.Base
	usd, _ := l.usdPerDay(money.Money{Amount: base, Currency: r.Order.Price.Currency}, &Terms{})
	if usd == 0 && r.Terms.USD > 0 && r.Terms.Price.Amount > 0 {
		usd = base.MulDiv(int64(r.Terms.USD), int64(r.Terms.Price.Amount))
	}
	if base > 0 && usd > 0 { // else it waits until the worth of the coin is known
		c.Base += base
		usd = withFee(usd, r.Order.Kind)
		c.USD = plus(c.USD, usd)
		l.book(l.sinceMidnight(r, usd, at), at)
	}
	if began := !r.Since.IsZero(); began && !c.Creation && r.Lived(at) > CreationFeeAfter {
		c.Creation = true
		if r.Order.CreationFee.Amount > 0 || r.Order.CreationFee.Currency == "" {
			c.USD = plus(c.USD, CreationFee)
			l.book(CreationFee, later(r.Since, midnight(at)))
		}
	}
	if at.After(c.At) {
		c.At = at
	}
}

// sinceMidnight returns the part of a sum that falls on the day of at, for an order that is
// booked for the first time.
func (l *Ledger) sinceMidnight(r *Rental, usd money.Amount, at time.Time) money.Amount {
	start := midnight(at)
	since := r.Order.Created
	if !r.Charged.At.IsZero() || !since.Before(start) || !since.Before(at) {
		return usd
	}
	return usd.MulDiv(int64(at.Sub(start)), int64(at.Sub(since)))
}

// settleCharge books the end of a rental that was not seen after its last look: what it may have
// cost until then.
func (l *Ledger) settleCharge(r *Rental) {
	l.charge(r, r.EndedAt)
	gap := r.EndedAt.Sub(r.Seen)
	if r.Since.IsZero() || r.Seen.IsZero() || gap <= 0 || !r.Order.Ended.IsZero() {
		return
	}
	usd, ok := l.usdPerDay(r.Order.Price, &r.Terms)
	if !ok {
		return
	}
	sum := withFee(usd, r.Order.Kind).MulDiv(int64(gap), int64(day))
	r.Charged.USD = plus(r.Charged.USD, sum)
	r.Charged.Base = plus(r.Charged.Base, max(0, r.Order.Price.Amount).MulDiv(int64(gap), int64(day))) // if it comes back
	l.book(sum, r.EndedAt)
}

// book adds a cost to a day, and drops days that no limit looks at any more.
func (l *Ledger) book(usd money.Amount, at time.Time) {
	if usd <= 0 {
		return
	}
	if l.Spent == nil {
		l.Spent = map[string]money.Amount{}
	}
	d := at.UTC().Format(time.DateOnly)
	l.Spent[d] = plus(l.Spent[d], usd)
	oldest := at.Add(-keepSpent).UTC().Format(time.DateOnly)
	for k := range l.Spent {
		if k < oldest {
			delete(l.Spent, k)
		}
	}
}
