package watch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/watch"
)

// fair makes n machines of great variety, always the same ones for a seed.
func fair(n int, seed uint64) []clore.Server {
	r := rand.New(rand.NewPCG(seed, 2))
	all := make([]clore.Server, n)
	for i := range all {
		s := machine(clore.ServerID(i+1), models()[r.IntN(len(models()))], 1+r.Int64N(2000))
		for range r.IntN(8) {
			s.GPUs = append(s.GPUs, s.GPUs[0])
		}
		s.GPUMemory = []int{8, 12, 16, 24, 31, 79}[r.IntN(6)]
		s.Rented = r.IntN(10) < 6
		s.Reliability = 0.8 + r.Float64()/5
		s.Down, s.Up = r.Float64()*1000, r.Float64()*1000
		s.Country = []string{"DE", "US", "CN", "NL", "UA"}[r.IntN(5)]
		s.CUDA = []string{"12.4", "13.0", "11.8"}[r.IntN(3)]
		all[i] = s
	}
	return all
}

func models() []string {
	return []string{
		"RTX 4090", "RTX 4090", "RTX 3090", "RTX 3090", "RTX 3060 Ti", "RTX 3060", "RTX 5090", "GTX 1080 Ti", "L40S",
		"A100-SXM4-80GB", "H100 80GB HBM3", "RTX 6000 Ada Generation", "RTX A4000", "Tesla V100-SXM2-32GB",
	}
}

// wish makes a search as people make them: a model or a size, mostly with a price, and often
// with conditions. Hardly any two are the same.
func wish(r *rand.Rand) string {
	var words []string
	if r.IntN(5) > 0 {
		words = append(words, []string{"4090", "3090", "2x4090", "5090", "3060", "a100", "h100", "4x3090", "a4000", "l40s"}[r.IntN(10)])
	} else {
		words = append(words, fmt.Sprintf("vram>=%d", 8*(1+r.IntN(20))))
	}
	if r.IntN(5) > 0 {
		words = append(words, fmt.Sprintf("<%.3f/h", 0.02+r.Float64()*0.8))
	}
	if r.IntN(2) > 0 {
		words = append(words, fmt.Sprintf("rel>%.1f", 80+r.Float64()*19))
	}
	if r.IntN(3) == 0 {
		words = append(words, "cc="+[]string{"DE", "US", "NL", "DE,NL,UA"}[r.IntN(4)])
	}
	if r.IntN(4) == 0 {
		words = append(words, fmt.Sprintf("net>%d", 50+r.IntN(500)))
	}
	if r.IntN(8) == 0 {
		words = append(words, "spot")
	}
	return strings.Join(words, " ")
}

// void is a store that takes everything and counts it.
type void struct{ changes, hits int }

func (*void) Watches(context.Context) ([]watch.Watch, error) { return nil, nil }

func (v *void) SaveWatches(_ context.Context, changes []watch.Change) error {
	v.changes += len(changes)
	for _, c := range changes {
		v.hits += len(c.Hits)
	}
	return nil
}

// moved is the market a minute later: of a thousand machines two are let or given back, and one
// has another price.
func moved(servers []clore.Server, seed uint64) []clore.Server {
	r := rand.New(rand.NewPCG(seed, 3))
	next := append([]clore.Server(nil), servers...)
	for i := range next {
		switch r.IntN(1000) {
		case 0, 1:
			next[i].Rented = !next[i].Rented
		case 2:
			p := machine(next[i].ID, next[i].GPUs[0], 1+r.Int64N(2000))
			next[i].OnDemand, next[i].USD = p.OnDemand, p.USD
		}
	}
	return next
}

const (
	benchServers = 20_000
	benchWatches = 10_000
)

// minutes is a market that moves on with each look, and back again after some.
type minutes struct {
	states [][]clore.Server
	n      int
}

func newMinutes(states int) *minutes {
	m := &minutes{states: [][]clore.Server{fair(benchServers, 1)}}
	for i := range states - 1 {
		m.states = append(m.states, moved(m.states[i], uint64(i)))
	}
	return m
}

// next is the market a minute later.
func (m *minutes) next() *market.Snapshot {
	m.n++
	last := len(m.states) - 1
	at := m.n % (2 * last)
	if at > last {
		at = 2*last - at
	}
	return snapshot(start.Add(time.Duration(m.n)*time.Minute), m.states[at]...)
}

// BenchmarkSnapshot measures what one snapshot of 20,000 servers costs with 10,000 watches, from
// the index to what is to be stored, and the same by asking the market for each watch.
func BenchmarkSnapshot(b *testing.B) {
	var watches []watch.Watch
	r := rand.New(rand.NewPCG(7, 7))
	for i := range benchWatches {
		watches = append(watches, watch.Watch{
			User: chat.User{Platform: chat.Telegram, ID: fmt.Sprint(i)}, Query: wish(r), Pay: money.Currencies(),
			Drop: watch.DefaultDrop, Expires: start.Add(watch.MaxLife),
		})
	}
	b.Run("keeper", func(b *testing.B) { benchKeeper(b, watches) })
	b.Run("keeper-of-1000", func(b *testing.B) { benchKeeper(b, watches[:benchWatches/10]) })
	b.Run("naive", func(b *testing.B) { benchNaive(b, watches) })
}

func benchKeeper(b *testing.B, watches []watch.Watch) {
	store, looks := &void{}, newMinutes(10)
	k, err := watch.Open(b.Context(), store, fixed(start))
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range watches {
		if _, err := k.Add(b.Context(), w); err != nil {
			b.Fatal(err)
		}
	}
	k.Judge(looks.next())
	*store = void{}
	b.ReportAllocs()
	n, used := 0.0, time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		s := looks.next()
		runtime.GC() // what comes before is not to be paid for here
		before := cpu()
		b.StartTimer()
		k.Judge(s)
		used += cpu() - before
		n++
	}
	b.ReportMetric(used.Seconds()*1000/n, "cpu-ms/op")
	b.ReportMetric(float64(store.changes)/n, "changed/op")
	b.ReportMetric(float64(store.hits)/n, "hits/op")
}

func benchNaive(b *testing.B, watches []watch.Watch) {
	looks := newMinutes(10)
	all := slices.Clone(watches)
	queries := make([]market.Query, len(all))
	for i := range all {
		q, err := market.ParseQuery(all[i].Query)
		if err != nil {
			b.Fatal(err)
		}
		q.Pay = all[i].Pay
		queries[i] = q
	}
	n, used := 0.0, time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		s := looks.next()
		before := cpu()
		b.StartTimer()
		for i := range all {
			all[i].Judge(s.Find(queries[i]).Offers, s.At())
		}
		used += cpu() - before
		n++
	}
	b.ReportMetric(used.Seconds()*1000/n, "cpu-ms/op")
}
