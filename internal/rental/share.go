package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Share is what of a rental falls into a period: its time, and what it cost at most, in the coin
// of its price and in USD.
type Share struct {
	Began    bool          // it began within the period
	Lived    time.Duration // how long it ran within the period
	Base     money.Amount  // without fees
	Fee      money.Amount  // renter's share of the marketplace fee
	Creation money.Amount  // creation fee, all of it in the period in which the rental began
	Total    money.Amount  // the three together
	USD      money.Amount  // Total in USD, 0 when no rate is known
	Rated    bool          // a rate is known
}

// Within returns what of a rental falls into the time from the first moment until before the
// second. Costs are split by time, and the shares of periods that follow one another add up to
// exactly what the rental cost.
func (r *Rental) Within(from, until, now time.Time) Share {
	begin := r.Order.Created
	whole := r.Lived(now)
	s := Share{Began: !begin.Before(from) && begin.Before(until)}
	if whole == 0 {
		if _, s.Rated = r.SpentUSD(now); s.Began {
			s.add(r, now, 1, 0, 1)
		}
		return s
	}
	first := min(max(0, from.Sub(begin)), whole)
	last := min(max(0, until.Sub(begin)), whole)
	s.Lived = last - first
	s.add(r, now, int64(last), int64(first), int64(whole))
	return s
}

// add counts the costs between two moments of a rental's life, which has so many.
func (s *Share) add(r *Rental, now time.Time, last, first, whole int64) {
	e := r.Spent(now)
	split := func(sum money.Amount) money.Amount {
		return sum.MulDiv(last, whole) - sum.MulDiv(first, whole)
	}
	s.Base, s.Fee = split(e.Base), split(e.Fee)
	if s.Began {
		s.Creation = e.Creation
	}
	s.Total = s.Base + s.Fee + s.Creation
	usd, ok := r.SpentUSD(now)
	if s.Rated = ok; !ok {
		return
	}
	if e.Total == 0 { // there is a creation fee in another coin at most
		if s.Began {
			s.USD = usd
		}
		return
	}
	until := func(at int64) money.Amount { // what it had cost by then
		if at == 0 {
			return 0
		}
		return e.Base.MulDiv(at, whole) + e.Fee.MulDiv(at, whole) + e.Creation
	}
	s.USD = usd.MulDiv(int64(until(last)), int64(e.Total)) - usd.MulDiv(int64(until(first)), int64(e.Total))
}
