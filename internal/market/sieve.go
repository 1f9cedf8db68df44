package market

import (
	"math/bits"
	"slices"
)

// search calls yield with the first places whose offers fit, at most so many.
//
// Two ways lead there. Where one condition leaves only few machines, those are looked at. Else
// sets of places are cut with each other, 64 places at a time from the cheapest on. The sets may
// hold a little too much; the filter that Find uses has the last word on every place.
func (b *book) search(m *Matcher, f *filter, most int, yield func(int)) {
	parts := b.affordable(f.price, m.snapshot.rates)
	span := parts[0].to - parts[0].from + parts[1].to - parts[1].from
	if span <= 0 {
		return
	}
	fits := func(place int) bool {
		h := &b.hits[place]
		server := &m.snapshot.servers[h.row]
		return f.fits(&m.snapshot.rows[h.row], server) && f.affords(h, server)
	}
	if few, ok := b.few(m, f, span/64); ok {
		b.pick(few, parts, most, fits, yield)
		return
	}
	sets, rest := b.sets(m, f), b.rest(m, f)
	for _, part := range parts {
		most = part.walk(sets, most, rest, yield)
	}
}

// rest returns the conditions that the sets of a query leave open, for one place after the other.
func (b *book) rest(m *Matcher, f *filter) func(place int) bool {
	for i := range f.limits {
		b.column(m, &f.limits[i])
	}
	coin := f.price.inCoin()
	return func(place int) bool {
		for i := range f.limits {
			if l := &f.limits[i]; !l.Has(b.columns[l.place][place]) {
				return false
			}
		}
		h := &b.hits[place]
		if len(f.not) > 0 && slices.Contains(f.not, m.snapshot.rows[h.row].cc) {
			return false
		}
		if coin || len(f.hosts) > 0 {
			server := &m.snapshot.servers[h.row]
			return f.affords(h, server) && (len(f.hosts) == 0 || slices.Contains(f.hosts, server.Owner))
		}
		return f.affords(h, nil) // a price in USD needs no server
	}
}

// column sees to it that the values of a limit's field are there by place.
func (b *book) column(m *Matcher, l *limit) {
	if b.columns[l.place] != nil {
		return
	}
	c := make([]float64, len(b.hits))
	for place := range b.hits {
		row := b.hits[place].row
		c[place] = l.field.of(&m.snapshot.rows[row], &m.snapshot.servers[row])
	}
	b.columns[l.place] = c
}

// walk calls yield with the places of a stretch that are in one of each group of sets and fit. It
// returns how many more are wanted.
func (p stretch) walk(sets []layer, most int, fits func(int) bool, yield func(int)) int {
	for w := p.from / 64; w*64 < p.to && most > 0; w++ {
		word := ^uint64(0)
		if at := w * 64; at < p.from {
			word <<= p.from - at
		}
		if end := p.to - w*64; end < 64 {
			word &= 1<<end - 1
		}
		for i := 0; i < len(sets) && word != 0; i++ {
			word &= sets[i].word(w)
		}
		for ; word != 0 && most > 0; word &= word - 1 {
			if place := w*64 + bits.TrailingZeros64(word); fits(place) {
				yield(place)
				most--
			}
		}
	}
	return most
}

// layer is what a condition leaves: the union of some sets, without another.
type layer struct {
	any   [][]uint64
	minus []uint64 // nil for none
}

func (l *layer) word(w int) uint64 {
	var word uint64
	for _, set := range l.any {
		word |= set[w]
	}
	if l.minus != nil {
		word &^= l.minus[w]
	}
	return word
}

// few returns rows that hold all matches, when a condition leaves at most so many.
func (b *book) few(m *Matcher, f *filter, limit int) ([]int32, bool) {
	const least = 8 // looking at so few costs nothing
	limit = max(limit, least)
	var best func() []int32
	size := limit + 1
	consider := func(n int, rows func() []int32) {
		if n < size {
			size, best = n, rows
		}
	}
	if len(f.hosts) > 0 {
		var rows []int32
		for _, h := range f.hosts {
			rows = append(rows, m.owned(h)...)
		}
		size = len(rows) + 1
		consider(len(rows), func() []int32 { return rows })
	}
	for i := range f.limits {
		l := &f.limits[i]
		ladder := m.ladder(l)
		from, to := ladder.span(l.Range)
		consider(to-from, func() []int32 { return ladder.rows[from:to] })
	}
	if f.models != nil {
		n := 0
		for id, is := range f.models {
			if is {
				n += len(b.byModel[id])
			}
		}
		consider(n, func() []int32 { return b.rowsOf(f.models) })
	}
	if best == nil {
		return nil, false
	}
	return best(), true
}

