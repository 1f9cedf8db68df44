package market

import (
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// deriveRates finds the worth of the coins in USD. Clore publishes none, but states beside most
// prices what they are worth; the median of what follows from each is not moved by odd entries.
// A coin that no server tells of has no rate.
func deriveRates(servers []clore.Server) money.Rates {
	rates := money.Rates{money.USD: money.Coin}
	for _, c := range money.Currencies() {
		if c == money.USD {
			continue
		}
		var seen []money.Amount
		for i := range servers {
			if r, ok := rateOf(&servers[i], c); ok {
				seen = append(seen, r)
			}
		}
		if len(seen) > 0 {
			rates[c] = median(seen)
		}
	}
	return rates
}

// rateOf returns the rate that an entry implies. A price of too few units says little.
func rateOf(s *clore.Server, c money.Currency) (money.Amount, bool) {
	const fewest = 1000
	price, ok := s.OnDemand.In(c)
	worth := s.USD[c]
	if !ok || price.Amount < fewest || worth < fewest {
		return 0, false
	}
	rate := worth.MulDiv(int64(money.Coin), int64(price.Amount))
	return rate, rate > 0
}

// median sorts the amounts and returns the middle one, or the mean of the two in the middle.
func median(list []money.Amount) money.Amount {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	mid := len(list) / 2
	if len(list)%2 == 1 {
		return list[mid]
	}
	return list[mid-1] + (list[mid]-list[mid-1])/2
}
