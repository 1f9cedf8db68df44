package commands

import (
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// atMost is the asker for what says "at most": amounts are written as what they are, or more.
func (a *ask) atMost() *ask {
	up := *a
	up.Printer = a.AtMost()
	return &up
}

// sum writes an amount with its worth in USD, if it is in another coin and that is known.
func (a *ask) sum(m money.Money, usd money.Amount) string {
	if m.Currency == money.USD || usd <= 0 {
		return a.Money(m)
	}
	return a.S("sum.worth", "Sum", a.Money(m), "USD", a.Amount(usd))
}

// quoteUSD is the worth of an amount in the coin of a quote, 0 when it is not known.
func quoteUSD(q *rental.Quote, m money.Amount) money.Amount {
	price := q.Terms.Price
	if usd, ok := q.Rates.USD(money.Money{Amount: m, Currency: price.Currency}); ok {
		return usd
	}
	return m.MulDiv(int64(q.Terms.USD), int64(price.Amount))
}
