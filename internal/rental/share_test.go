package rental_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func month(year int, m time.Month) (from, until time.Time) {
	from = time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, 1, 0)
}

// TestShareOfTwoMonths splits four hours around midnight of the first of November.
func TestShareOfTwoMonths(t *testing.T) {
	begin := time.Date(2026, 10, 31, 21, 0, 0, 0, time.UTC)
	r := rental.Rental{Order: clore.Order{
		Created: begin, Ended: begin.Add(4 * time.Hour), Kind: clore.OnDemand,
		Price:       money.Money{Amount: 24 * money.Coin, Currency: money.USD},
		Spend:       money.Money{Amount: 4 * money.Coin, Currency: money.USD},
		CreationFee: money.Money{Amount: money.Coin / 10, Currency: money.USD},
	}}
	for m, want := range map[time.Month]rental.Share{
		time.September: {Rated: true},
		time.October: {
			Began: true, Lived: 3 * time.Hour, Base: 3 * money.Coin, Fee: 150_000_000, Creation: 100_000_000,
			Total: 3_250_000_000, USD: 3_250_000_000, Rated: true,
		},
		time.November: {Lived: time.Hour, Base: money.Coin, Fee: 50_000_000, Total: 1_050_000_000, USD: 1_050_000_000, Rated: true},
		time.December: {Rated: true},
	} {
		from, until := month(2026, m)
		if got := r.Within(from, until, begin.AddDate(1, 0, 0)); got != want {
			t.Errorf("%s: %+v, want %+v", m, got, want)
		}
	}
}

// TestSharesAddUp draws rentals and months, and looks whether anything is lost or counted twice.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, _ := month(2026, time.January)
		begin := start.Add(time.Duration(rapid.Int64Range(0, int64(200*24*time.Hour)).Draw(t, "begin")))
		life := time.Duration(rapid.Int64Range(0, int64(100*24*time.Hour)).Draw(t, "life"))
		coin := rapid.SampledFrom([]money.Currency{money.USD, money.CLORE}).Draw(t, "coin")
		feeCoin := rapid.SampledFrom([]money.Currency{money.USD, coin}).Draw(t, "coin of the fee")
		amount := func(what string) money.Amount { return money.Amount(rapid.Int64Range(0, 1e15).Draw(t, what)) }
		r := rental.Rental{Order: clore.Order{
			Created: begin, Ended: begin.Add(life), Kind: rapid.SampledFrom([]clore.Kind{clore.OnDemand, clore.Spot}).Draw(t, "kind"),
			Price: money.Money{Amount: 1 + amount("price"), Currency: coin}, Spend: money.Money{Amount: amount("spend"), Currency: coin},
			CreationFee: money.Money{Amount: amount("fee"), Currency: feeCoin},
		}}
		r.Terms.Price, r.Terms.USD = r.Order.Price, amount("usd")
		now := begin.AddDate(1, 0, 0)
		whole := r.Spent(now)
		usd, rated := r.SpentUSD(now)
		var sum rental.Share
		begins := 0
		for m := range time.Month(12) {
			from, until := month(2026, m+1)
			s := r.Within(from, until, now)
			if s.Lived < 0 || s.Base < 0 || s.Fee < 0 || s.Creation < 0 || s.USD < 0 || s.Rated != rated {
				t.Fatalf("%s: %+v", m+1, s)
			}
			sum.Lived, sum.Total, sum.USD = sum.Lived+s.Lived, sum.Total+s.Total, sum.USD+s.USD
			if s.Began {
				begins++
			}
		}
		if begins != 1 || sum.Lived != life || sum.Total != whole.Total || rated && sum.USD != usd {
			t.Fatalf("%+v, begins %d; whole %+v, %s USD", sum, begins, whole, usd)
		}
	})
}
