package market

import (
	"cmp"
	"math"
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// filter is a query made ready for a snapshot.
type filter struct {
	models  []bool // by model; nil is all
	kind    int
	order   []int8 // coins
	price   PriceRange
	in, not []uint16
	hosts   []int64
	limits  []limit
	all     bool
}

type limit struct {
	field Field
	place int // of the field in Fields
	Range
}

func (s *Snapshot) filter(q Query) filter {
	f := anywhere(q)
	f.models = wanted(q.Models, s.cards())
	return f
}

// anywhere returns the filter of a query without the models, which differ between snapshots.
func anywhere(q Query) filter {
	f := filter{
		kind:  kindIndex(q.Kind),
		order: payOrder(q.Pay),
		price: q.Price,
		hosts: q.Hosts,
		all:   q.All,
	}
	if c := q.Price.Currency; q.Price.inCoin() {
		f.order = nil // a price in a coin is to be paid in it
		if len(q.Pay) == 0 || slices.Contains(q.Pay, c) {
			f.order = payOrder([]money.Currency{c})
		}
	}
	f.in, f.not = packed(q.In), packed(q.NotIn)
	for i, field := range Fields() {
		if r, ok := q.Limits[field]; ok {
			f.limits = append(f.limits, limit{field, i, r})
		}
	}
	return f
}

// fits reports whether the machine is one of those wanted, whatever it costs.
func (f *filter) fits(r *row, s *clore.Server) bool {
	if f.models != nil && !f.models[r.model] {
		return false
	}
	for i := range f.limits {
		if l := &f.limits[i]; !l.Has(l.field.of(r, s)) {
			return false
		}
	}
	return (len(f.in) == 0 || slices.Contains(f.in, r.cc)) && !slices.Contains(f.not, r.cc) &&
		(len(f.hosts) == 0 || slices.Contains(f.hosts, s.Owner))
}

// affords reports whether the price is one of those wanted. A price whose worth is not known is
// in no range.
func (f *filter) affords(h *hit, s *clore.Server) bool {
	if f.price == (PriceRange{}) {
		return true
	}
	if h.coin < 0 {
		return false
	}
	if !f.price.inCoin() {
		return h.usd > 0 && f.price.Has(h.usd)
	}
	price, ok := pricesOf(s, f.kind).In(f.price.Currency)
	return ok && f.price.Has(price.Amount)
}

// scan calls yield with each machine that fits at a wanted price, rented ones included. Those
// that cannot be paid for are left out unless the query wants all.
func (s *Snapshot) scan(f *filter, yield func(hit)) {
	for i := range s.rows {
		r, server := &s.rows[i], &s.servers[i]
		if !f.fits(r, server) {
			continue
		}
		h := r.hit(int32(i), f.kind, f.order)
		if (h.coin >= 0 || f.all) && f.affords(&h, server) {
			yield(h)
		}
	}
}

// key returns what an offer is sorted by, so that the lowest comes first.
func (s *Snapshot) key(by SortKey, h *hit) float64 {
	r, server := &s.rows[h.row], &s.servers[h.row]
	usd := float64(h.usd)
	switch by {
	case ByPrice:
		return usd
	case ByPricePerGB:
		return ratio(usd, VRAM.of(r, server))
	case ByPerformance:
		return ratio(usd, s.models[r.model].tflops*float64(r.count))
	case ByNewest:
		return -float64(server.ID)
	case ByName:
		return 0
	default:
		return -Field(by).of(r, server)
	}
}

// ratio returns a/b; without b it is endless, which sorts last.
func ratio(a, b float64) float64 {
	if b <= 0 {
		return math.Inf(1)
	}
	return a / b
}

// compare orders two hits.
func (s *Snapshot) compare(by Sort) func(a, b hit) int {
	return func(a, b hit) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		if a.key != b.key {
			// What has no figure comes last, whatever the direction.
			if by.Reverse && !math.IsInf(a.key, 1) && !math.IsInf(b.key, 1) {
				return cmp.Compare(b.key, a.key)
			}
			return cmp.Compare(a.key, b.key)
		}
		if by.Key == ByName && s.rows[a.row].model != s.rows[b.row].model {
			c := cmp.Compare(s.models[s.rows[a.row].model].name, s.models[s.rows[b.row].model].name)
			if by.Reverse {
				c = -c
			}
			return c
		}
		return s.tie(a, b)
	}
}

// tie orders what is equal so far: cheap, then reliable, then by number.
func (s *Snapshot) tie(a, b hit) int {
	one, two := &s.servers[a.row], &s.servers[b.row]
	return cmp.Or(
		cmp.Compare(a.usd, b.usd),
		cmp.Compare(two.Reliability, one.Reliability),
		cmp.Compare(one.ID, two.ID),
	)
}
