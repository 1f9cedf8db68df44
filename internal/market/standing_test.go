package market_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
)

// A standing query finds what Find begins with.
func TestMatchIsFind(t *testing.T) {
	for _, size := range []int{0, 1, 70, 500, 4000} {
		s := market.NewSnapshot(&clore.Marketplace{Servers: crowd(size, 17)}, at)
		m := market.NewMatcher(s) // one for all queries, as it is used
		rapid.Check(t, func(t *rapid.T) {
			q := queries().Draw(t, "query")
			if rapid.Bool().Draw(t, "wide") {
				q.Limits, q.NotIn, q.Hosts = nil, nil, nil
			}
			most := rapid.SampledFrom([]int{1, 3, 64, 10_000}).Draw(t, "most")
			st := market.NewStanding(q)
			got := m.Match(st, most)
			q.Sort, q.All = market.Sort{}, false
			want := s.Find(q).Offers
			want = want[:min(most, len(want))]
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(same)); diff != "" {
				t.Fatalf("%q: %s", q, diff)
			}
		})
	}
}

func same(a, b *clore.Server) bool { return a == b }

// Equal keys promise equal answers.
func TestStandingKey(t *testing.T) {
	one := market.NewStanding(parse(t, "rel>98 4090 sort:rel all"))
	two := market.NewStanding(parse(t, "RTX4090 rel>98"))
	three := market.NewStanding(parse(t, "4090 rel>98"))
	if one.Key() != three.Key() || one.Key() == two.Key() {
		t.Errorf("%q, %q, %q", one.Key(), two.Key(), three.Key())
	}
	if q := one.Query(); q.All || q.Sort != (market.Sort{}) {
		t.Errorf("%v", q)
	}
}
