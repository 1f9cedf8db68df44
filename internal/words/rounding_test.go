package words_test

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/money"
)

func TestDirectedRounding(t *testing.T) {
	p := english(t)
	for _, c := range []struct{ got, want string }{
		{p.Amount(493_750_000), "0.49"},
		{p.AtMost().Amount(493_750_000), "0.50"},
		{p.AtMost().Amount(490_000_000), "0.49"},
		{p.AtLeast().Amount(99_506_250_000), "99.50"},
		{p.AtMost().Amount(1), "0.000001"},
		{p.AtMost().Amount(-493_750_000), "-0.49"},
		{p.AtLeast().Amount(-493_750_000), "-0.50"},
		{p.AtMost().PerHour(2_000_000_000), "0.084 USD/h"},
		{p.AtMost().PerHour(2_400_000_001), "0.101 USD/h"},
		{p.AtLeast().PerHour(2_000_000_000), "0.083 USD/h"},
		{p.AtMost().Money(money.Money{Amount: 114_151_000_000, Currency: money.CLORE}), "114.16 CLORE"},
		{p.AtMost().Money(money.Money{Amount: 11, Currency: money.BTC}), "0.00000002 BTC"},
		{p.AtMost().S("bid.kept", "Order", money.Money{Amount: 493_750_000, Currency: money.USD}), "The bid of order 0.50 USD stays as it is."},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

// TestRoundingHoldsWhatItSays for any amount in any coin.
func TestRoundingHoldsWhatItSays(t *testing.T) {
	p := english(t)
	read := func(text string) money.Amount {
		a, err := money.Parse(strings.ReplaceAll(strings.Fields(text)[0], ",", ""))
		if err != nil {
			panic(strconv.Quote(text) + err.Error())
		}
		return a
	}
	rapid.Check(t, func(t *rapid.T) {
		m := money.Money{
			Amount:   money.Amount(rapid.Int64Range(-1e18, 1e18).Draw(t, "amount")),
			Currency: rapid.SampledFrom(money.Currencies()).Draw(t, "coin"),
		}
		if most := read(p.AtMost().Money(m)); most < m.Amount || most-m.Amount >= money.Coin/100 {
			t.Fatalf("at most %v of %v", most, m)
		}
		if least := read(p.AtLeast().Money(m)); least > m.Amount || m.Amount-least >= money.Coin/100 {
			t.Fatalf("at least %v of %v", least, m)
		}
	})
}
