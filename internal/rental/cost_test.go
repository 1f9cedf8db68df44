package rental_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func amount(s string) money.Amount { return usd(s).Amount }

func TestCost(t *testing.T) {
	btc := money.Rates{money.BTC: 64_000 * money.Coin}
	for name, tt := range map[string]struct {
		price money.Money
		kind  clore.Kind
		run   time.Duration
		rates money.Rates
		want  rental.Estimate
	}{
		"six hours on demand": {
			price: usd("2"), kind: clore.OnDemand, run: 6 * time.Hour,
			want: rental.Estimate{
				Base: amount("0.5"), Fee: amount("0.025"), Creation: amount("0.1"),
				Total: amount("0.625"), For: 6 * time.Hour,
			},
		},
		"an hour when there is no stop": {
			price: usd("2.4"), kind: clore.OnDemand,
			want: rental.Estimate{
				Base: amount("0.1"), Fee: amount("0.005"), Creation: amount("0.1"),
				Total: amount("0.205"), For: time.Hour,
			},
		},
		"spot costs a smaller fee": {
			price: usd("2.4"), kind: clore.Spot, run: 10 * time.Hour,
			want: rental.Estimate{
				Base: amount("1"), Fee: amount("0.0125"), Creation: amount("0.1"),
				Total: amount("1.1125"), For: 10 * time.Hour,
			},
		},
		"ten minutes have no creation fee": {
			price: usd("1.44"), kind: clore.OnDemand, run: 10 * time.Minute,
			want: rental.Estimate{
				Base: amount("0.01"), Fee: amount("0.0005"), Total: amount("0.0105"),
				For: 10 * time.Minute,
			},
		},
		"the creation fee in another currency": {
			price: money.Money{Amount: amount("0.00002"), Currency: money.BTC},
			kind:  clore.OnDemand, run: 24 * time.Hour, rates: btc,
			want: rental.Estimate{
				Base: amount("0.00002"), Fee: amount("0.000001"), Creation: amount("0.000001563"),
				Total: amount("0.000022563"), For: 24 * time.Hour,
			},
		},
		"nothing is guessed without a rate": {
			price: money.Money{Amount: amount("24"), Currency: money.CLORE},
			kind:  clore.OnDemand, run: time.Hour, rates: btc,
			want: rental.Estimate{
				Base: amount("1"), Fee: amount("0.05"), Total: amount("1.05"), For: time.Hour,
				Partial: true,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := rental.Cost(tt.price, tt.kind, tt.run, tt.rates)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Longer or dearer is never cheaper, and the parts make the whole.
func TestCostGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := money.Money{Amount: money.Amount(rapid.Int64Min(0).Draw(t, "price")), Currency: money.USD}
		kind := rapid.SampledFrom([]clore.Kind{clore.OnDemand, clore.Spot}).Draw(t, "kind")
		run := time.Duration(rapid.Int64Range(1, int64(3000*time.Hour)).Draw(t, "run"))
		more := time.Duration(rapid.Int64Range(0, int64(3000*time.Hour)).Draw(t, "more"))
		short, long := rental.Cost(price, kind, run, nil), rental.Cost(price, kind, run+more, nil)
		if long.Total < short.Total {
			t.Fatalf("%v costs %v, but %v costs %v", run, short.Total, run+more, long.Total)
		}
		sum := long.Base + long.Fee + long.Creation
		if sum < long.Base { // what is beyond the largest amount is the largest amount
			sum = math.MaxInt64
		}
		if sum != long.Total || long.Base < 0 {
			t.Fatalf("parts of %v make %v, not %v", long, sum, long.Total)
		}
	})
}

func TestSpent(t *testing.T) {
	o := order(1001)
	o.Spend = usd("0.5")
	r := rental.Rental{Order: o}
	now := o.Created.Add(6 * time.Hour)
	want := rental.Estimate{
		Base: amount("0.5"), Fee: amount("0.025"), Creation: amount("0.1"), Total: amount("0.625"),
		For: 6 * time.Hour,
	}
	if diff := cmp.Diff(want, r.Spent(now)); diff != "" {
		t.Error("running:", diff)
	}
	r.Order.Ended = o.Created.Add(9 * time.Minute)
	r.Order.Spend = usd("0.0125")
	want = rental.Estimate{
		Base: amount("0.0125"), Fee: amount("0.000625"), Total: amount("0.013125"), For: 9 * time.Minute,
	}
	if diff := cmp.Diff(want, r.Spent(now)); diff != "" {
		t.Error("ended before the creation fee is due:", diff)
	}
}
