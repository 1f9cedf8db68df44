package market_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// A query from typed options must mean what the same one typed means.
func TestQueryByHand(t *testing.T) {
	q := market.Query{
		Models: []string{"RTX 4090 Laptop GPU", "A100-SXM4-80GB"},
		Price:  market.UpTo(amount("0.35")),
		In:     []string{"DE"},
		Kind:   clore.Spot,
		Pay:    market.PayFirst(money.CLORE),
		Sort:   market.Sort{Key: market.ByPerformance},
	}
	q = q.With(market.GPUs, market.Exactly(2)).With(market.VRAM, market.AtLeast(24)).With(market.Disk, market.Range{Max: 900})
	q = q.With(market.Rating, market.AtLeast(4)).Without(market.Rating)
	const want = "2xrtx4090-laptop,a100-sxm4 <=0.35/h vram>=24 disk<=900 cc=DE spot pay=clore,usd,btc sort:perf"
	if got := q.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if (market.Query{}).Empty() != true || q.Empty() || (market.Query{Kind: clore.OnDemand}).Empty() != true {
		t.Error("what is empty is not")
	}
}

func TestQueryWithCopies(t *testing.T) {
	q := market.Query{}.With(market.VRAM, market.AtLeast(24))
	if r := q.With(market.VRAM, market.AtLeast(48)); q.Limits[market.VRAM].Min != 24 || r.Limits[market.VRAM].Min != 48 {
		t.Error("With changed the query that it was called on")
	}
	if r := q.Without(market.VRAM); len(q.Limits) != 1 || r.Limits != nil {
		t.Error("Without changed the query that it was called on")
	}
}

func TestPayFirst(t *testing.T) {
	for c, want := range map[money.Currency][]money.Currency{
		money.USD:   {money.USD, money.CLORE, money.BTC},
		money.CLORE: {money.CLORE, money.USD, money.BTC},
		money.BTC:   {money.BTC, money.USD, money.CLORE},
		"doge":      {money.USD, money.CLORE, money.BTC},
	} {
		if got := market.PayFirst(c); !slices.Equal(got, want) {
			t.Errorf("%s: %v", c, got)
		}
	}
}

func TestSortWords(t *testing.T) {
	for word, want := range map[string]market.Sort{
		"cheap": {}, "-$": {Reverse: true}, "+price": {}, "$gb": {Key: market.ByPricePerGB},
		"dlperf": {Key: market.ByPerformance}, "reliability": {Key: market.ByReliability}, "down": {Key: market.ByDownload},
		"stars": {Key: market.ByRating}, "cards": {Key: market.ByGPUs}, "id": {Key: market.ByNewest},
		"-model": {Key: market.ByName, Reverse: true}, "-cuda": {Key: market.ByCUDA, Reverse: true},
	} {
		if diff := cmp.Diff(want, parse(t, "sort:"+word).Sort); diff != "" {
			t.Errorf("%s: %s", word, diff)
		}
	}
	for _, k := range market.SortKeys() {
		if got := parse(t, "sort:"+k.Word()).Sort.Key; got != k {
			t.Errorf("%q reads as %q", k, got)
		}
	}
}

func TestQueryErrorText(t *testing.T) {
	_, err := market.ParseQuery("4090 spto")
	if got, want := err.Error(), `query: unknown-word "spto" at 5, perhaps "spot"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
