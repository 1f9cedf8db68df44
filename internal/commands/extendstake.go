package commands

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// mostPrice is the most that a day of a rental may cost without anybody being asked: its price, the
// raise that is still wished for, or what its autopilot may bid.
func mostPrice(r *rental.Rental) money.Money {
	price := r.Order.Price
	if b := r.Bid; b != nil && b.Target.Amount > price.Amount {
		price = b.Target
	}
	if p := r.Pilot; p != nil && p.Mode != rental.Hold && p.Ceiling.Amount > price.Amount {
		price = p.Ceiling
	}
	return price
}

// mostUSD is mostPrice in USD at the present rate, else at that of when it was rented; 0 without
// any.
func (c *Commands) mostUSD(r *rental.Rental) money.Amount {
	at := *r
	at.Order.Price = mostPrice(r)
	if day := c.worth(at.Order.Price); day > 0 {
		return day
	}
	return c.rentalUSD(&at)
}

// addedCost is what more time costs at most, with the renter's fee.
func addedCost(r *rental.Rental, by time.Duration) money.Money {
	sum := mostPrice(r)
	sum.Amount = sum.Amount.MulDiv(int64(by), int64(24*time.Hour))
	sum.Amount += rental.RenterFee(sum.Amount, r.Order.Kind)
	return sum
}

// addedUSD is addedCost in USD; 0 when that is not known.
func (c *Commands) addedUSD(r *rental.Rental, by time.Duration) money.Amount {
	base := c.mostUSD(r).MulDiv(int64(by), int64(24*time.Hour))
	return base + rental.RenterFee(base, r.Order.Kind)
}

// extendStake is what a rental commits once it runs longer: all from its start to its new end, of
// which it has committed what there is until its present one. So a small step wants a word only
// where it takes the whole rental beyond another multiple of what a tap may commit (see [crosses]),
// and no number of them, at whatever times, adds more than that without one.
func (c *Commands) extendStake(a *ask, r *rental.Rental, by time.Duration) stake {
	begin, day := later(r.Since, r.Order.Created), c.mostUSD(r)
	if r.Since.IsZero() || begin.After(a.now) {
		begin = a.now // it waits
	}
	end := later(r.StopAt, a.now)
	if run := r.RunOnceWon(); run > 0 {
		end = a.now.Add(run)
	}
	s := stake{hour: hourUp(day), was: c.addedUSD(r, end.Sub(begin)), unknown: day == 0}
	switch longest := r.Order.MaxRental; {
	case by > 0:
		s.total = c.addedUSD(r, a.stopAfter(r, by).Sub(begin))
	case longest > 0: // the host ends it then
		s.total = c.addedUSD(r, longest)
	default:
		s.total, s.open = s.was+c.addedUSD(r, unstopped), true
	}
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
