package simulator

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// newMarket returns the captured servers and random ones from the seed, by falling id as the
// service lists them, n together if n is larger than the number captured.
func newMarket(seed uint64, n int, r rates) []*server {
	d := newDice(seed, streamMarket, 0)
	list := captured()
	known := map[int64]bool{}
	for _, s := range list {
		known[s.ID] = true
		s.fill()
	}
	g := generator{d, catalogue(), processors(), boards(), disks(), countries(), drivers(), r}
	id := max(113_400, 6*int64(n))
	for len(list) < n {
		id -= 1 + int64(d.IntN(max(1, 160_000/n)))
		if !known[id] {
			known[id] = true
			list = append(list, g.server(id))
		}
	}
	slices.SortFunc(list, func(a, b *server) int { return int(b.ID - a.ID) })
	return list
}

type generator struct {
	dice
	models  []model
	cpus    []processor
	boards  []string
	disks   []string
	country []string
	cuda    []string
	rates   rates
}

func (g *generator) server(id int64) *server {
	old := g.chance(0.08)
	s := &server{entry: entry{ID: id, Owner: 100 + int64(g.IntN(12_000))}, name: fmt.Sprintf("host-%d", id)}
	s.MRL = pick(g.dice, []int{24, 48, 72, 72, 168, 168, 336, 720, 720, 1440, 1440, 2160, 3000})
	m, price := g.cards(s)
	g.fillSpecs(s, m, old)
	s.Reliability = g.reliability()
	if g.chance(0.6) {
		s.Rating = rating{round(g.between(2.5, 5), 2), 1 + g.IntN(60)}
	}
	s.CUDA = pick(g.dice, g.cuda)
	for strings.Contains(s.Specs.GPU, "RTX 50") && s.CUDA < "12.8" { // older drivers do not know them
		s.CUDA = pick(g.dice, g.cuda)
	}
	g.price(s, price*24, old)
	if old {
		s.GPUs, s.Price.USD = nil, nil
	}
	s.OC = g.chance(0.2)
	if !old {
		g.novelties(s, m)
	}
	s.GigaSPOT = g.chance(0.02)
	s.stranger = g.chance(0.6)
	s.web = pick(g.dice, []float64{1, 1, 1, 0.9, 0.9, 0.8, 0.1})
	g.rivals(s)
	s.fill()
	return s
}

// fill sets what follows from the rest.
func (s *server) fill() {
	if s.cards == 0 {
		fmt.Sscanf(s.Specs.GPU, "%dx", &s.cards) //nolint:errcheck // every entry of ours begins with it
	}
	if s.name == "" {
		s.name = fmt.Sprintf("host-%d", s.ID)
	}
	if s.floor == 0 {
		s.floor = 0.8
	}
}

// cards chooses what the server has and what it costs an hour.
func (g *generator) cards(s *server) (model, float64) {
	m := g.model()
	s.cards = pick(g.dice, counts(m.class))
	price := 0.0
	if s.cards > 2 && m.class == miner && g.chance(0.25) {
		s.Specs.GPU = fmt.Sprintf("%dx Mixed GPUs", s.cards)
		for range s.cards {
			x := g.model()
			for x.class != miner {
				x = g.model()
			}
			s.GPUs = append(s.GPUs, " "+x.short)
			price += g.hourly(x)
		}
		return m, price
	}
	s.Specs.GPU = fmt.Sprintf("%dx %s", s.cards, m.long)
	for range s.cards {
		s.GPUs = append(s.GPUs, " "+m.short)
	}
	return m, g.hourly(m) * float64(s.cards)
}

func (g *generator) model() model {
	total := 0
	for _, m := range g.models {
		total += m.weight
	}
	n := g.IntN(total)
	for _, m := range g.models {
		if n -= m.weight; n < 0 {
			return m
		}
	}
	return g.models[0]
}

// hourly draws a price; the cheap end is fuller than the dear one.
func (g *generator) hourly(m model) float64 {
	return m.low * math.Pow(m.high/m.low, math.Pow(g.Float64(), 1.4))
}

func (g *generator) fillSpecs(s *server, m model, old bool) {
	cpu := pick(g.dice, g.cpus)
	for cpu.server != (m.class == datacentre) {
		cpu = pick(g.dice, g.cpus)
	}
	sp := &s.Specs
	sp.Board, sp.CPU, sp.CPUs = pick(g.dice, g.boards), cpu.name, cpu.cores
	sp.RAM = round(pick(g.dice, []float64{8, 16, 16, 32, 32, 64, 128, 256, 512})*g.between(0.97, 1.006), 4)
	sp.Disk = fmt.Sprintf("%s %sGB", pick(g.dice, g.disks), trim(g.between(40, 1900), 4))
	sp.DiskSpeed = pick(g.dice, []float64{0, round(g.between(20, 180), 2), round(g.between(180, 560), 2), round(g.between(560, 6500), 2)})
	sp.Memory = m.memory
	sp.Net = network{Up: round(g.between(5, 950), 2), Down: round(g.between(20, 980), 2), Country: pick(g.dice, g.country)}
	sp.PCIeRev, sp.PCIeWidth = pick(g.dice, []int{2, 3, 3, 4, 4, 5}), pick(g.dice, []int{1, 4, 8, 16, 16, 16})
	sp.Backend = 14 + g.IntN(8)
	if old {
		sp.Backend = 6 + g.IntN(4)
	} else {
		sp.XFS = g.IntN(2)
		sp.Net.History = g.history()
	}
	for range s.cards {
		sp.Power = append(sp.Power, m.watts)
	}
}

