package market

import (
	"cmp"
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// NearKind tells in what a near query differs.
type NearKind string

// The kinds of near queries.
const (
	OtherPrice   NearKind = "price"     // a higher price
	OtherCount   NearKind = "count"     // another number of cards
	OtherModel   NearKind = "model"     // a card of as much memory, or of a similar name
	OtherKind    NearKind = "kind"      // spot instead of on demand, or the reverse
	OtherCoin    NearKind = "coin"      // another coin to pay with
	OtherCountry NearKind = "country"   // anywhere
	OtherHost    NearKind = "host"      // anybody
	Without      NearKind = "condition" // without the condition on Field
)

// Near is a query close to one that found nothing.
type Near struct {
	Kind  NearKind
	Field Field // with Without
	Query Query
	Free  int   // what the query finds
	Best  Offer // the cheapest of them
	// Percent is how far the price is above the bound, rounded up; 0 for another kind.
	Percent int
}

// tally is what a scan finds: how many, and the cheapest sound one.
type tally struct {
	free int
	best hit
}

func (t *tally) add(s *Snapshot, h hit) {
	if !h.free() {
		return
	}
	if t.free == 0 || h.rank < t.best.rank || (h.rank == t.best.rank && s.tie(h, t.best) < 0) {
		t.best = h
	}
	t.free++
}

// near returns what a changed query finds, or false when that is nothing.
func (s *Snapshot) near(kind NearKind, q Query) (Near, bool) {
	f := s.filter(q)
	var t tally
	s.scan(&f, func(h hit) { t.add(s, h) })
	if t.free == 0 {
		return Near{}, false
	}
	return Near{Kind: kind, Query: q, Free: t.free, Best: s.offer(t.best, kindOf(q))}, true
}

func kindOf(q Query) clore.Kind {
	if q.Kind == "" {
		return clore.OnDemand
	}
	return q.Kind
}

// closest changes one thing of the query at a time, and keeps what then finds offers.
func (s *Snapshot) closest(q Query) []Near {
	q.All = false
	var all []Near
	if n, ok := s.dearer(q); ok {
		all = append(all, n)
	}
	if n, ok := s.otherCount(q); ok {
		all = append(all, n)
	}
	all = append(all, s.otherModels(q)...)
	for _, f := range Fields() {
		if _, ok := q.Limits[f]; !ok || f == GPUs {
			continue
		}
		if n, ok := s.near(Without, q.Without(f)); ok {
			n.Field = f
			all = append(all, n)
		}
	}
	for _, r := range relaxed(q) {
		if n, ok := s.near(r.Kind, r.Query); ok {
			all = append(all, n)
		}
	}
	return all
}

// relaxed returns the query without one of its other wishes each.
func relaxed(q Query) []Near {
	var all []Near
	add := func(kind NearKind, when bool, change func(*Query)) {
		if when {
			changed := q
			change(&changed)
			all = append(all, Near{Kind: kind, Query: changed})
		}
	}
	add(OtherCountry, len(q.In)+len(q.NotIn) > 0, func(q *Query) { q.In, q.NotIn = nil, nil })
	add(OtherHost, len(q.Hosts) > 0, func(q *Query) { q.Hosts = nil })
	add(OtherCoin, len(q.Pay) > 0, func(q *Query) { q.Pay = nil })
	add(OtherKind, q.Kind == clore.Spot, func(q *Query) { q.Kind = "" })
	add(OtherKind, q.Kind != clore.Spot, func(q *Query) { q.Kind = clore.Spot })
	return all
}

// dearer raises the upper bound of the price to that of the cheapest offer above it.
func (s *Snapshot) dearer(q Query) (Near, bool) {
	bound := q.Price.Max
	if bound == 0 {
		return Near{}, false
	}
	changed := q
	changed.Price.Bounds = Bounds[money.Amount]{Min: bound, MinOpen: !q.Price.MaxOpen}
	n, ok := s.near(OtherPrice, changed)
	if !ok {
		return Near{}, false
	}
	price := n.Best.USD
	if q.Price.inCoin() {
		price = n.Best.Price.Amount
	}
	n.Query.Price = q.Price
	n.Query.Price.Max, n.Query.Price.MaxOpen = price, false
	n.Percent = int(min((float64(price-bound)*100+float64(bound)-1)/float64(bound), 1e6))
	exact, ok := s.near(OtherPrice, n.Query)
	exact.Percent = n.Percent
	return exact, ok
}

// otherCount finds the number of cards closest to the one that was asked for.
func (s *Snapshot) otherCount(q Query) (Near, bool) {
	r, ok := q.Limits[GPUs]
	if !ok {
		return Near{}, false
	}
	f := s.filter(q.Without(GPUs))
	counts := map[int16]*tally{}
	s.scan(&f, func(h hit) {
		n := s.rows[h.row].count
		if counts[n] == nil {
			counts[n] = &tally{}
		}
		counts[n].add(s, h)
	})
	best, off := int16(0), 0.0
	for n, t := range counts {
		if d := gap(r, float64(n)); t.free > 0 && (best == 0 || d < off || (d == off && n > best)) {
			best, off = n, d
		}
	}
	if best == 0 {
		return Near{}, false
	}
	return s.near(OtherCount, q.With(GPUs, Exactly(float64(best))))
}

// gap is how far x is outside the range.
func gap(r Range, x float64) float64 {
	switch {
	case x < r.Min:
		return r.Min - x
	case r.Max != 0 && x > r.Max:
		return x - r.Max
	default:
		return 0
	}
}

// similar is a model that may do instead.
type similar struct {
	model int
	tally
}

// otherModels finds the cheapest cards of at least as much memory; or cards of a similar name
// when the market does not know the one that was asked for.
func (s *Snapshot) otherModels(q Query) []Near {
	const most = 2
	if len(q.Models) == 0 {
		return nil
	}
	memory := s.memoryOf(q.Models)
	open := q
	open.Models = nil
	f := s.filter(open)
	tallies := make([]similar, len(s.models))
	s.scan(&f, func(h hit) {
		r := &s.rows[h.row]
		if memory == 0 || (r.vram >= memory && r.vram <= 2*memory) {
			tallies[r.model].add(s, h)
		}
	})
	var found []similar
	for i, t := range tallies {
		if t.free > 0 && t.best.rank == sound && s.models[i].name != mixed && (memory > 0 || s.likeNamed(q.Models, i)) {
			t.model = i
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b similar) int {
		return cmp.Or(cmp.Compare(a.best.usd, b.best.usd), cmp.Compare(a.model, b.model))
	})
	var all []Near
	for _, t := range found[:min(most, len(found))] {
		changed := q
		changed.Models = []string{s.models[t.model].card.word()}
		if n, ok := s.near(OtherModel, changed); ok {
			all = append(all, n)
		}
	}
	return all
}

// memoryOf returns the least memory of the models by the market or the table, 0 when unknown.
func (s *Snapshot) memoryOf(models []string) int16 {
	least := int16(0)
	want := wanted(models, s.cards())
	for i := range s.rows {
		if r := &s.rows[i]; want[r.model] && r.vram > 0 && (least == 0 || r.vram < least) {
			least = r.vram
		}
	}
	if least > 0 {
		return least
	}
	for _, m := range models {
		if spec, ok := SpecOf(m); ok && (least == 0 || int16(spec.VRAM) < least) {
			least = int16(spec.VRAM)
		}
	}
	return least
}

// likeNamed reports whether a model's name is a slip away from one of the names.
func (s *Snapshot) likeNamed(names []string, i int) bool {
	const far = 1
	c := s.models[i].card
	for _, name := range names {
		asked := readCard(name)
		if asked.core != "" && c.core != "" && distance(asked.core, c.core) <= far {
			return true
		}
	}
	return false
}
