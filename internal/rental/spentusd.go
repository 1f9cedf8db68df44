package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// SpentUSD returns what [Rental.Spent] is in USD: by the rate of when it was rented, else by what
// was booked at the rates of each day. It is false when neither is known.
func (r *Rental) SpentUSD(now time.Time) (money.Amount, bool) {
	e := r.Spent(now)
	price := r.Terms.Price
	switch {
	case r.Order.Price.Currency == money.USD:
		return e.Total, true
	case r.Terms.USD > 0 && price.Amount > 0 && price.Currency == r.Order.Price.Currency:
		usd := r.Terms.USD.MulDiv(int64(e.Total), int64(price.Amount))
		if e.Partial && r.Order.CreationFee.Currency == money.USD {
			usd = plus(usd, r.Order.CreationFee.Amount)
		}
		return usd, true
	case r.Charged.USD > 0:
		return r.Charged.USD, true
	default:
		return 0, false
	}
}
