package market

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Standing is a query made ready to be put to every snapshot. It never changes.
type Standing struct {
	query  Query
	key    string
	filter filter // without the models
	models string // the names that the query has for models, as one
	asked  []card // the models
}

// NewStanding prepares a query. Its order and All do not matter: a standing query finds what can
// be rented, the cheapest first.
func NewStanding(q Query) *Standing {
	q.Sort, q.All = Sort{}, false
	st := &Standing{query: q, key: q.String(), filter: anywhere(q), models: strings.Join(q.Models, "\n")}
	for _, name := range q.Models {
		st.asked = append(st.asked, readCard(name))
	}
	return st
}

// Key returns the query in its canonical form. Those with the same key find the same, so that one
// of them is enough.
func (st *Standing) Key() string { return st.key }

// Query returns the query as it is answered.
func (st *Standing) Query() Query { return st.query }

// Matcher answers standing queries on a snapshot. It sorts and indexes what can be rented as the
// queries need it, which pays from a few dozen queries on; for one there is [Snapshot.Find].
// It is not to be used by two at once.
type Matcher struct {
	snapshot *Snapshot
	free     []int32 // rows
	cards    []card
	models   map[string][]bool // by the words asked for; nil when the market has none
	byField  []*ladder
	byOwner  map[int64][]int32 // rows
	books    map[bookKey]*book
	layers   []layer    // of the last query, to be used again
	arena    [][]uint64 // the sets of its layers
}

// NewMatcher returns a matcher for a snapshot.
func NewMatcher(s *Snapshot) *Matcher {
	m := &Matcher{
		snapshot: s,
		cards:    s.cards(),
		models:   map[string][]bool{},
		byField:  make([]*ladder, len(Fields())),
		books:    map[bookKey]*book{},
	}
	for i := range s.rows {
		if s.rows[i].state == 0 {
			m.free = append(m.free, int32(i))
		}
	}
	return m
}

// Brief is an offer in short: enough to tell whether it is news.
type Brief struct {
	Server clore.ServerID
	USD    money.Amount // a day; 0 when it is not known
	Sound  bool         // it has no obstacle and its worth is known
	hit    hit
}

// Match returns the cheapest offers that the query finds, at most so many: those that
// [Snapshot.Find] begins with when it sorts by price.
func (m *Matcher) Match(st *Standing, most int) []Offer {
	var all []Offer
	for _, b := range m.Briefs(st, most, nil) {
		all = append(all, m.Offer(st, b))
	}
	return all
}

// Briefs appends to list what Match returns, in short.
func (m *Matcher) Briefs(st *Standing, most int, list []Brief) []Brief {
	f, ok := m.filter(st)
	if !ok || most <= 0 {
		return list
	}
	b := m.book(f.kind, f.order)
	b.search(m, &f, most, func(place int) {
		h := b.hits[place]
		list = append(list, Brief{Server: b.ids[place], USD: max(0, h.usd), Sound: place < b.sound && h.usd > 0, hit: h})
	})
	return list
}

// Offer returns what a brief stands for.
func (m *Matcher) Offer(st *Standing, b Brief) Offer {
	return m.snapshot.offer(b.hit, cmp.Or(st.query.Kind, clore.OnDemand))
}

// filter makes the query ready; it reports false when the market has none of the models.
func (m *Matcher) filter(st *Standing) (filter, bool) {
	f := st.filter
	if len(st.asked) == 0 {
		return f, true
	}
	models, known := m.models[st.models]
	if !known {
		for i := range st.asked {
			for id, is := range meant(st.asked[i], m.cards) {
				if is && models == nil {
					models = make([]bool, len(m.cards))
				}
				if is {
					models[id] = true
				}
			}
		}
		m.models[st.models] = models
	}
	f.models = models
	return f, models != nil
}

// owned returns the rows of a host.
func (m *Matcher) owned(owner int64) []int32 {
	if m.byOwner == nil {
		m.byOwner = map[int64][]int32{}
		for _, row := range m.free {
			o := m.snapshot.servers[row].Owner
			m.byOwner[o] = append(m.byOwner[o], row)
		}
	}
	return m.byOwner[owner]
}

// ladder has the free rows by a field.
type ladder struct {
	values []float64 // ascending
	rows   []int32
}

