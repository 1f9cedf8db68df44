package market_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("down")

// exchange is a marketplace that takes ten seconds to answer.
type exchange struct {
	calls atomic.Int32
	fail  atomic.Bool
	empty atomic.Bool
}

func (e *exchange) fetch(ctx context.Context) (*clore.Marketplace, error) {
	n := e.calls.Add(1)
	select {
	case <-time.After(10 * time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if e.fail.Load() {
		return nil, errDown
	}
	if e.empty.Load() {
		return &clore.Marketplace{}, nil
	}
	// The number of the fetch is the number of its only server.
	return &clore.Marketplace{Servers: []clore.Server{server(clore.ServerID(n), 1, "RTX 4090", "1")}}, nil
}

func board(t *testing.T, e *exchange, o market.Options) *market.Board {
	t.Helper()
	b := market.NewBoard(e.fetch, o)
	t.Cleanup(b.Close)
	return b
}

// has checks that a snapshot is that of the nth fetch.
func has(t *testing.T, s *market.Snapshot, n clore.ServerID) {
	t.Helper()
	if s == nil || s.Server(n) == nil {
		t.Errorf("the snapshot is not that of fetch %d", n)
	}
}

func TestBoardSharesOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{}
		b := board(t, e, market.Options{})
		if b.Peek() != nil {
			t.Error("a snapshot out of nothing")
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if s, err := b.Snapshot(impatient); s != nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("impatient: %v", err)
			}
		})
		for range 20 {
			all.Go(func() {
				s, err := b.Snapshot(t.Context())
				if err != nil {
					t.Error(err)
				}
				has(t, s, 1)
			})
		}
		all.Wait()
		if n := e.calls.Load(); n != 1 {
			t.Errorf("%d fetches", n)
		}
		has(t, b.Peek(), 1)
	})
}

func TestBoardServesStaleWhileRefreshing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{}
		b := board(t, e, market.Options{})
		get := func(n clore.ServerID, wait time.Duration) {
			t.Helper()
			before := time.Now()
			s, err := b.Snapshot(t.Context())
			if err != nil {
				t.Error(err)
			}
			has(t, s, n)
			if took := time.Since(before); took != wait {
				t.Errorf("took %s", took)
			}
		}
		get(1, 10*time.Second)
		time.Sleep(50 * time.Second) // the age counts from the question: a minute by now
		get(1, 0)
		synctest.Wait()
		if n := e.calls.Load(); n != 1 {
			t.Errorf("%d fetches of what is new enough", n)
		}
		time.Sleep(time.Second)
		get(1, 0) // starts a refresh
		get(1, 0) // does not start another
		time.Sleep(11 * time.Second)
		get(2, 0)
		time.Sleep(time.Hour)
		get(3, 10*time.Second)
		if n := e.calls.Load(); n != 3 {
			t.Errorf("%d fetches", n)
		}
	})
}

func TestBoardKeepsTheOldOneInTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		e := &exchange{}
		b := board(t, e, market.Options{Log: slog.New(slog.NewTextHandler(&logged, nil))})
		first, err := b.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		e.fail.Store(true)
		time.Sleep(2 * time.Minute)
		for range 3 {
			if s, err := b.Snapshot(t.Context()); s != first || err != nil {
				t.Errorf("stale: %v", err)
			}
			synctest.Wait()
			time.Sleep(11 * time.Second) // the fetch has failed a second ago: a pause
			synctest.Wait()
		}
		if n := e.calls.Load(); n != 3 {
			t.Errorf("%d fetches; after a failure there is to be a pause", n)
		}
		if n := bytes.Count(logged.Bytes(), []byte("not refreshed")); n != 2 {
			t.Errorf("%d warnings: %s", n, &logged)
		}
		time.Sleep(time.Hour)
		s, err := b.Snapshot(t.Context())
		if s != first || !errors.Is(err, errDown) {
			t.Errorf("too old: %v, %v", s, err)
		}
		if age := time.Since(s.At()); age < time.Hour {
			t.Errorf("age %s", age)
		}
		if n := bytes.Count(logged.Bytes(), []byte("not refreshed")); n != 2 {
			t.Error("an error was both returned and logged")
		}
		e.fail.Store(false)
		e.empty.Store(true)
		if s, err = b.Snapshot(t.Context()); s != first || err == nil {
			t.Errorf("a market that is empty at once: %v", err)
		}
		e.empty.Store(false)
		if s, err = b.Snapshot(t.Context()); err != nil || s == first {
			t.Errorf("recovered: %v", err)
		}
	})
}

// Server must know what is true after the call: a fetch that was on its way does not count.
func TestBoardServerIsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{}
		b := board(t, e, market.Options{})
		var all sync.WaitGroup
		all.Go(func() { _, _ = b.Snapshot(t.Context()) })
		time.Sleep(5 * time.Second)
		for range 10 {
			all.Go(func() {
				got, rates, err := b.Server(t.Context(), 2)
				if err != nil || got == nil || len(rates) == 0 {
					t.Errorf("server %v, rates %v, %v", got, rates, err)
				}
			})
		}
		all.Wait()
		if n := e.calls.Load(); n != 2 {
			t.Errorf("%d fetches", n)
		}
		if got, _, err := b.Server(t.Context(), 2); got != nil || err != nil {
			t.Errorf("a server that is not listed any more: %v, %v", got, err)
		}
		e.fail.Store(true)
		if got, _, err := b.Server(t.Context(), 3); got != nil || !errors.Is(err, errDown) {
			t.Errorf("in trouble: %v, %v", got, err)
		}
	})
}

func TestBoardClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{}
		b := board(t, e, market.Options{})
		var all sync.WaitGroup
		for range 2 { // one waits for the fetch on its way, one for the next
			all.Go(func() {
				if _, err := b.Fresh(t.Context()); !errors.Is(err, market.ErrClosed) {
					t.Errorf("waiting: %v", err)
				}
			})
		}
		time.Sleep(time.Second)
		b.Close()
		all.Wait()
		if _, err := b.Snapshot(t.Context()); !errors.Is(err, market.ErrClosed) {
			t.Errorf("snapshot: %v", err)
		}
		if _, _, err := b.Server(t.Context(), 1); !errors.Is(err, market.ErrClosed) {
			t.Errorf("server: %v", err)
		}
		if n := e.calls.Load(); n != 1 {
			t.Errorf("%d fetches", n)
		}
	})
}

func TestBoardTellsOfSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []*market.Snapshot
		var b *market.Board
		e := &exchange{}
		b = board(t, e, market.Options{OnSnapshot: func(s *market.Snapshot) {
			if b.Peek() != s {
				t.Error("told of a snapshot that is not the newest")
			}
			told = append(told, s)
		}})
		for range 2 {
			if _, err := b.Fresh(t.Context()); err != nil {
				t.Error(err)
			}
		}
		e.fail.Store(true)
		_, _ = b.Fresh(t.Context())
		synctest.Wait()
		if len(told) != 2 || told[0] == told[1] {
			t.Errorf("told of %d", len(told))
		}
	})
}

func TestBoardFetchHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := board(t, &exchange{}, market.Options{Timeout: time.Second})
		if _, err := b.Snapshot(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

// An answer of which no entry could be read is no market, even the first time.
func TestBoardRefusesTheUnreadable(t *testing.T) {
	fetch := func(context.Context) (*clore.Marketplace, error) { return &clore.Marketplace{Skipped: 2000}, nil }
	b := market.NewBoard(fetch, market.Options{})
	defer b.Close()
	if s, err := b.Snapshot(t.Context()); s != nil || err == nil {
		t.Errorf("%v, %v", s, err)
	}
}
