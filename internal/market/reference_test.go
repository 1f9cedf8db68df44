package market_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// reference answers queries slowly, from the rules and without an index.
type reference struct {
	servers []clore.Server
	rates   money.Rates
}

// names maps the models of the generated queries to those of the generated market.
func names(model string) string {
	switch model {
	case "4090", "rtx4090":
		return "RTX 4090"
	case "3060-ti":
		return "RTX 3060 Ti"
	case "a100-sxm4":
		return "A100-SXM4-80GB"
	case "rtx6000-ada":
		return "RTX 6000 Ada Generation"
	case "l40-s":
		return "L40S"
	case "p104100":
		return "P104-100"
	case "mixed":
		return "Mixed"
	default:
		return "none of them"
	}
}

func modelOf(s clore.Server) string {
	if len(s.GPUs) == 0 {
		return ""
	}
	for _, g := range s.GPUs {
		if g != s.GPUs[0] {
			return "Mixed"
		}
	}
	return s.GPUs[0]
}

// figure returns a number of a server. The market of the tests reports 31 and 79 GB for cards
// that are sold with 32 and 80.
func figure(s clore.Server, f market.Field) float64 {
	memory := map[int]int{31: 32, 79: 80}[s.GPUMemory]
	if memory == 0 {
		memory = s.GPUMemory
	}
	switch f {
	case market.GPUs:
		return float64(len(s.GPUs))
	case market.VRAM:
		return float64(len(s.GPUs) * memory)
	case market.CardVRAM:
		return float64(memory)
	case market.CUDA:
		return market.CUDAVersion(s.CUDA)
	case market.Download:
		return s.Down
	case market.Upload:
		return s.Up
	case market.Disk:
		return s.DiskSize
	case market.DiskSpeed:
		return s.DiskSpeed
	case market.RAM:
		return s.RAM
	case market.Threads:
		return float64(s.Threads)
	case market.PCIe:
		return float64(s.PCIeVersion)
	case market.Lanes:
		return float64(s.PCIeLanes)
	case market.Rating:
		return s.Rating.Average
	default:
		return s.MaxRental.Hours()
	}
}

// wants reports whether the machine is one of those wanted.
func wants(q market.Query, s clore.Server) bool {
	is := func(m string) bool { return names(m) == modelOf(s) }
	if len(q.Models) > 0 && !slices.ContainsFunc(q.Models, is) {
		return false
	}
	for f, r := range q.Limits {
		x := figure(s, f)
		if f == market.Reliability {
			x = float64(int(s.Reliability*1e6+0.5)) / 1e4
		}
		if !r.Has(x) {
			return false
		}
	}
	return (len(q.In) == 0 || lies(s.Country, q.In)) && !lies(s.Country, q.NotIn) &&
		(len(q.Hosts) == 0 || slices.Contains(q.Hosts, s.Owner))
}

// lies reports whether a country of the generated market is one of those named.
func lies(cc string, in []string) bool {
	return slices.Contains(in, cc) || (cc == "DE" || cc == "NL") && slices.Contains(in, market.EU)
}

// price returns what the server costs by a query: in the first coin that it takes, but rather in
// a later one than for a price that is odd or of unknown worth.
func (r reference) price(q market.Query, s clore.Server) (usd money.Amount, is bool) {
	prices, pay := s.OnDemand, q.Pay
	if q.Kind == clore.Spot {
		prices = s.SpotFloor
	}
	if len(pay) == 0 {
		pay = money.Currencies()
	}
	if c := q.Price.Currency; c != "" {
		pay = slices.DeleteFunc(slices.Clone(pay), func(p money.Currency) bool { return p != c })
	}
	second := money.Amount(-1)
	for _, c := range pay {
		m, ok := prices.In(c)
		if !ok || m.Amount == 0 || (len(s.Coins) > 0 && !s.Accepts(c)) {
			continue
		}
		usd, known := r.rates.USD(m)
		if known && usd > 0 && (c != money.USD || !r.odd(prices, m)) {
			return usd, q.Price.Has(inBounds(q, m, usd))
		}
		if second < 0 {
			second = max(usd, 0)
		}
	}
	return second, second > 0 && q.Price.Has(second) || second == 0 && q.Price == (market.PriceRange{})
}

func inBounds(q market.Query, m money.Money, usd money.Amount) money.Amount {
	if q.Price.Currency != "" {
		return m.Amount
	}
	return usd
}

func (r reference) odd(prices clore.Prices, usd money.Money) bool {
	return slices.ContainsFunc(prices, func(m money.Money) bool {
		worth, _ := r.rates.USD(m)
		return usd.Amount*100 < worth*85
	})
}

// find returns the numbers of the free servers, and how many there are with those that are not.
func (r reference) find(q market.Query) (free []clore.ServerID, total int) {
	for _, s := range r.servers {
		_, ok := r.price(q, s)
		if !ok || !wants(q, s) {
			continue
		}
		total++
		if !s.Rented && !s.GigaSPOT {
			free = append(free, s.ID)
		}
	}
	return free, total
}

func TestFindMissesNothing(t *testing.T) {
	r := reference{servers: crowd(500, 11)}
	s := market.NewSnapshot(&clore.Marketplace{Servers: r.servers}, at)
	r.rates = s.Rates()
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		if rapid.Bool().Draw(t, "wide") { // narrow queries seldom find anything
			q.Limits, q.NotIn, q.Hosts = nil, nil, nil
		}
		free, total := r.find(q)
		q.All = false
		res := s.Find(q)
		got := ids(res.Offers)
		slices.Sort(got)
		if diff := cmp.Diff(free, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s", q, diff)
		}
		if res.Total != total {
			t.Fatalf("%q: total %d, want %d", q, res.Total, total)
		}
		sum, all := 0, 0
		for _, g := range s.Overview(q) {
			sum, all = sum+g.Free, all+g.Total
		}
		if sum != len(free) || all != total {
			t.Fatalf("%q: the groups have %d of %d", q, sum, all)
		}
	})
}

// Whoever asks for less gets no less.
func TestFindGrowsWhenRelaxed(t *testing.T) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: crowd(500, 13)}, at)
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		free := s.Find(q).Free
		for f := range q.Limits {
			if more := s.Find(q.Without(f)).Free; more < free {
				t.Fatalf("%q: %d, without %s %d", q, free, f, more)
			}
		}
		wide := q
		wide.Price = market.PriceRange{Currency: q.Price.Currency}
		wide.In, wide.NotIn, wide.Hosts, wide.Models = nil, nil, nil, nil
		if more := s.Find(wide).Free; more < free {
			t.Fatalf("%q: %d, %q: %d", q, free, wide, more)
		}
	})
}

// The order of words does not matter, nor does their case.
func TestParseQueryInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		words := strings.Fields(q.String())
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		mixed := strings.ToUpper(strings.Join(words, "  "))
		got, err := market.ParseQuery(mixed)
		if err != nil {
			t.Fatalf("%q: %v", mixed, err)
		}
		if diff := cmp.Diff(q, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s", mixed, diff)
		}
	})
}

// A query that finds little must not make garbage by the server.
func TestFindAllocatesLittle(t *testing.T) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: crowd(5000, 1)}, at)
	q := parse(t, "4090 vram>=24 rel>10 <0.05/h")
	if s.Find(q).Free == 0 {
		t.Fatal("nothing found")
	}
	const most = 60
	if n := testing.AllocsPerRun(10, func() { s.Find(q) }); n > most {
		t.Errorf("%.0f allocations", n)
	}
}
