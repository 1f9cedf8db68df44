package market

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Query says which offers are wanted. The zero Query wants every free server on demand, the
// cheapest first. [ParseQuery] reads one from text; it may also be filled in by hand.
type Query struct {
	Models []string         // any of them; as people write them ("RTX 4090", "4090")
	Limits map[Field]Range  // on the hardware
	Price  PriceRange       //
	In     []string         // countries, ISO 3166 two letters; empty for all
	NotIn  []string         // countries never wanted
	Hosts  []int64          // owners; empty for all
	Kind   clore.Kind       // "" is on demand
	All    bool             // servers that cannot be rented now, too
	Pay    []money.Currency // the coins to pay with, the preferred first; empty is money.Currencies()
	Sort   Sort             //
}

// PayFirst returns the coins to pay with for somebody who prefers c and takes the others, too.
func PayFirst(c money.Currency) []money.Currency {
	order := money.Currencies()
	if i := slices.Index(order, c); i > 0 {
		order = slices.Insert(slices.Delete(order, i, i+1), 0, c)
	}
	return order
}

// Range bounds a number. A Max of zero is no bound, as is a Min of zero that is not open.
type Range struct {
	Min, Max         float64
	MinOpen, MaxOpen bool // the bound itself is out
}

// AtLeast returns the range from x up.
func AtLeast(x float64) Range { return Range{Min: x} }

// AtMost returns the range up to x.
func AtMost(x float64) Range { return Range{Max: x} }

// Exactly returns the range of x alone.
func Exactly(x float64) Range { return Range{Min: x, Max: x} }

// Has reports whether x is in the range.
func (r Range) Has(x float64) bool {
	if x < r.Min || (r.MinOpen && x == r.Min) {
		return false
	}
	return r.Max == 0 || x < r.Max || (x == r.Max && !r.MaxOpen)
}

// empty reports whether nothing can be in the range.
func (r Range) empty() bool {
	return r.Max != 0 && (r.Min > r.Max || (r.Min == r.Max && (r.MinOpen || r.MaxOpen)))
}

// and returns the numbers that are in both ranges.
func (r Range) and(o Range) Range {
	if o.Min > r.Min || (o.Min == r.Min && o.MinOpen) {
		r.Min, r.MinOpen = o.Min, o.MinOpen
	}
	if o.Max != 0 && (r.Max == 0 || o.Max < r.Max || (o.Max == r.Max && o.MaxOpen)) {
		r.Max, r.MaxOpen = o.Max, o.MaxOpen
	}
	return r
}

// PriceRange bounds the price of a whole server per day. A Max of zero is no bound.
type PriceRange struct {
	Min, Max         money.Amount
	MinOpen, MaxOpen bool
	// Currency is that of the bounds; "" is USD, in which every price is compared by its worth.
	// In another coin only prices in that coin are in the range.
	Currency money.Currency
}

// UpTo returns the range of prices up to usd an hour.
func UpTo(usd money.Amount) PriceRange { return PriceRange{Max: usd * hours} }

// hours a day: Clore's prices are per day, people's per hour.
const hours = 24

// Has reports whether a price is in the range.
func (r PriceRange) Has(perDay money.Amount) bool {
	if perDay < r.Min || (r.MinOpen && perDay == r.Min) {
		return false
	}
	return r.Max == 0 || perDay < r.Max || (perDay == r.Max && !r.MaxOpen)
}

func (r PriceRange) empty() bool {
	return r.Max != 0 && (r.Min > r.Max || (r.Min == r.Max && (r.MinOpen || r.MaxOpen)))
}

func (r PriceRange) and(o PriceRange) PriceRange {
	if o.Min > r.Min || (o.Min == r.Min && o.MinOpen) {
		r.Min, r.MinOpen = o.Min, o.MinOpen
	}
	if o.Max != 0 && (r.Max == 0 || o.Max < r.Max || (o.Max == r.Max && o.MaxOpen)) {
		r.Max, r.MaxOpen = o.Max, o.MaxOpen
	}
	r.Currency = o.Currency
	return r
}

// With returns the query with a limit set, replacing one on the same field.
func (q Query) With(f Field, r Range) Query {
	q.Limits = maps.Clone(q.Limits)
	if q.Limits == nil {
		q.Limits = map[Field]Range{}
	}
	q.Limits[f] = r
	return q
}

