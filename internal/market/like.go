package market

import "github.com/clorebot/clorebot/internal/money"

// Like returns the query for machines with so many cards of a model, or false when that does not
// describe a machine: a model that is not known or mixed, or no cards.
func Like(model string, count int) (Query, bool) {
	if model == "" || model == mixed || count <= 0 {
		return Query{}, false
	}
	return Query{Models: []string{model}}.With(GPUs, Exactly(float64(count))), true
}

// Median returns what the middle one of the free machines like that asks on demand: USD an hour
// for the whole server, 0 when there is none with a known rate.
func (s *Snapshot) Median(model string, count int) money.Amount {
	q, ok := Like(model, count)
	if !ok {
		return 0
	}
	f := s.filter(q)
	var prices []money.Amount
	s.scan(&f, func(h hit) {
		if h.rank == sound {
			prices = append(prices, h.usd)
		}
	})
	return hourly(median(prices))
}
