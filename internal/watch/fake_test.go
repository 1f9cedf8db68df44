package watch_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/watch"
)

var ctx = context.Background()

var errShelf = errors.New("no room")

// shelf is a store in memory.
type shelf struct {
	mu    sync.Mutex
	rows  map[string][]byte
	told  []watch.Change // those with an alert
	saves int
	fail  error
	slow  time.Duration // of a save
}

func newShelf() *shelf { return &shelf{rows: map[string][]byte{}} }

func (s *shelf) Watches(context.Context) ([]watch.Watch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []watch.Watch
	for _, b := range s.rows {
		var w watch.Watch
		if err := json.Unmarshal(b, &w); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, s.fail
}

func (s *shelf) SaveWatches(ctx context.Context, changes []watch.Change) error {
	timer := time.NewTimer(s.slow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.saves++
	for _, c := range changes {
		b, err := json.Marshal(c.Watch)
		if err != nil {
			return err
		}
		switch c.Cause {
		case watch.Removed, watch.Expired:
			delete(s.rows, c.Watch.ID)
		default:
			s.rows[c.Watch.ID] = b
		}
		if len(c.Hits) > 0 || c.Cause == watch.Expired {
			s.told = append(s.told, c)
		}
	}
	return nil
}

func (s *shelf) breakDown(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// take returns what was told since the last call.
func (s *shelf) take() []watch.Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := s.told
	s.told = nil
	return told
}

// stand is a marketplace whose servers a test moves, and a board over it.
type stand struct {
	*market.Board
	mu      sync.Mutex
	servers []clore.Server
	fetches int
	down    error
}

func newStand(o market.Options, servers ...clore.Server) *stand {
	s := &stand{servers: servers}
	s.Board = market.NewBoard(s.fetch, o)
	return s
}

func (s *stand) fetch(context.Context) (*clore.Marketplace, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetches++
	if s.down != nil {
		return nil, s.down
	}
	return &clore.Marketplace{Servers: slices.Clone(s.servers)}, nil
}

func (s *stand) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetches
}

func (s *stand) list(servers ...clore.Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers = servers
}

// machine is a free server with one card for so many hundredths of a USD a day.
func machine(id clore.ServerID, gpu string, cents int64) clore.Server {
	usd := money.Amount(cents) * money.Coin / 100
	return clore.Server{
		ID: id, Owner: int64(id), GPUs: []string{gpu}, GPUMemory: 24, Country: "DE", Reliability: 0.99,
		MaxRental: 72 * time.Hour, Coins: money.Currencies(), CUDA: "12.4",
		OnDemand: clore.Prices{{Amount: usd, Currency: money.USD}},
		USD:      map[money.Currency]money.Amount{money.USD: usd},
	}
}

func snapshot(at time.Time, servers ...clore.Server) *market.Snapshot {
	return market.NewSnapshot(&clore.Marketplace{Servers: servers}, at)
}

func ann() chat.User { return chat.User{Platform: chat.Telegram, ID: "1"} }
func bob() chat.User { return chat.User{Platform: chat.Discord, ID: "1"} }

// ripe collects what a keeper calls ripe.
type ripe struct {
	mu  sync.Mutex
	all []string
}

func (r *ripe) note(a account.ID, mandate string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, string(a)+"/"+mandate)
}

func (r *ripe) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

func open(t *testing.T, s watch.Store, o watch.Options) *watch.Keeper {
	t.Helper()
	k, err := watch.Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func add(t *testing.T, k *watch.Keeper, user chat.User, query string, alter ...func(*watch.Watch)) watch.Watch {
	t.Helper()
	w := watch.Watch{User: user, Query: query}
	for _, f := range alter {
		f(&w)
	}
	w, err := k.Add(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