// novelties adds fields that only some new hosts have, in the forms in which they were seen.
func (g *generator) novelties(s *server, m model) {
	if g.chance(0.1) {
		s.Specs.Count = s.cards
	}
	switch {
	case g.chance(0.1):
		s.Specs.Overclock = "default"
	case g.chance(0.1):
		s.Specs.Overclock = []map[string]any{{"model": m.short, "core_offset": 0, "mem_offset": 0, "core_lock": 0, "mem_lock": 0}}
	}
	switch {
	case s.cards > 1 && g.chance(0.05):
		s.Partial = map[string]int{"total_gpus": s.cards, "available_gpus": s.cards}
	case g.chance(0.05):
		s.Partial = false
	}
}

func (g *generator) history() []string {
	var h []string
	at := int64(1_760_000_000)
	for range g.IntN(4) {
		at += int64(g.IntN(900_000))
		h = append(h, fmt.Sprintf("S|%d|%s|%s", at, trim(g.between(20, 900), 2), trim(g.between(5, 900), 2)))
	}
	return h
}

func (g *generator) reliability() float64 {
	switch {
	case g.chance(0.25):
		return 1
	case g.chance(0.03):
		return 0
	case g.chance(0.6):
		return round(g.between(0.96, 1), 4)
	default:
		return round(g.between(0.03, 0.96), 4)
	}
}

// price sets what the server costs. Rather more than half have a USD price, and one in
// fourteen of those does not accept USD all the same.
func (g *generator) price(s *server, daily float64, old bool) {
	s.usd = round(max(daily, 0.1), 2)
	s.floor = g.between(0.4, 0.95)
	if g.chance(0.08) {
		s.floor = g.between(1.01, 1.5)
	}
	s.Coins = []string{btc, clore}
	switch {
	case old && g.chance(0.4):
		s.Coins = []string{btc}
	case old:
	case g.chance(0.6):
		s.Coins = append(s.Coins, usd)
	}
	s.Price.USD = &equivalents{}
	s.reprice(g.rates)
	s.follows = !old && g.chance(0.7)
	if s.follows {
		s.Autoprice = "usd"
		s.Price.Original = map[string]usdPrices{}
		for _, c := range s.Coins {
			s.Price.Original[c] = usdPrices{s.usd, round(s.usd*s.floor, 2)}
		}
	} else if g.chance(0.3) { // priced by hand, long ago, in coins
		s.Price.OnDemand[clore] = round(s.Price.OnDemand[clore]*g.between(0.8, 1.3), 2)
	}
	if slices.Contains(s.Coins, usd) && g.chance(0.07) {
		s.Coins = slices.DeleteFunc(slices.Clone(s.Coins), func(c string) bool { return c == usd })
		if g.chance(0.3) {
			s.Coins = []string{clore}
		}
	}
	if s.Price.OnDemand[usd] > 0 && g.chance(0.004) { // a USD price that means nothing
		s.Price.OnDemand[usd] = round(s.usd*0.4, 2)
		s.refused = []string{usd}
	}
}

// reprice computes the coin prices from the price in USD.
func (s *server) reprice(r rates) {
	coins := s.Coins
	if len(s.Price.OnDemand) > 0 { // a price may be listed without being accepted
		coins = nil
		for c := range s.Price.OnDemand {
			coins = append(coins, c)
		}
	}
	on, spot := map[string]float64{}, map[string]float64{}
	for _, c := range coins {
		on[c] = round(s.usd/r.of(c), decimals(c))
		spot[c] = max(round(s.usd*s.floor/r.of(c), decimals(c)), math.Pow10(-decimals(c)))
	}
	s.Price.OnDemand, s.Price.Spot = on, spot
}

// rivals puts bids of strangers on some of the servers.
func (g *generator) rivals(s *server) {
	if !g.chance(0.25) {
		return
	}
	for range 1 + g.IntN(3) {
		c := pick(g.dice, s.Coins)
		if floor, ok := s.Price.Spot[c]; ok {
			s.book.add(&bid{id: 1_900_000 + int64(g.IntN(400_000)), price: round(floor*g.between(1, 1.3), decimals(c)+1), currency: c})
		}
	}
}

// trim writes a number without trailing zeros.
func trim(x float64, decimals int) string {
	s := fmt.Sprintf("%.*f", decimals, x)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
