package rental

import (
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// The longest texts of hosts that are kept, in UTF-16 units.
const (
	maxCountry = 8
	maxCUDA    = 12
	maxModel   = 64
)

// Offered returns the terms of a server at a price per day: what is known of its hardware, the
// price and its worth in USD a day. How it is started and for how long is left to be filled in.
// model names its cards, "" when that is not known.
func Offered(s *clore.Server, model string, kind clore.Kind, price money.Money, usd money.Amount) Terms {
	return Terms{
		Server: s.ID, Hardware: cards(s.GPUs, s.GPUMemory), GPU: cut(model, maxModel), Count: len(s.GPUs),
		Country: cut(s.Country, maxCountry), CUDA: cut(s.CUDA, maxCUDA), Kind: kind, Price: price, USD: usd,
		MaxRent: s.MaxRental,
	}
}
