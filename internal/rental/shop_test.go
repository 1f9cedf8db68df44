package rental_test

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// shop finds the cheapest servers of a world, whatever the query. Like the market it does not know
// of orders that were just made.
type shop struct{ w *world }

func (s shop) Best(
	_ context.Context, _ string, _ []money.Currency, not []clore.ServerID, most int,
) ([]rental.Terms, money.Rates, error) {
	if s.w.request("best") != fine {
		return nil, nil, clore.ErrUnavailable
	}
	var all []rental.Terms
	for _, id := range slices.Sorted(maps.Keys(s.w.servers)) {
		x := s.w.servers[id]
		if x.Rented || slices.Contains(not, id) {
			continue
		}
		all = append(all, rental.Offered(x, "RTX 4090", clore.OnDemand, x.OnDemand[0], x.OnDemand[0].Amount))
	}
	slices.SortStableFunc(all, func(a, b rental.Terms) int { return cmp.Compare(a.USD, b.USD) })
	return all[:min(most, len(all))], money.Rates{money.USD: money.Coin}, nil
}