func (m *Matcher) ladder(limit *limit) *ladder {
	if l := m.byField[limit.place]; l != nil {
		return l
	}
	type rung struct {
		value float64
		row   int32
	}
	rungs := make([]rung, len(m.free))
	for i, row := range m.free {
		rungs[i] = rung{limit.field.of(&m.snapshot.rows[row], &m.snapshot.servers[row]), row}
	}
	slices.SortFunc(rungs, func(a, b rung) int { return cmp.Compare(a.value, b.value) })
	l := &ladder{values: make([]float64, len(rungs)), rows: make([]int32, len(rungs))}
	for i, r := range rungs {
		l.values[i], l.rows[i] = r.value, r.row
	}
	m.byField[limit.place] = l
	return l
}

// span returns where the values of a range are: from inclusive, to exclusive.
func (l *ladder) span(r Range) (from, to int) {
	from, _ = slices.BinarySearch(l.values, r.Min)
	to = len(l.values)
	if r.Max != 0 {
		to, _ = slices.BinarySearch(l.values, math.Nextafter(r.Max, math.Inf(1)))
	}
	return from, max(from, to)
}

// bookKey says what the price of a row depends on.
type bookKey struct {
	kind  int
	order [coins]int8 // 1 more than the index; 0 for none
}

// book has what can be rented for some coins, the cheapest first, and sets of it: bit i of a set
// stands for the offer at place i.
type book struct {
	hits   []hit
	ids    []clore.ServerID // of the hits
	sound  int              // how many of the hits are; the doubtful ones come after them
	places []int32          // of the rows; -1 for none

	byModel   [][]int32 // places
	modelSets [][]uint64
	byCountry map[uint16][]uint64
	rungs     [][][]uint64 // by the place of a field in Fields, like the columns
	columns   [][]float64
}

func (m *Matcher) book(kind int, order []int8) *book {
	key := bookKey{kind: kind}
	for i, c := range order[:min(len(order), coins)] {
		key.order[i] = c + 1
	}
	if b, ok := m.books[key]; ok {
		return b
	}
	s := m.snapshot
	b := &book{
		places: make([]int32, len(s.rows)), byModel: make([][]int32, len(s.models)),
		modelSets: make([][]uint64, len(s.models)), rungs: make([][][]uint64, len(m.byField)),
		columns: make([][]float64, len(m.byField)),
	}
	for _, row := range m.free {
		if h := s.rows[row].hit(row, kind, order); h.coin >= 0 {
			h.key = float64(h.usd)
			b.hits = append(b.hits, h)
		}
	}
	slices.SortFunc(b.hits, s.compare(Sort{}))
	for i := range b.places {
		b.places[i] = -1
	}
	for place, h := range b.hits {
		b.places[h.row] = int32(place)
		b.ids = append(b.ids, s.servers[h.row].ID)
		model := s.rows[h.row].model
		b.byModel[model] = append(b.byModel[model], int32(place))
		if h.rank == sound {
			b.sound++
		}
	}
	m.books[key] = b
	return b
}

// stretch is a run of places: from inclusive, to exclusive.
type stretch struct{ from, to int }

// affordable returns where prices in the range can be: among the sound offers, and among the
// doubtful ones. Whether each one is in the range is still to be seen.
func (b *book) affordable(p PriceRange, rates money.Rates) [2]stretch {
	least, highest := p.Min, p.Max
	if p.inCoin() {
		const slack = 2 // worth is rounded; the price itself decides
		low, ok := rates.USD(money.Money{Amount: p.Min, Currency: p.Currency})
		high, _ := rates.USD(money.Money{Amount: p.Max, Currency: p.Currency})
		least, highest = 0, 0
		if ok {
			least = max(low-slack, 0)
		}
		if high > 0 {
			highest = high + slack
		}
	}
	parts := [2]stretch{{0, b.sound}, {b.sound, len(b.hits)}}
	for i, part := range parts {
		hits := b.hits[part.from:part.to]
		below := func(h hit, usd money.Amount) int { return cmp.Compare(h.usd, usd) }
		if least > 0 {
			n, _ := slices.BinarySearchFunc(hits, least, below)
			parts[i].from += n
		}
		if highest > 0 {
			n, _ := slices.BinarySearchFunc(hits, highest+1, below)
			parts[i].to = max(part.from+n, parts[i].from)
		}
	}
	if p.inCoin() {
		parts[1] = stretch{b.sound, len(b.hits)} // may have no worth at all
	}
	return parts
}
