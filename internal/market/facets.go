package market

import (
	"cmp"
	"slices"

	"github.com/clorebot/clorebot/internal/money"
)

// Facets are the likely next conditions of a query, taken from what it finds.
type Facets struct {
	// Prices are upper bounds in USD an hour for the whole server that about a quarter, a half
	// and three quarters of the offers stay within, ascending and each one once.
	Prices []money.Amount
	// Countries are those with most free servers, the most first.
	Countries []CountryCount
}

// CountryCount tells how many servers can be rented in a country.
type CountryCount struct {
	Country string // ISO 3166 two letters
	Free    int
}

// Facets returns the conditions that make sense for a query beside those it has. Each is taken from
// what would be found without the query's own condition of that sort, so that another one can be
// chosen in its place.
func (s *Snapshot) Facets(q Query) Facets {
	q.All = false
	anyPrice, anywhere := q, q
	anyPrice.Price, anywhere.In = PriceRange{}, nil
	return Facets{Prices: s.priceSteps(anyPrice), Countries: s.countryCounts(anywhere)}
}

func (s *Snapshot) priceSteps(q Query) []money.Amount {
	const parts = 4
	f := s.filter(q)
	var prices []money.Amount
	s.scan(&f, func(h hit) {
		if h.rank == sound {
			prices = append(prices, hourly(h.usd))
		}
	})
	slices.Sort(prices)
	var steps []money.Amount
	for i := 1; i < parts && len(prices) > 0; i++ {
		steps = append(steps, roundUp(prices[len(prices)*i/parts]))
	}
	return slices.Compact(steps)
}

// roundUp returns an amount with two digits that is not below a.
func roundUp(a money.Amount) money.Amount {
	const digits = 100
	step := money.Amount(1)
	for a > step*digits {
		step *= 10
	}
	return (a + step - 1) / step * step
}

func (s *Snapshot) countryCounts(q Query) []CountryCount {
	f := s.filter(q)
	count := map[string]int{}
	s.scan(&f, func(h hit) {
		if cc, ok := country(s.servers[h.row].Country); ok && cc != EU && h.free() {
			count[cc]++
		}
	})
	var all []CountryCount
	for cc, free := range count {
		all = append(all, CountryCount{cc, free})
	}
	slices.SortFunc(all, func(a, b CountryCount) int {
		return cmp.Or(cmp.Compare(b.Free, a.Free), cmp.Compare(a.Country, b.Country))
	})
	return all
}
