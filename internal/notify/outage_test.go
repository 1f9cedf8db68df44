package notify_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// outageWorld is Clore, which may be away, and three accounts of a user of which two rent something.
type outageWorld struct {
	books *books
	agent *agent
	away  atomic.Bool
}

func newOutageWorld() *outageWorld {
	w := &outageWorld{books: newBooks(), agent: newAgent(time.Minute)}
	w.agent.do = func(ctx context.Context, id account.ID, _ rental.Step) error {
		if w.away.Load() {
			return fmt.Errorf("poll: %w", clore.ErrUnavailable)
		}
		return w.books.Update(ctx, id, func(l *rental.Ledger) error {
			p := rental.Poll{At: time.Now()}
			for _, r := range l.Rentals {
				p.Orders = append(p.Orders, r.Order)
			}
			l.Observe(p, time.Now())
			return nil
		})
	}
	w.books.open("idle", nil)
	for i, id := range []account.ID{"a", "b"} {
		w.books.open(id, func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(clore.OrderID(i + 1))} })
	}
	return w
}

func (w *outageWorld) start(t *testing.T) watching {
	return watch(t, notify.WatcherOptions{Ledgers: w.books, Agent: w.agent, Reacher: &reacher{answer: func(string, int) string { return "" }}}, "idle", "a", "b")
}

// said returns the events about Clore, those with the key of another one left out, as the store does.
func (w *outageWorld) said() []rental.Event {
	w.books.mu.Lock()
	defer w.books.mu.Unlock()
	var all []rental.Event
	for _, e := range w.books.events {
		known := slices.ContainsFunc(all, func(o rental.Event) bool { return o.Key == e.Key })
		if e.Kind == rental.CloreDown && !known {
			all = append(all, e)
		}
	}
	return all
}

func TestOutageIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOutageWorld()
		run := w.start(t)
		time.Sleep(10 * time.Minute)
		began := time.Now()
		w.away.Store(true)
		time.Sleep(4 * time.Minute)
		if all := w.said(); len(all) > 0 {
			t.Errorf("told too early: %+v", all)
		}
		time.Sleep(4 * time.Minute)
		all := w.said()
		if len(all) != 1 || !all[0].Outage.Lasts() || all[0].Outage.Since.Sub(began) > 90*time.Second {
			t.Fatalf("since %v: told %+v", began, all)
		}
		run.end(t)
		run = w.start(t) // in the middle of it
		time.Sleep(20 * time.Minute)
		if all := w.said(); len(all) != 1 {
			t.Errorf("told again: %+v", all)
		}
		if w.books.get("idle").Outage != (rental.Outage{}) {
			t.Error("told to who rents nothing")
		}
		w.away.Store(false)
		ended := time.Now()
		time.Sleep(3 * time.Minute)
		all = w.said()
		if len(all) != 2 || all[1].Outage.Lasts() || all[1].Card != all[0].Card || all[1].Outage.Over.Sub(ended) > 90*time.Second {
			t.Fatalf("the end, at %v, is told as %+v", ended, all)
		}
		w.away.Store(true)
		time.Sleep(10 * time.Minute)
		w.away.Store(false)
		time.Sleep(3 * time.Minute)
		if all := w.said(); len(all) != 4 || all[2].Card == all[0].Card {
			t.Errorf("the second outage is told as %+v", all)
		}
		run.end(t)
	})
}

// TestOutageOfAnEarlierRun: what was told to one user days ago, before the bot was stopped, is no
// outage for the others.
func TestOutageOfAnEarlierRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOutageWorld()
		w.books.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(1)} })
		w.books.open("b", func(l *rental.Ledger) {
			l.Rentals = []rental.Rental{addressed(2)}
			l.Outage = rental.Outage{Since: time.Now().Add(-72 * time.Hour)}
		})
		w.away.Store(true)
		run := w.start(t)
		time.Sleep(2 * time.Minute)
		if all := w.said(); len(all) > 0 {
			t.Errorf("told %+v", all)
		}
		run.end(t)
	})
}

// Short outages, also many of them, are nothing to be told of.
func TestShortOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newOutageWorld()
		run := w.start(t)
		defer run.end(t)
		for range 20 {
			w.away.Store(true)
			time.Sleep(3 * time.Minute)
			w.away.Store(false)
			time.Sleep(2 * time.Minute)
		}
		if all := w.said(); len(all) > 0 {
			t.Errorf("told %+v", all)
		}
	})
}
