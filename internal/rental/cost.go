package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Fees as Clore documents them. Proof of Holding makes them smaller, so that what is computed
// from them is an upper bound.
const (
	CreationFee      = money.Coin / 10  // in USD, for each order
	CreationFeeAfter = 10 * time.Minute // an order that ends sooner is not charged with it

	onDemandFee = 500 // the renter's half of 10 %
	spotFee     = 125 // the renter's half of 2.5 %
	feeUnit     = 10_000

	day = 24 * time.Hour
	// unplanned is the time that an estimate is made for when there is no stop time.
	unplanned = time.Hour
)

// RenterFee returns the renter's share of the marketplace fee for an amount of base price.
func RenterFee(base money.Amount, kind clore.Kind) money.Amount {
	if kind == clore.Spot {
		return base.MulDiv(spotFee, feeUnit)
	}
	return base.MulDiv(onDemandFee, feeUnit)
}

// Cost estimates what a rental will cost at most: the price per day for the planned time, the
// renter's fee on it, and the creation fee. With no planned time it is made for an hour.
func Cost(price money.Money, kind clore.Kind, runFor time.Duration, rates money.Rates) Estimate {
	e := Estimate{For: runFor}
	if e.For <= 0 {
		e.For = unplanned
	}
	e.Base = max(0, price.Amount).MulDiv(int64(e.For), int64(day))
	e.Fee = RenterFee(e.Base, kind)
	if e.For > CreationFeeAfter {
		fee, ok := rates.FromUSD(CreationFee, price.Currency)
		e.Creation, e.Partial = fee.Amount, !ok
	}
	e.Total = plus(plus(e.Base, e.Fee), e.Creation)
	return e
}

// Spent tells what the rental has cost so far at most, from Clore's own figure of its base price.
func (r *Rental) Spent(now time.Time) Estimate {
	e := Estimate{Base: max(0, r.Order.Spend.Amount), For: r.Lived(now)}
	e.Fee = RenterFee(e.Base, r.Order.Kind)
	if e.For > CreationFeeAfter {
		fee := r.Order.CreationFee
		if fee.Currency == r.Order.Price.Currency {
			e.Creation = fee.Amount
		} else {
			e.Partial = fee.Amount != 0
		}
	}
	e.Total = plus(plus(e.Base, e.Fee), e.Creation)
	return e
}

// owesStart reports whether the creation fee is still to be charged.
func (r *Rental) owesStart() bool {
	return !r.Charged.Creation && (r.Intent != "" || r.Order.CreationFee.Amount > 0)
}

// StartFee returns the creation fee that is still to be charged, in the coin of the price. False
// says that it is in another coin and there is no rate for it.
func (r *Rental) StartFee(rates money.Rates) (money.Amount, bool) {
	switch fee, coin := r.Order.CreationFee, r.Order.Price.Currency; {
	case !r.owesStart():
		return 0, true
	case fee.Currency == coin && fee.Amount > 0:
		return fee.Amount, true
	default:
		m, ok := rates.FromUSD(CreationFee, coin)
		return m.Amount, ok
	}
}

// Lived returns the time from the order's creation to its end, or to now while it lives.
func (r *Rental) Lived(now time.Time) time.Duration {
	end := now
	switch {
	case !r.Order.Ended.IsZero():
		end = r.Order.Ended
	case !r.EndedAt.IsZero():
		end = r.EndedAt
	}
	return max(0, end.Sub(r.Order.Created))
}
