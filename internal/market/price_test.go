package market_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

func TestParsePrice(t *testing.T) {
	for text, want := range map[string]string{
		"0.12": "2.88 USD", "0.12/h": "2.88 USD", "$0.12/h": "2.88 USD", "2.90 USD/day": "2.9 USD", "2,9/d": "2.9 USD",
		"95clore/d": "95 CLORE", "4CLORE/h": "96 CLORE", "0.0000285BTC/d": "0.0000285 BTC", ".5": "12 USD",
	} {
		if got, ok := market.ParsePrice(text); !ok || got.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "-1", "0", "1e9", "0.1/week", "5 dollars/h", "0.1.2", "999999999999", "1/h/h"} {
		if got, ok := market.ParsePrice(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What the bot writes on its buttons is read as it was meant.
func TestParsePriceReadsExactAmounts(t *testing.T) {
	for _, c := range money.Currencies() {
		for _, a := range []money.Amount{1, 28_500, money.Coin / 3, 95*money.Coin + 7} {
			want := money.Money{Amount: a, Currency: c}
			if got, ok := market.ParsePrice(a.String() + c.Symbol() + "/d"); !ok || got != want {
				t.Errorf("%v: %v, %v", want, got, ok)
			}
		}
	}
}