func (b *book) rowsOf(models []bool) []int32 {
	var rows []int32
	for id, is := range models {
		if is {
			for _, place := range b.byModel[id] {
				rows = append(rows, b.hits[place].row)
			}
		}
	}
	return rows
}

// pick calls yield with those of the rows that fit, the cheapest first.
func (b *book) pick(rows []int32, parts [2]stretch, most int, fits func(int) bool, yield func(int)) {
	var places []int
	for _, row := range rows {
		p := int(b.places[row])
		in := p >= parts[0].from && p < parts[0].to || p >= parts[1].from && p < parts[1].to
		if in && fits(p) {
			places = append(places, p)
		}
	}
	slices.Sort(places)
	places = slices.Compact(places) // a host may be named twice
	for _, p := range places[:min(most, len(places))] {
		yield(p)
	}
}

// sets returns what each condition leaves, and perhaps a little more.
func (b *book) sets(m *Matcher, f *filter) []layer {
	all, arena := m.layers[:0], m.arena[:0]
	defer func() { m.layers, m.arena = all, arena }()
	// union makes a layer of the sets that were added last. They stay where they are when the
	// arena moves.
	union := func(from int, minus []uint64) {
		all = append(all, layer{any: arena[from:len(arena):len(arena)], minus: minus})
	}
	if f.models != nil {
		for id, is := range f.models {
			if is {
				arena = append(arena, b.modelSet(id))
			}
		}
		union(0, nil)
	}
	for i := range f.limits {
		l := &f.limits[i]
		from, to := m.ladder(l).span(l.Range)
		set, minus := b.between(m, l, from, to)
		arena = append(arena, set)
		union(len(arena)-1, minus)
	}
	if len(f.in) > 0 {
		start := len(arena)
		for _, cc := range f.in {
			if set := b.country(m, cc); set != nil {
				arena = append(arena, set)
			}
		}
		union(start, nil)
	}
	return all
}

func (b *book) newSet() []uint64 { return make([]uint64, (len(b.hits)+63)/64) }

func (b *book) modelSet(id int) []uint64 {
	if b.modelSets[id] == nil {
		set := b.newSet()
		for _, place := range b.byModel[id] {
			set[place/64] |= 1 << (place % 64)
		}
		b.modelSets[id] = set
	}
	return b.modelSets[id]
}

// country returns the set of a country, nil when it has none.
func (b *book) country(m *Matcher, cc uint16) []uint64 {
	if b.byCountry == nil {
		b.byCountry = map[uint16][]uint64{}
		for place, h := range b.hits {
			c := m.snapshot.rows[h.row].cc
			if b.byCountry[c] == nil {
				b.byCountry[c] = b.newSet()
			}
			b.byCountry[c][place/64] |= 1 << (place % 64)
		}
	}
	return b.byCountry[cc]
}

// rungCount is how many sets a field has: a span of its values is the difference of two of them,
// too wide by at most one part in so many at each end.
const rungCount = 128

// between returns a set that has the places of a span of a ladder, and one of places before it.
func (b *book) between(m *Matcher, limit *limit, from, to int) (set, minus []uint64) {
	rows := m.ladder(limit).rows
	step := len(rows)/rungCount + 1
	sets := b.rungs[limit.place]
	if sets == nil {
		set := b.newSet()
		for i, row := range rows {
			if i%step == 0 {
				sets = append(sets, slices.Clone(set))
			}
			if place := b.places[row]; place >= 0 {
				set[place/64] |= 1 << (place % 64)
			}
		}
		sets = append(sets, set)
		b.rungs[limit.place] = sets
	}
	if low := from / step; low > 0 {
		minus = sets[low]
	}
	return sets[min((to+step-1)/step, len(sets)-1)], minus
}
