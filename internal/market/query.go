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
	In     []string         // countries, ISO 3166 two letters, or EU; empty for all
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
			w = append(w, r.conditions(string(f), f.text(r.Min, false), f.text(r.Max, true))...)
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
