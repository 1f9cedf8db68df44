package rental

import (
	"cmp"
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Contender is a bid on a server, for people to look at.
type Contender struct {
	Bid    money.Money  // per day
	USD    money.Amount // the same in USD, 0 when its worth is not known
	Mine   bool
	Active bool // it runs
}

// Contenders returns the bids on a server as [Bidding] compares them, the best first and those
// whose worth is not known last.
func Contenders(order clore.OrderID, own money.Currency, look Look, rates money.Rates) []Contender {
	rates = look.Market.Rates.Or(rates)
	var all []Contender
	for _, o := range look.Market.Offers {
		c := Contender{Bid: o.Bid, Mine: isOf(order, o), Active: o.Active}
		if c.Bid.Currency == "" {
			c.Bid.Currency = own
		}
		c.USD, _ = rates.USD(c.Bid)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(x, y Contender) int {
		return cmp.Or(cmp.Compare(y.USD, x.USD), cmp.Compare(y.Bid.Amount, x.Bid.Amount))
	})
	return all
}

// Beats reports whether a bid is above all others, and whether that is known. It says nothing of a
// renter on demand, whom no bid beats.
func (b *Book) Beats(bid money.Money, rates money.Rates) (beats, known bool) {
	switch {
	case b.Floor.Currency == bid.Currency && bid.Amount < b.Floor.Amount:
		return false, true
	case b.Top.Amount <= 0:
		return !b.Blind, !b.Blind
	case b.Top.Currency == bid.Currency:
		beats = bid.Amount > b.Top.Amount
	default:
		usd, ok := rates.USD(bid)
		if !ok || b.TopUSD <= 0 {
			return false, false
		}
		beats = usd > b.TopUSD
	}
	return beats && !b.Blind, !beats || !b.Blind
}

// BidStep is the step in which bids a day are made in a coin.
func BidStep(c money.Currency) money.Money { return money.Money{Amount: unit(c), Currency: c} }
