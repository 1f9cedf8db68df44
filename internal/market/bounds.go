package market

import (
	"strings"

	"github.com/clorebot/clorebot/internal/money"
)

// Bounds are those of a range. A Max of zero is no bound, as is a Min of zero that is not open.
type Bounds[T float64 | money.Amount] struct {
	Min, Max         T
	MinOpen, MaxOpen bool // the bound itself is out
}

// Has reports whether x is in the range.
func (b Bounds[T]) Has(x T) bool {
	if x < b.Min || (b.MinOpen && x == b.Min) {
		return false
	}
	return b.Max == 0 || x < b.Max || (x == b.Max && !b.MaxOpen)
}

// empty reports whether nothing can be in the range.
func (b Bounds[T]) empty() bool {
	return b.Max != 0 && (b.Min > b.Max || (b.Min == b.Max && (b.MinOpen || b.MaxOpen)))
}

// and returns the bounds of what is in both ranges.
func (b Bounds[T]) and(o Bounds[T]) Bounds[T] {
	if o.Min > b.Min || (o.Min == b.Min && o.MinOpen) {
		b.Min, b.MinOpen = o.Min, o.MinOpen
	}
	if o.Max != 0 && (b.Max == 0 || o.Max < b.Max || (o.Max == b.Max && o.MaxOpen)) {
		b.Max, b.MaxOpen = o.Max, o.MaxOpen
	}
	return b
}

// within returns the bounds that an operator makes of a value, read as a lower and as an upper
// bound: "cuda<=12" is up to 12.99, but "cuda<12" is before 12.0. It returns false for an operator
// that makes none.
func within[T float64 | money.Amount](op string, low, high T) (Bounds[T], bool) {
	switch op {
	case "=":
		return Bounds[T]{Min: low, Max: high}, true
	case ">", ">=":
		return Bounds[T]{Min: low, MinOpen: op == ">"}, true
	case "<=":
		return Bounds[T]{Max: high}, true
	case "<":
		return Bounds[T]{Max: low, MaxOpen: true}, true
	default:
		return Bounds[T]{}, false
	}
}

// bounded reports whether an operator sets a bound from above.
func bounded(op string) bool { return op != ">" && op != ">=" }

// conditions writes the range in the query language, with the bounds as text: one condition, or
// two when a bound of two is open.
func (b Bounds[T]) conditions(key, from, to string) []string {
	low, high := b.Min > 0 || b.MinOpen, b.Max != 0
	if low && high && !b.MinOpen && !b.MaxOpen {
		if from == to {
			return []string{key + "=" + from}
		}
		return []string{key + "=" + from + ".." + to}
	}
	var w []string
	if low {
		w = append(w, key+operator(">", b.MinOpen)+from)
	}
	if high {
		w = append(w, key+operator("<", b.MaxOpen)+to)
	}
	return w
}

func operator(sign string, open bool) string {
	if open {
		return sign
	}
	return sign + "="
}

// Range bounds a number.
type Range = Bounds[float64]

// AtLeast returns the range from x up.
func AtLeast(x float64) Range { return Range{Min: x} }

// Exactly returns the range of x alone.
func Exactly(x float64) Range { return Range{Min: x, Max: x} }

// PriceRange bounds the price of a whole server per day.
type PriceRange struct {
	Bounds[money.Amount]
	// Currency is that of the bounds; "" is USD, in which every price is compared by its worth.
	// In another coin only prices in that coin are in the range.
	Currency money.Currency
}

// UpTo returns the range of prices up to usd an hour.
func UpTo(usd money.Amount) PriceRange {
	return PriceRange{Bounds: Bounds[money.Amount]{Max: usd * hours}}
}

// hours a day: Clore's prices are per day, people's per hour.
const hours = 24

// inCoin reports whether the bounds are in another currency than USD.
func (r PriceRange) inCoin() bool { return r.Currency != "" && r.Currency != money.USD }

// words returns the price as conditions: an hour when that is exact, else a day.
func (r PriceRange) words() []string {
	unit, per := "/h", money.Amount(hours)
	if r.Min%hours != 0 || r.Max%hours != 0 {
		unit, per = "/d", 1
	}
	if r.inCoin() {
		unit = strings.ToLower(r.Currency.Symbol()) + unit
	}
	from, to := (r.Min / per).String(), (r.Max/per).String()+unit
	switch {
	case r.Max == 0 || r.MinOpen || r.MaxOpen || r.Min == 0:
		return r.conditions("", from+unit, to)
	case r.Min == r.Max:
		from = to
	}
	return r.conditions("price", from, to)
}
