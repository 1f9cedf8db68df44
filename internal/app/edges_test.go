package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/simulator"
	"github.com/clorebot/clorebot/internal/watch"
)

// TestNoEdgeIsMissed has the market move at random, with faults and restarts, and holds what a
// watch tells against a plain model of edges over each answer of the market that the bot got.
func TestNoEdgeIsMissed(t *testing.T) {
	first, n := sequences(12)
	for seed := first; seed < first+n; seed++ {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: seed, Servers: 70, Latency: 300 * time.Millisecond}, func(w *world) {
				newWatching(w, seed).run()
			})
		})
	}
}

// watching is a watch, and what the bot saw of the market.
type watching struct {
	*world
	*rand.Rand
	query string
	drop  int64
	seen  []sight
	known map[int64]*model
	want  []string // the hits, "server" each, by look
	steps []string
}

// sight is an answer of the market.
type sight struct {
	at   time.Time // when it was asked for
	body []byte
}

// model is what a person would remember of a server.
type model struct {
	price   int64
	missing time.Time // since when it is not there
}

func newWatching(w *world, seed uint64) *watching {
	s := &watching{world: w, Rand: rand.New(rand.NewPCG(seed, 9)), known: map[int64]*model{}}
	s.query = []string{"3080", "4090", "5090", "3090"}[s.IntN(4)]
	s.drop = []int64{1, 5, 20}[s.IntN(3)]
	next := w.sim.Transport()
	w.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		at := time.Now()
		res, err := next.RoundTrip(r)
		if err != nil || !strings.HasSuffix(r.URL.Path, "/marketplace") || res.StatusCode != http.StatusOK {
			return res, err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
		if err == nil {
			s.seen = append(s.seen, sight{at, body})
		}
		return res, nil
	})
	w.restart()
	return s
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// failing ends with an error after what came before it.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

func (s *watching) run() {
	s.phone.do(fmt.Sprintf("/watch %s drop:%d", s.query, s.drop))
	start := len(s.seen) - 1 // what is there now is known
	ids := s.ids(s.seen[start])
	if len(ids) == 0 {
		return // the market of this seed has none
	}
	for range 15 + s.IntN(20) {
		s.move(ids)
		s.wait([]time.Duration{20 * time.Second, time.Minute, 5 * time.Minute, 40 * time.Minute}[s.IntN(4)])
	}
	s.sim.ClearFaults()
	s.wait(10 * time.Minute)
	for time.Since(s.seen[len(s.seen)-1].at) < 20*time.Second { // so that it has been told
		s.wait(5 * time.Second)
	}
	told, seen := s.told(), s.seen[start:] // before the model: its client waits, too, and time goes on
	for i, look := range seen {
		s.look(look, i == 0)
	}
	s.t.Logf("%d looks, %d moves, %d hits", len(seen), len(s.steps), len(s.want))
	if !slices.Equal(told, s.want) {
		s.t.Errorf("%q, drop %d: told\n%v\nwant\n%v\n%s", s.query, s.drop, told, s.want, strings.Join(s.steps, "\n"))
	}
}

// move changes the market, or lets something go wrong. A restart waits until what was seen has
// been thought about.
func (s *watching) move(ids []int64) {
	id := ids[s.IntN(len(ids))]
	switch s.IntN(8) {
	case 0, 1:
		by := 0.8 + 0.4*s.Float64()
		s.note("price of %d x %.3f", id, by)
		s.must(s.sim.ScalePrice(id, by))
	case 2, 3:
		on := s.IntN(2) == 0
		s.note("%d rented: %v", id, on)
		s.must(s.sim.SetRented(id, on))
	case 4:
		on := s.IntN(3) > 0
		s.note("%d online: %v", id, on)
		s.must(s.sim.SetOnline(id, on))
	case 5:
		s.note("fault")
		kinds := []simulator.FaultKind{simulator.FaultRate, simulator.FaultHTML, simulator.FaultTruncated, simulator.FaultReset, simulator.FaultHang}
		s.must(s.sim.Inject(simulator.Fault{Endpoint: "marketplace", Kind: kinds[s.IntN(len(kinds))], Count: 1 + s.IntN(3), Delay: 9 * time.Second}))
	case 6:
		s.wait(2 * time.Second)
		s.note("restart")
		s.restart()
	default:
		s.note("/market")
		s.phone.do("/market " + s.query)
	}
}

func (s *watching) note(format string, args ...any) {
	s.steps = append(s.steps, time.Now().Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

// offers are those that an answer has for the search, by the market's own rules.
func (s *watching) offers(look sight) []market.Offer {
	c, err := clore.New(clore.Options{
		BaseURL: "http://127.0.0.1:1/v1", UserAgent: "test",
		Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(look.body))}, nil
		}),
	})
	s.must(err)
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	m, err := c.Marketplace(ctx)
	if err != nil {
		return nil
	}
	snap := market.NewSnapshot(m, look.at)
	q, err := market.ParseQuery(s.query, snap.Names()...)
	s.must(err)
	return slices.DeleteFunc(slices.Clone(snap.Find(q).Offers), func(o market.Offer) bool {
		return o.Obstacle != market.Free || o.USD <= 0
	})
}

func (s *watching) ids(look sight) []int64 {
	var all []int64
	for _, o := range s.offers(look) {
		all = append(all, int64(o.Server.ID))
	}
	return all
}

// look is what a person does who looks at every answer and remembers.
func (s *watching) look(look sight, first bool) {
	there := map[int64]bool{}
	for _, o := range s.offers(look) {
		id, price := int64(o.Server.ID), int64(o.USD)
		if there[id] {
			continue
		}
		there[id] = true
		m := s.known[id]
		switch {
		case m == nil || !m.missing.IsZero() && look.at.Sub(m.missing) > watch.Away:
			s.known[id] = &model{price: price}
			if !first {
				s.want = append(s.want, strconv.FormatInt(id, 10))
			}
			continue
		case price < m.price && price*100 <= m.price*(100-s.drop):
			s.want = append(s.want, strconv.FormatInt(id, 10))
			m.price = price
		case price > m.price && price*100 >= m.price*(100+s.drop):
			m.price = price
		}
		m.missing = time.Time{}
	}
	for id, m := range s.known {
		if !there[id] && m.missing.IsZero() {
			m.missing = look.at
		}
	}
}

var bullet = regexp.MustCompile(`(?m)^• #(\d+) `)

// told are the servers of all alerts, in their order.
func (s *watching) told() []string {
	s.phone.mu.Lock()
	defer s.phone.mu.Unlock()
	var all []string
	for _, m := range s.phone.messages {
		if m.view.Topic != "watchhit" {
			continue
		}
		for _, found := range bullet.FindAllStringSubmatch(show(m.view), -1) {
			all = append(all, found[1])
		}
	}
	return all
}
