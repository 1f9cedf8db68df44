// Package money holds exact amounts of Clore's currencies. Nothing in it is a float.
package money

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Currency is a unit of account by Clore's own name.
type Currency string

// The currencies Clore knows. Prices and balances in others are kept but cannot be paid with.
const (
	BTC   Currency = "bitcoin"
	CLORE Currency = "CLORE-Blockchain"
	USD   Currency = "USD-Blockchain"
)

// Currencies returns the known currencies in the order in which people are offered them.
func Currencies() []Currency { return []Currency{USD, CLORE, BTC} }

// Symbol returns the short name that people use: "USD", "CLORE", "BTC".
func (c Currency) Symbol() string {
	switch c {
	case BTC:
		return "BTC"
	case CLORE:
		return "CLORE"
	case USD:
		return "USD"
	default:
		// A name that is not known may hold anything; "/word" would be a command in a chat.
		return strings.ReplaceAll(strings.TrimSuffix(string(c), "-Blockchain"), "/", "∕")
	}
}

// ErrCurrency is returned for a name that is no currency of Clore.
var ErrCurrency = errors.New("unknown currency")

// ParseCurrency accepts Clore's names and the short ones, whatever the case.
func ParseCurrency(s string) (Currency, error) {
	for _, c := range Currencies() {
		if strings.EqualFold(s, string(c)) || strings.EqualFold(s, c.Symbol()) {
			return c, nil
		}
	}
	return "", fmt.Errorf("%w %q", ErrCurrency, s)
}

// Amount counts billionths of a coin. The whole supply of CLORE (1.3e9 coins) fits, which it
// would not at 1e-12, and a minute of the cheapest server in BTC is still more than 40 units.
type Amount int64

// Coin is one whole coin.
const Coin Amount = 1e9

const decimals = 9

// Errors of [Parse].
var (
	ErrSyntax = errors.New("not a decimal number")
	ErrRange  = errors.New("number out of range")
)

// maxText bounds what Parse reads: no honest amount is longer.
const maxText = 64

// Parse reads a decimal number as JSON writes it ("2", "0.083", "7e-05"), rounding half away
// from zero below a billionth. It returns [ErrSyntax] or [ErrRange].
func Parse(s string) (Amount, error) {
	if s == "" || len(s) > maxText {
		return 0, ErrSyntax
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:]) // takes one sign of either kind
		if err != nil || e > 30 || e < -30 {
			return 0, ErrSyntax
		}
		mantissa, exponent = s[:i], e
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	if whole == "" || (dotted && fraction == "") || !digits(whole) || !digits(fraction) {
		return 0, ErrSyntax
	}
	a, err := scale(whole+fraction, exponent-len(fraction)+decimals)
	if negative {
		a = -a
	}
	return a, err
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// scale returns the digits times ten to the power, rounded half up.
func scale(number string, power int) (Amount, error) {
	number = strings.TrimLeft(number, "0")
	if cut := len(number) + power; power < 0 {
		if cut < 0 {
			return 0, nil
		}
		up := number[cut] >= '5'
		n, err := small(number[:cut])
		if err == nil && up {
			if n == math.MaxInt64 {
				return 0, ErrRange
			}
			n++
		}
		return n, err
	}
	if number == "" {
		return 0, nil
	}
	return small(number + strings.Repeat("0", power))
}

func small(number string) (Amount, error) {
	if number == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, ErrRange
	}
	return Amount(n), nil
}

// String returns the exact decimal form without trailing zeros: "2", "0.083".
func (a Amount) String() string {
	sign, u := "", uint64(a)
	if a < 0 {
		sign, u = "-", -u
	}
	whole := strconv.FormatUint(u/uint64(Coin), 10)
	fraction := strings.TrimRight(fmt.Sprintf("%0*d", decimals, u%uint64(Coin)), "0")
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

// MarshalJSON writes the amount as a JSON number.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalJSON reads a JSON number; see [Parse].
func (a *Amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	n, err := Parse(string(b))
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	*a = n
	return nil
}

// MulDiv returns a·num/den rounded half away from zero, with the product kept in full width.
// A result out of range saturates. A zero den yields zero.
func (a Amount) MulDiv(num, den int64) Amount {
	if den == 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(num))
	d := big.NewInt(den)
	if d.Sign() < 0 {
		n.Neg(n)
		d.Neg(d)
	}
	half := new(big.Int).Rsh(d, 1)
	if n.Sign() < 0 {
		n.Sub(n, half)
	} else {
		n.Add(n, half)
	}
	n.Quo(n, d)
	switch {
	case n.IsInt64():
		return Amount(n.Int64())
	case n.Sign() < 0:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}

// Money is an amount with its currency.
type Money struct {
	Amount   Amount   `json:"amount"`
	Currency Currency `json:"currency"`
}

// String returns "0.083 USD".
func (m Money) String() string { return m.Amount.String() + " " + m.Currency.Symbol() }

// Rates gives the worth of one coin in USD. Clore publishes no rate; the market derives them.
type Rates map[Currency]Amount

// USD converts m, or reports false when there is no rate: nothing is guessed.
func (r Rates) USD(m Money) (Amount, bool) {
	if m.Currency == USD {
		return m.Amount, true
	}
	rate, ok := r[m.Currency]
	if !ok || rate <= 0 {
		return 0, false
	}
	return m.Amount.MulDiv(int64(rate), int64(Coin)), true
}

// FromUSD converts an amount of USD to currency c, or reports false without a rate.
func (r Rates) FromUSD(usd Amount, c Currency) (Money, bool) {
	if c == USD {
		return Money{usd, USD}, true
	}
	rate, ok := r[c]
	if !ok || rate <= 0 {
		return Money{}, false
	}
	return Money{usd.MulDiv(int64(Coin), int64(rate)), c}, true
}

// Or returns the rates, with those of another set where there is none.
func (r Rates) Or(other Rates) Rates {
	all := make(Rates, len(r)+len(other))
	maps.Copy(all, other)
	maps.Copy(all, r)
	return all
}
