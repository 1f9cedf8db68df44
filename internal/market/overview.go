package market

import (
	"cmp"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/money"
)

// Group is a GPU model in an overview. Prices are in USD an hour and card, of free servers
// without any obstacle; 0 when there is none with a known rate.
type Group struct {
	Model       string
	VRAM        int // GB a card, nominal: that of most servers
	Free, Total int // servers
	FreeGPUs    int
	Min, Median money.Amount
}

// Overview groups what fits a query by GPU model: those with the most free servers first, or by name or by the
// lowest price a card when the query is sorted so.
func (s *Snapshot) Overview(q Query) []Group {
	f := s.filter(q)
	prices := make([][]money.Amount, len(s.models))
	groups := make([]Group, len(s.models))
	memory := make([]map[int16]int, len(s.models))
	s.scan(&f, func(h hit) {
		r := &s.rows[h.row]
		g := &groups[r.model]
		g.Total++
		if memory[r.model] == nil {
			memory[r.model] = map[int16]int{}
		}
		memory[r.model][r.vram]++
		if !h.free() {
			return
		}
		g.Free++
		g.FreeGPUs += int(r.count)
		if h.rank == sound && r.count > 0 {
			prices[r.model] = append(prices[r.model], hourly(h.usd/money.Amount(r.count)))
		}
	})
	var all []Group
	for i, g := range groups {
		if g.Total == 0 {
			continue
		}
		g.Model, g.VRAM = s.models[i].name, commonest(memory[i])
		if g.Median = median(prices[i]); len(prices[i]) > 0 {
			g.Min = prices[i][0]
		}
		all = append(all, g)
	}
	slices.SortFunc(all, compareGroups(q.Sort))
	return all
}

func commonest(count map[int16]int) int {
	best, most := int16(0), 0
	for v, n := range count {
		if n > most || (n == most && v > best) {
			best, most = v, n
		}
	}
	return int(best)
}

func compareGroups(by Sort) func(a, b Group) int {
	return func(a, b Group) int {
		var c int
		switch {
		case by.Key == ByName && by.Reverse:
			c = cmp.Compare(b.Model, a.Model)
		case by.Key == ByName:
			c = cmp.Compare(a.Model, b.Model)
		}
		return cmp.Or(c, cmp.Compare(b.Free, a.Free), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Model, b.Model))
	}
}

// ModelStat tells about a GPU model while its name is being typed.
type ModelStat struct {
	Model          string
	Free           int          // servers that can be rented on demand
	FromUSDPerHour money.Amount // the cheapest of them, the whole server; 0 when not known
}

// Models returns the models whose name begins with what was typed, or has it inside: those with
// most free servers first. It only reads memory.
func (s *Snapshot) Models(typed string) []ModelStat {
	stats := make([]ModelStat, len(s.models))
	f := s.filter(Query{})
	s.scan(&f, func(h hit) {
		if !h.free() {
			return
		}
		m := &stats[s.rows[h.row].model]
		m.Free++
		if h.rank == sound && (m.FromUSDPerHour == 0 || hourly(h.usd) < m.FromUSDPerHour) {
			m.FromUSDPerHour = hourly(h.usd)
		}
	})
	var all []ModelStat
	for i, m := range stats {
		if m.Model = s.models[i].name; m.Model != "" && begins(m.Model, typed) {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b ModelStat) int {
		return cmp.Or(cmp.Compare(b.Free, a.Free), cmp.Compare(a.Model, b.Model))
	})
	return all
}

// begins reports whether a name has what was typed, spaces and case aside.
func begins(name, typed string) bool {
	flat := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return strings.Contains(flat(name), flat(typed))
}

// Cheaper tells where a price stands: how many of the present offers on demand of the model and
// number of cards are cheaper than usd a day, of how many. A count of 0 is any.
func (s *Snapshot) Cheaper(model string, count int, usd money.Amount) (cheaper, of int) {
	q := Query{Models: []string{model}}
	if count > 0 {
		q = q.With(GPUs, Exactly(float64(count)))
	}
	f := s.filter(q)
	s.scan(&f, func(h hit) {
		if h.rank != sound {
			return
		}
		of++
		if h.usd < usd {
			cheaper++
		}
	})
	return cheaper, of
}
