package market

import (
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Result answers a query.
type Result struct {
	Offers []Offer // in the order of the query; those with an obstacle come last
	Free   int     // how many of them can be rented
	Total  int     // machines that fit at a wanted price, rented ones included
	// Min, Median and Max are prices of the whole server in USD an hour, of offers without any
	// obstacle; 0 when there is none with a known rate.
	Min, Median, Max money.Amount
	// Closest has queries near this one that find something, when this one finds nothing.
	Closest []Near
}

// Find answers a query.
func (s *Snapshot) Find(q Query) Result {
	f := s.filter(q)
	var res Result
	var hits []hit
	s.scan(&f, func(h hit) {
		res.Total++
		switch {
		case h.free():
			res.Free++
		case !q.All:
			return
		}
		h.key = s.key(q.Sort.Key, &h)
		hits = append(hits, h)
	})
	slices.SortFunc(hits, s.compare(q.Sort))
	kind := q.Kind
	if kind == "" {
		kind = clore.OnDemand
	}
	res.Offers = make([]Offer, len(hits))
	for i, h := range hits {
		res.Offers[i] = s.offer(h, kind)
	}
	res.Min, res.Median, res.Max = spread(hits)
	if res.Free == 0 {
		res.Closest = s.closest(q)
	}
	return res
}

// spread returns the range and the middle of the prices an hour of sound hits.
func spread(hits []hit) (least, middle, most money.Amount) {
	prices := make([]money.Amount, 0, len(hits))
	for _, h := range hits {
		if h.rank == sound {
			prices = append(prices, h.usd)
		}
	}
	if len(prices) == 0 {
		return 0, 0, 0
	}
	middle = median(prices)
	return hourly(prices[0]), hourly(middle), hourly(prices[len(prices)-1])
}

// hourly returns an amount a day as one an hour, rounded to the nearest unit.
func hourly(perDay money.Amount) money.Amount { return (perDay + hours/2) / hours }
