package watch_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

// running starts a keeper over a market, as the program does, on the bubble's clock.
func running(t *testing.T, s *shelf) (k *watch.Keeper, m *stand) {
	t.Helper()
	m = newStand(market.Options{OnSnapshot: func(s *market.Snapshot) { k.Judge(s) }}, machine(1, "RTX 4090", 100))
	k = open(t, s, watch.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() { k.Run(ctx, m) })
	t.Cleanup(func() {
		cancel()
		wait.Wait()
		m.Close()
	})
	return k, m
}

// pass lets time pass and everybody finish.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// The market is looked at while somebody watches, and only then.
func TestRunLooksWhileSomebodyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		k, m := running(t, s)
		pass(time.Hour)
		if n := m.count(); n != 0 {
			t.Fatalf("%d fetches for nobody", n)
		}
		w := add(t, k, ann(), "4090")
		pass(time.Second)
		if n := m.count(); n != 1 {
			t.Errorf("%d fetches at once, want 1", n)
		}
		pass(10 * time.Minute)
		if n := m.count(); n != 11 {
			t.Errorf("%d fetches in ten minutes, want 11", n)
		}
		m.list(machine(1, "RTX 4090", 100), machine(2, "RTX 4090", 100))
		pass(time.Minute)
		if told := s.take(); len(told) != 1 || told[0].Hits[0].Server != 2 {
			t.Errorf("%+v", told)
		}
		if _, err := k.Remove(t.Context(), ann(), w.ID); err != nil {
			t.Fatal(err)
		}
		before := m.count()
		pass(time.Hour)
		if n := m.count() - before; n > 0 {
			t.Errorf("%d fetches after the last watch went", n)
		}
	})
}

// One fetch serves all watches of all users, and what others fetch counts, too.
func TestRunSharesFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		k, m := running(t, s)
		const users = 1000
		for i := range users {
			add(t, k, chat.User{Platform: chat.Telegram, ID: fmt.Sprint(i)}, fmt.Sprintf("4090 <%d/d", 1+i%7))
		}
		pass(time.Second)
		m.list(machine(1, "RTX 4090", 50))
		for range 30 { // somebody browses
			pass(20 * time.Second)
			if _, err := m.Fresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n := m.count(); n > 32 {
			t.Errorf("%d fetches although 30 were made by others", n)
		}
		if told := s.take(); len(told) != users {
			t.Errorf("%d of %d were told", len(told), users)
		}
	})
}

// A market that cannot be seen is no end, and no reason to hammer it.
func TestRunOutlivesAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		k, m := running(t, s)
		add(t, k, ann(), "4090")
		pass(time.Minute)
		m.mu.Lock()
		m.down = errShelf
		m.mu.Unlock()
		before := m.count()
		pass(time.Hour)
		if n := m.count() - before; n < 50 || n > 61 {
			t.Errorf("%d fetches in an hour of outage", n)
		}
		m.mu.Lock()
		m.down = nil
		m.mu.Unlock()
		m.list(machine(1, "RTX 4090", 90))
		pass(2 * time.Minute)
		if told := s.take(); len(told) != 1 || told[0].Hits[0].Was == 0 {
			t.Errorf("%+v", told)
		}
	})
}

// A watch ends at its time, which is told once; a store that fails meanwhile delays it, without
// news of the watch in between.
func TestRunExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		k, m := running(t, s)
		add(t, k, ann(), "4090", func(w *watch.Watch) { w.Expires = time.Now().Add(time.Hour) })
		stays := add(t, k, bob(), "3090")
		pass(59 * time.Minute)
		if told := s.take(); len(told) != 0 || len(k.List(ann())) != 1 {
			t.Fatalf("too early: %+v", told)
		}
		s.breakDown(errShelf)
		m.list(machine(2, "RTX 4090", 100))
		pass(10 * time.Minute)
		s.breakDown(nil)
		pass(2 * time.Minute)
		told := s.take()
		if len(told) != 1 || told[0].Cause != watch.Expired || told[0].Watch.User != ann() || len(told[0].Hits) > 0 {
			t.Errorf("%+v", told)
		}
		if len(k.List(ann())) != 0 || len(k.List(bob())) != 1 || len(s.rows) != 1 || s.rows[stays.ID] == nil {
			t.Errorf("left: %v, %v", k.List(ann()), s.rows)
		}
		pass(time.Hour)
		if told := s.take(); len(told) != 0 {
			t.Errorf("told again: %+v", told)
		}
	})
}
