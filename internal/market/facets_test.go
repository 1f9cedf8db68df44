package market_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

func TestFacets(t *testing.T) {
	var servers []clore.Server
	for i, perDay := range []string{"2.4", "4.8", "7.2", "9.6", "12", "14.4", "16.8", "48"} {
		s := server(clore.ServerID(i+1), 1, "RTX 4090", perDay)
		s.Country = []string{"DE", "US", "US", "FR", "D`E"}[min(i, 4)]
		servers = append(servers, s)
	}
	servers[2].Rented = true
	s := snapshot(servers...)
	want := market.Facets{
		Prices:    []money.Amount{amount("0.2"), amount("0.5"), amount("0.7")},
		Countries: []market.CountryCount{{Country: "DE", Free: 1}, {Country: "FR", Free: 1}, {Country: "US", Free: 1}},
	}
	for _, query := range []string{"4090", "4090 all"} {
		if diff := cmp.Diff(want, s.Facets(parse(t, query))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	// Its own condition does not narrow what may be chosen in its place.
	if got := s.Facets(parse(t, "4090 <0.15/h")).Prices; !cmp.Equal(got, want.Prices) {
		t.Errorf("prices below a price: %v", got)
	}
	if got := s.Facets(parse(t, "4090 cc=US")).Countries; !cmp.Equal(got, want.Countries) {
		t.Errorf("countries besides a country: %v", got)
	}
	if got := s.Facets(parse(t, "h100")); len(got.Prices)+len(got.Countries) > 0 {
		t.Errorf("of nothing: %v", got)
	}
	// Some hosts are placed in the Union and no nearer: it is a choice of its own anyway.
	servers[0].Country = "EU"
	eu := snapshot(servers...)
	if got := eu.Facets(parse(t, "4090")).Countries; !cmp.Equal(got, want.Countries[1:]) {
		t.Errorf("with one in the Union: %v", got)
	}
	if got := eu.Find(parse(t, "4090 eu")).Offers; len(got) != 2 {
		t.Errorf("in the Union: %d", len(got))
	}
	if got := s.Facets(parse(t, "4090 >1.9/h")).Countries; len(got) != 0 {
		t.Errorf("a country that is none: %v", got)
	}
}

// TestPriceStepsFindSomething takes each price that is offered, and finds more with each.
func TestPriceStepsFindSomething(t *testing.T) {
	s := snapshot(crowd(300, 4)...)
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		found := 0
		for _, most := range s.Facets(q).Prices {
			q.Price = market.UpTo(most)
			again := s.Find(q)
			if again.Free <= found {
				t.Fatalf("%s: %d after %d", q, again.Free, found)
			}
			found = again.Free
			if back, err := market.ParseQuery(q.String()); err != nil || back.Price != q.Price {
				t.Fatalf("%s reads as %v, %v", q, back.Price, err)
			}
		}
	})
}
