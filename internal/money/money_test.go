package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/money"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want money.Amount
		err  error
	}{
		{"0", 0, nil},
		{"-0", 0, nil},
		{"2", 2e9, nil},
		{"0.083", 83e6, nil},
		{"37.51", 37_510_000_000, nil},
		{"7e-05", 70_000, nil},
		{"6.1E-5", 61_000, nil},
		{"1.2e+2", 120e9, nil},
		{"1e2", 100e9, nil},
		{"0.00015609", 156_090, nil},
		{"8002.07", 8_002_070_000_000, nil},
		{"0.001388888888888889", 1_388_889, nil},
		{"10.008412265972295", 10_008_412_266, nil},
		{"0.0000000005", 1, nil},
		{"0.00000000049999", 0, nil},
		{"-0.0000000005", -1, nil},
		{"1e-9", 1, nil},
		{"5e-10", 1, nil},
		{"4e-10", 0, nil},
		{"1e-30", 0, nil},
		{"0e30", 0, nil},
		{"1300000000", 1_300_000_000_000_000_000, nil},
		{"007.50", 7_500_000_000, nil},
		{"9223372036.854775807", math.MaxInt64, nil},
		{"-9223372036.854775807", -math.MaxInt64, nil},
		{"9223372036.8547758074", math.MaxInt64, nil},
		{"9223372036.8547758075", 0, money.ErrRange},
		{"9223372036.854775808", 0, money.ErrRange},
		{"1e30", 0, money.ErrRange},
		{"99999999999", 0, money.ErrRange},
		{"-1e20", 0, money.ErrRange},
		{"", 0, money.ErrSyntax},
		{"-", 0, money.ErrSyntax},
		{".", 0, money.ErrSyntax},
		{".5", 0, money.ErrSyntax},
		{"5.", 0, money.ErrSyntax},
		{"+5", 0, money.ErrSyntax},
		{"--5", 0, money.ErrSyntax},
		{"1_000", 0, money.ErrSyntax},
		{"1,5", 0, money.ErrSyntax},
		{"1.2.3", 0, money.ErrSyntax},
		{"1e", 0, money.ErrSyntax},
		{"e5", 0, money.ErrSyntax},
		{"1e5e5", 0, money.ErrSyntax},
		{"1e+-5", 0, money.ErrSyntax},
		{"1e++5", 0, money.ErrSyntax},
		{"1e31", 0, money.ErrSyntax},
		{"1e-31", 0, money.ErrSyntax},
		{"1e1.5", 0, money.ErrSyntax},
		{"0x10", 0, money.ErrSyntax},
		{"NaN", 0, money.ErrSyntax},
		{"Inf", 0, money.ErrSyntax},
		{" 1", 0, money.ErrSyntax},
		{"1 ", 0, money.ErrSyntax},
		{"١", 0, money.ErrSyntax},
		{"1e1_0", 0, money.ErrSyntax},
		{strings.Repeat("1", 65), 0, money.ErrSyntax},
	} {
		got, err := money.Parse(tt.in)
		if got != tt.want || !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
			t.Errorf("%q: %d, %v; want %d, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
}

func TestString(t *testing.T) {
	for a, want := range map[money.Amount]string{
		0: "0", 1: "0.000000001", -1: "-0.000000001", 2e9: "2", 83e6: "0.083", 1_500_000_000: "1.5",
		-37_510_000_000: "-37.51", 100e9: "100", math.MaxInt64: "9223372036.854775807",
		math.MinInt64: "-9223372036.854775808",
	} {
		if got := a.String(); got != want {
			t.Errorf("%d: %s, want %s", int64(a), got, want)
		}
	}
}

func anyAmount() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		return money.Amount(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "amount"))
	})
}

// What is written reads back as it was, as text and as JSON.
func TestParseFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAmount().Draw(t, "a")
		if b, err := money.Parse(a.String()); err != nil || b != a {
			t.Fatalf("%s reads as %s, %v", a, b, err)
		}
		raw, err := json.Marshal(money.Money{Amount: a, Currency: money.USD})
		var m money.Money
		if err != nil || json.Unmarshal(raw, &m) != nil || m.Amount != a || m.Currency != money.USD {
			t.Fatalf("%s became %+v", raw, m)
		}
	})
}

// Parse agrees with exact arithmetic for every way to write a number.
func TestParseAgainstRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,14})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "s")
		got, err := money.Parse(s)
		if errors.Is(err, money.ErrSyntax) {
			return // an exponent beyond 30
		}
		want := exact(s)
		if !want.IsInt64() || want.Int64() == math.MinInt64 {
			if !errors.Is(err, money.ErrRange) {
				t.Fatalf("%s: %d, %v; want a range error", s, got, err)
			}
			return
		}
		if err != nil || int64(got) != want.Int64() {
			t.Fatalf("%s: %d, %v; want %s", s, got, err, want)
		}
	})
}

// exact returns billionths, rounded half away from zero.
func exact(s string) *big.Int {
	r, _ := new(big.Rat).SetString(s)
	r.Mul(r, big.NewRat(1e9, 1))
	half := big.NewRat(int64(r.Sign()), 2)
	r.Add(r, half)
	return new(big.Int).Quo(r.Num(), r.Denom())
}

