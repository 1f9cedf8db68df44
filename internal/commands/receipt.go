package commands

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// leastRated is how long a rental must have run for its price an hour to mean something: Clore
// charges whole minutes, and its creation fee only after ten.
const leastRated = 10 * time.Minute

// effectiveUSD returns what a rental came to an hour, fees included, in USD; 0 when it is not
// known, or ran for too short.
func (a *ask) effectiveUSD(r *rental.Rental) money.Amount {
	usd, ok := r.SpentUSD(a.now)
	lived := r.Lived(a.now)
	if !ok || lived < leastRated {
		return 0
	}
	return perHour(usd, lived)
}

// effective writes what a rental came to an hour, fees included, or "".
func (a *ask) effective(r *rental.Rental) string {
	perHour := a.effectiveUSD(r)
	if perHour <= 0 {
		return ""
	}
	return a.S("price.effective", "Amount", a.Rate(perHour))
}

// beside is effective beside what the market asked when it was rented: "0.071 USD/h, 12 % under
// the market's median".
func (a *ask) beside(r *rental.Rental) string {
	text := a.effective(r)
	if text == "" {
		return ""
	}
	return a.compared(text, a.effectiveUSD(r), r.Terms.Median)
}

// compared adds to a price how it stands to a median, if that is known.
func (a *ask) compared(text string, price, median money.Amount) string {
	if median <= 0 {
		return text
	}
	switch percent := int((price - median).MulDiv(100, int64(median))); {
	case percent < 0:
		return a.S("price.under", "Price", text, "Percent", -percent, "Median", a.Rate(median))
	case percent > 0:
		return a.S("price.over", "Price", text, "Percent", percent, "Median", a.Rate(median))
	default:
		return a.S("price.at", "Price", text)
	}
}
