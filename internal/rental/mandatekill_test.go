package rental_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// spree is a mandate in a world of lost answers, dead hosts and kills, with a person who gives up
// no order, so that nothing is ever excused.
type spree struct {
	renting
	tries    int
	patience time.Duration
}

func newSpree(t *testing.T, seed uint64) *spree {
	t.Helper()
	s := &spree{renting: *newRenting(t, seed)}
	w := s.world
	w.servers = map[clore.ServerID]*clore.Server{}
	for id := range clore.ServerID(6) {
		w.servers[id+1] = freeServer(id+1, "1")
	}
	w.fate = func(call string) fate {
		if call == "create" && s.random.IntN(100) < 40 {
			return []fate{lost, late, offline, limited, unsent, taken, dropped}[s.random.IntN(7)]
		}
		if call != "create" && s.random.IntN(100) < 8 {
			return dropped
		}
		return fine
	}
	w.point = func(name string) { s.maybeDie(name) }
	s.books.before = func() error { s.maybeDie("before commit"); return nil }
	s.books.after = func() { s.maybeDie("after commit") }
	s.books.changed = s.watch
	s.tries, s.patience = 1+s.random.IntN(4), time.Duration(5+s.random.IntN(8))*time.Minute
	l := ledger()
	m := mandate("m")
	m.Tries, m.Patience, m.Total, m.Until = s.tries, s.patience, amount("2"), t0.Add(2*time.Hour)
	if err := l.Allow(m, t0); err != nil {
		t.Fatal(err)
	}
	s.books.ledgers[acc] = store(encode(l))
	s.bot = newBot(w, s.books)
	return s
}

// watch checks each commit.
func (s *spree) watch(prev, next rental.Ledger) {
	s.count(prev, next)
	m := next.Mandate("m")
	if m == nil {
		return
	}
	was := prev.Mandate("m")
	if len(m.Purchases) > s.tries || m.Spent() > m.Total || !was.Active() && len(m.Purchases) > len(was.Purchases) {
		s.t.Errorf("from %+v\nto %+v", was, m)
	}
}

// live checks what really runs: never two, and nothing that was ordered after the end.
func (s *spree) live(seed uint64) {
	if n := s.world.alive(); n > 1 {
		s.t.Fatalf("seed %d: %d orders live", seed, n)
	}
}

// answers lets the SSH server of a living order answer, on every third server.
func (s *spree) answers(ctx context.Context) {
	s.world.deploy()
	err := s.books.Update(ctx, acc, func(l *rental.Ledger) error {
		for i := range l.Rentals {
			r := &l.Rentals[i]
			if h, port, ok := r.Order.SSH(); ok && r.Order.Server%3 == 0 {
				l.Reached(r.Order.ID, rental.ProbeResult{Host: h, Port: port}, s.world.now())
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// quiet reports whether the mandate is over, and what it bought as well.
func (s *spree) quiet(ctx context.Context) bool {
	l, err := s.books.Ledger(ctx, acc)
	if err != nil {
		s.t.Fatal(err)
	}
	m := l.Mandate("m")
	return (m == nil || !m.Active()) && !l.Live()
}

// However answers are lost and whenever the bot is killed, a mandate has one order at a time, at
// most as many as it may try, and spends no more than its total.
func TestMandateNeverOverspends(t *testing.T) {
	seeds := 400
	if testing.Short() || racing {
		seeds = 50
	}
	var orders, kills, unclear, done int
	for seed := range uint64(seeds) {
		s := newSpree(t, seed)
		s.random = rand.New(rand.NewPCG(seed, 7))
		end := t0.Add(3 * time.Hour)
		for n := 0; s.world.clock.Before(end); n++ {
			if err := s.work(t.Context(), end); err != nil {
				t.Fatal(err)
			}
			s.live(seed)
			if n%50 == 49 {
				s.answers(t.Context())
			}
			if n%50 == 0 && s.quiet(t.Context()) {
				s.outlive(t.Context())
				break
			}
		}
		var charged money.Amount
		for _, o := range s.world.orders {
			charged += o.Spend.Amount
		}
		if n := len(s.world.orders); n > s.tries || charged > amount("2") || t.Failed() {
			t.Fatalf("seed %d: %d orders of %d for %v", seed, n, s.tries, charged)
		}
		l, err := s.books.Ledger(t.Context(), acc)
		if err != nil {
			t.Fatal(err)
		}
		if m := l.Mandate("m"); m.Why == rental.FinishDone {
			done++
			if len(s.world.orders) == 0 {
				t.Fatalf("seed %d: done without an order: %+v", seed, m)
			}
		} else if m.Active() && s.ambiguous == 0 {
			t.Fatalf("seed %d: it never ends: %+v", seed, m)
		}
		orders, kills, unclear = orders+len(s.world.orders), kills+s.kills, unclear+s.ambiguous
	}
	t.Logf("%d mandates, %d done, %d orders, %d kills, %d unclear answers", seeds, done, orders, kills, unclear)
	if done == 0 || kills < seeds || orders < seeds {
		t.Error("that was not much of a test")
	}
}