func TestMulDiv(t *testing.T) {
	for _, tt := range []struct {
		a        money.Amount
		num, den int64
		want     money.Amount
	}{
		{2e9, 60, 86400, 1_388_889},
		{-2e9, 60, 86400, -1_388_889},
		{2e9, -60, -86400, 1_388_889},
		{2e9, 60, -86400, -1_388_889},
		{1, 1, 2, 1},
		{-1, 1, 2, -1},
		{1, 1, 3, 0},
		{5, 0, 7, 0},
		{5, 7, 0, 0},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MaxInt64, 2, 1, math.MaxInt64},
		{math.MinInt64, 2, 1, math.MinInt64},
		{math.MinInt64, -1, 1, math.MaxInt64},
		{1, 1, math.MinInt64, 0},
	} {
		if got := tt.a.MulDiv(tt.num, tt.den); got != tt.want {
			t.Errorf("%d·%d/%d = %d, want %d", int64(tt.a), tt.num, tt.den, int64(got), int64(tt.want))
		}
	}
}

func TestMulDivAgainstRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAmount().Draw(t, "a")
		num := rapid.Int64().Draw(t, "num")
		den := rapid.Int64().Filter(func(d int64) bool { return d != 0 }).Draw(t, "den")
		r := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(num)), big.NewInt(den))
		r.Add(r, big.NewRat(int64(r.Sign()), 2))
		want := new(big.Int).Quo(r.Num(), r.Denom())
		got := a.MulDiv(num, den)
		if want.IsInt64() && int64(got) != want.Int64() {
			t.Fatalf("%d·%d/%d = %d, want %s", int64(a), num, den, int64(got), want)
		}
		if !want.IsInt64() && int64(got) != math.MaxInt64 && int64(got) != math.MinInt64 {
			t.Fatalf("%d·%d/%d = %d does not saturate", int64(a), num, den, int64(got))
		}
	})
}

func TestUnmarshal(t *testing.T) {
	for in, ok := range map[string]bool{
		`{"a":1.5}`: true, `{"a":null}`: true, `{}`: true, `{"a":7e-05}`: true, `{"a":"1.5"}`: false,
		`{"a":1e400}`: false, `{"a":true}`: false, `{"a":99999999999}`: false,
	} {
		var v struct{ A money.Amount }
		if err := json.Unmarshal([]byte(in), &v); (err == nil) != ok {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestCurrencies(t *testing.T) {
	for in, want := range map[string]money.Currency{
		"usd": money.USD, "USD-Blockchain": money.USD, "btc": money.BTC, "Bitcoin": money.BTC, "CLORE": money.CLORE,
		"clore-blockchain": money.CLORE,
	} {
		if got, err := money.ParseCurrency(in); got != want || err != nil {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "doge", "usd ", "USD-"} {
		if _, err := money.ParseCurrency(in); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if s := money.Currency("DOGE-Blockchain").Symbol(); s != "DOGE" {
		t.Error(s)
	}
	for _, c := range money.Currencies() {
		if got, err := money.ParseCurrency(c.Symbol()); got != c || err != nil {
			t.Errorf("%s has the symbol of %s, %v", c, got, err)
		}
	}
}

func TestRates(t *testing.T) {
	r := money.Rates{money.BTC: 64000 * money.Coin, money.CLORE: 1_250_000, "dead": 0}
	if usd, ok := r.USD(money.Money{Amount: 156_090, Currency: money.BTC}); !ok || usd.String() != "9.98976" {
		t.Errorf("%s, %v", usd, ok)
	}
	if m, ok := r.FromUSD(money.Coin, money.CLORE); !ok || m.String() != "800 CLORE" {
		t.Errorf("%s, %v", m, ok)
	}
	for _, c := range []money.Currency{"dead", "unknown"} {
		_, from := r.FromUSD(1, c)
		if _, to := r.USD(money.Money{Amount: 1, Currency: c}); to || from {
			t.Errorf("%s has a rate", c)
		}
	}
	var none money.Rates
	if usd, ok := none.USD(money.Money{Amount: 5, Currency: money.USD}); !ok || usd != 5 {
		t.Error("USD needs a rate")
	}
	if m, ok := none.FromUSD(5, money.USD); !ok || m.Amount != 5 {
		t.Error("USD needs a rate")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "7e-05", "-37.51", "9223372036.8547758075", "1e+30", "000.1e-9", "1e-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s)
		if err != nil {
			if a != 0 {
				t.Errorf("%q: %d with %v", s, int64(a), err)
			}
			return
		}
		if b, err := money.Parse(a.String()); err != nil || b != a {
			t.Errorf("%q: %d reads back as %d, %v", s, int64(a), int64(b), err)
		}
		if json.Valid([]byte(s)) {
			if want := exact(s); want.Cmp(big.NewInt(int64(a))) != 0 {
				t.Errorf("%q: %d, want %s", s, int64(a), want)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		_, _ = money.Parse("0.00012345")
	}
}
