package commands

import (
	"slices"
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/words"
)

// filters shows the conditions of a search as controls, with what they leave of the market.
func (c *Commands) filters(a *ask, s *market.Snapshot, q market.Query) chat.View {
	found := s.Find(a.priced(q))
	v := chat.View{
		Topic: "filters", Title: a.S("market.filter.title", "Query", queryTitle(a, q)), Footer: a.updated(s),
		Body: a.T("market.filter.none"),
	}
	if found.Free > 0 {
		v.Body = a.T("market.summary", "Free", found.Free, "Total", found.Total,
			"Min", a.hourly(found.Min), "Max", a.hourly(found.Max), "Median", a.hourly(found.Median))
	}
	v.Body = lines(v.Body, a.T("market.filter.body"))
	if !q.Empty() {
		v.Body = lines(v.Body, a.T("market.filter.typed", "Line", chat.C("/market "+q.String())))
	}
	v.Rows = c.filterRows(a, q, s.Facets(a.priced(q)))
	return v
}

func (c *Commands) filterRows(a *ask, q market.Query, f market.Facets) [][]chat.Control {
	numbers := func(field market.Field, id string, likely ...int) []chat.Control {
		typed, own := "", market.Range{}
		if r, ok := q.Limits[field]; ok {
			typed, own = market.Query{}.With(field, r).String(), r
		}
		var options []filterOption
		if n := int(own.Min); holds(q, string(field), strconv.Itoa(n)) {
			likely = with(likely, n)
		}
		for _, n := range likely {
			options = append(options, filterOption{a.S(id, "N", n), strconv.Itoa(n)})
		}
		return c.filterRow(q, string(field), typed, options)
	}
	last := numbers(market.Reliability, "market.filter.rel", 95, 99)
	if open, _ := filtered(q, byNone, ""); open.String() != q.String() {
		last = append(last, chat.Button(a.S("market.filter.clear"), "filter", chat.Args{"f": byNone}.With("q", c.searches.name(q.String()))))
	}
	spot := []filterOption{{a.S("market.filter.spot"), string(clore.Spot)}}
	return [][]chat.Control{
		numbers(market.GPUs, "market.filter.count", 1, 2, 4, 8),
		append(c.priceRow(a, q, f.Prices), c.filterRow(q, byKind, "", spot)...),
		numbers(market.VRAM, "market.filter.vram", 16, 24, 48, 80),
		c.placeMenu(a, q, f.Countries),
		append(last, c.listButton(a.S("button.back"), q, 0)),
	}
}

func (c *Commands) priceRow(a *ask, q market.Query, likely []money.Amount) []chat.Control {
	var options []filterOption
	if usd := words.Hourly(q.Price.Max); holds(q, byPrice, usd.String()) {
		likely = with(likely, usd)
	}
	for _, usd := range likely {
		options = append(options, filterOption{a.S("market.filter.price", "Price", a.Rate(usd)), usd.String()})
	}
	return c.filterRow(q, byPrice, market.Query{Price: q.Price}.String(), options)
}

// with adds a value to those in ascending order, unless it is among them.
func with[T int | money.Amount](values []T, own T) []T {
	i, found := slices.BinarySearch(values, own)
	if found {
		return values
	}
	return slices.Insert(slices.Clone(values), i, own)
}