// Without returns the query with no limit on the field.
func (q Query) Without(f Field) Query {
	q.Limits = maps.Clone(q.Limits)
	delete(q.Limits, f)
	if len(q.Limits) == 0 {
		q.Limits = nil
	}
	return q
}

// Empty reports whether the query asks for nothing in particular; an overview then says more
// than a list.
func (q Query) Empty() bool { return q.String() == "" }

// String returns the query in its canonical form, which [ParseQuery] reads back.
func (q Query) String() string {
	var w []string
	count, exact := q.count()
	if len(q.Models) > 0 {
		models := joined(q.Models, func(m string) string { return readCard(m).word() })
		if exact {
			models = strconv.Itoa(count) + "x" + models
		}
		w = append(w, models)
	}
	w = append(w, q.Price.words()...)
	for _, f := range Fields() {
		r, ok := q.Limits[f]
		if ok && (f != GPUs || !exact || len(q.Models) == 0) {
			w = append(w, r.words(f)...)
		}
	}
	if len(q.In) > 0 {
		w = append(w, "cc="+strings.Join(q.In, ","))
	}
	for _, c := range q.NotIn {
		w = append(w, "!"+c)
	}
	if len(q.Hosts) > 0 {
		w = append(w, "host="+joined(q.Hosts, func(h int64) string { return strconv.FormatInt(h, 10) }))
	}
	if q.Kind == clore.Spot {
		w = append(w, "spot")
	}
	if q.All {
		w = append(w, "all")
	}
	if len(q.Pay) > 0 {
		w = append(w, "pay="+joined(q.Pay, func(c money.Currency) string { return strings.ToLower(c.Symbol()) }))
	}
	if s := q.Sort.String(); s != "" {
		w = append(w, "sort:"+s)
	}
	return strings.Join(w, " ")
}

// count returns the number of cards when exactly one number is wanted and "2x" can say it.
func (q Query) count() (int, bool) {
	r, ok := q.Limits[GPUs]
	n := int(r.Min)
	return n, ok && r == Exactly(float64(n)) && n > 0 && n <= maxCards
}

// maxCards is the largest number of cards that "2x4090" can ask for.
const maxCards = 99

func joined[T any](list []T, text func(T) string) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = text(v)
	}
	return strings.Join(words, ",")
}

// words returns the range as conditions of the query language.
func (r Range) words(f Field) []string {
	return bounds(string(f), r.Min > 0 || r.MinOpen, r.Max != 0, r.MinOpen, r.MaxOpen,
		f.text(r.Min, false), f.text(r.Max, true))
}

// bounds writes one condition, or two when a bound of two is open.
func bounds(key string, low, high, lowOpen, highOpen bool, from, to string) []string {
	var w []string
	switch {
	case low && high && !lowOpen && !highOpen && from == to:
		return []string{key + "=" + from}
	case low && high && !lowOpen && !highOpen:
		return []string{key + "=" + from + ".." + to}
	}
	if low {
		w = append(w, key+operator(">", lowOpen)+from)
	}
	if high {
		w = append(w, key+operator("<", highOpen)+to)
	}
	return w
}

func operator(sign string, open bool) string {
	if open {
		return sign
	}
	return sign + "="
}

// words returns the price as conditions: an hour when that is exact, else a day.
func (r PriceRange) words() []string {
	if r == (PriceRange{}) {
		return nil
	}
	low := r.Min > 0 || r.MinOpen
	unit, per := "/h", money.Amount(hours)
	if r.Min%hours != 0 || r.Max%hours != 0 {
		unit, per = "/d", 1
	}
	if r.Currency != "" && r.Currency != money.USD {
		unit = strings.ToLower(r.Currency.Symbol()) + unit
	}
	text := func(a money.Amount) string { return (a / per).String() + unit }
	key := ""
	if low && r.Max != 0 && !r.MinOpen && !r.MaxOpen {
		key = "price"
		if r.Min != r.Max {
			return []string{key + "=" + (r.Min / per).String() + ".." + text(r.Max)}
		}
	}
	return bounds(key, low, r.Max != 0, r.MinOpen, r.MaxOpen, text(r.Min), text(r.Max))
}
