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

// idle is an agent for which there is never anything to do.
func idle() *agent {
	a := newAgent(0)
	a.next = func(account.ID) (rental.Step, error) { return rental.Step{Do: rental.DoNothing}, nil }
	return a
}

func TestReadyIsFoundOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, begin := newBooks(), time.Now()
		up := begin.Add(90 * time.Second)
		r := &reacher{answer: func(host string, port int) string {
			if host != "n1.example.net" || port != 2222 {
				t.Errorf("reached for %s:%d", host, port)
			}
			if time.Now().Before(up) {
				return notify.Refused
			}
			return ""
		}}
		b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(1)} })
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: idle(), Reacher: r}, "a")
		defer w.end(t)
		time.Sleep(89 * time.Second)
		if first, _ := r.seen(); first.Sub(begin) > 2*time.Second {
			t.Errorf("first probe after %v", first.Sub(begin))
		}
		if n := r.count(); n < 40 || n > 50 {
			t.Errorf("%d probes in 89 s", n)
		}
		if n := b.committed(); n > 5 {
			t.Errorf("%d commits for refusals that are all alike", n)
		}
		time.Sleep(time.Minute)
		got := b.get("a").Rentals[0]
		if late := got.ReadyAt.Sub(up); got.Stage != rental.Ready || late > 2200*time.Millisecond {
			t.Errorf("stage %s, %v late", got.Stage, late)
		}
		commits, probes := b.committed(), r.count()
		time.Sleep(time.Hour)
		if n := r.count() - probes; n < 55 || n > 68 {
			t.Errorf("%d probes an hour of a steady rental", n)
		}
		if n := b.committed(); n != commits {
			t.Errorf("%d commits though it answers all the time", n-commits)
		}
		if _, worst := r.seen(); worst != 1 {
			t.Errorf("%d probes at once of one order", worst)
		}
		if n := count(b.told(), rental.IsReady); n != 1 {
			t.Errorf("told ready %d times: %v", n, b.told())
		}
	})
}

func TestDownAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooks()
		var down atomic.Bool
		r := &reacher{answer: func(string, int) string {
			if down.Load() {
				return notify.TimedOut
			}
			return ""
		}}
		b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(1)} })
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: idle(), Reacher: r}, "a")
		defer w.end(t)
		for range 3 {
			down.Store(false)
			time.Sleep(10 * time.Minute)
			down.Store(true)
			time.Sleep(10 * time.Minute)
		}
		var rings []rental.EventKind
		for _, k := range b.told() {
			if k != rental.Progress {
				rings = append(rings, k)
			}
		}
		want := []rental.EventKind{
			rental.IsReady, rental.Unreachable, rental.Back, rental.Unreachable, rental.Back, rental.Unreachable,
		}
		if !slices.Equal(rings, want) {
			t.Errorf("told %v, want %v", rings, want)
		}
		w.end(t)
		keys := map[string]bool{}
		for _, e := range b.events {
			if keys[e.Key] {
				t.Errorf("key %s came twice", e.Key)
			}
			keys[e.Key] = true
		}
		if last := b.events[len(b.events)-2]; last.Kind != rental.Progress {
			t.Errorf("the card follows the message that rings: %v", b.told())
		}
	})
}

// When Clore cannot be reached either, it is our own network that is down.
func TestOfflineIsNotDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(10*time.Second)
		var offline atomic.Bool
		a.do = func(context.Context, account.ID, rental.Step) error {
			if offline.Load() {
				return fmt.Errorf("poll: %w", clore.ErrUnavailable)
			}
			return nil
		}
		r := &reacher{answer: func(string, int) string {
			if offline.Load() {
				return notify.Unresolved
			}
			return ""
		}}
		b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(1)} })
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a, Reacher: r}, "a")
		defer w.end(t)
		time.Sleep(5 * time.Minute)
		offline.Store(true)
		time.Sleep(time.Hour)
		offline.Store(false)
		time.Sleep(5 * time.Minute)
		if n := count(b.told(), rental.Unreachable); n != 0 {
			t.Errorf("%d servers are called down", n)
		}
	})
}

func TestWhatIsNotReachedFor(t *testing.T) {
	for name, change := range map[string]func(*rental.Rental){
		"starting":   func(r *rental.Rental) { r.Stage = rental.Starting },
		"no address": func(r *rental.Rental) { r.Order.Hosts = nil },
		"no port 22": func(r *rental.Rental) { r.Order.Ports[0].Container = 8888 },
		"bad name":   func(r *rental.Rental) { r.Order.Hosts[0] = "-oProxyCommand=x" },
		"cancelled":  func(r *rental.Rental) { r.Cancel = &rental.Cancellation{Accepted: time.Now()} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, r := newBooks(), &reacher{answer: func(string, int) string { return "" }}
				one := addressed(1)
				change(&one)
				b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{one} })
				w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: idle(), Reacher: r}, "a")
				defer w.end(t)
				time.Sleep(time.Hour)
				if n := r.count(); n != 0 {
					t.Errorf("%d probes", n)
				}
			})
		})
	}
}

// An order that moved to another address is reached for there, even while the former probe is
// still on its way, and the former's answer counts for nothing.
func TestMovedAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBooks()
		r := &reacher{delay: 4 * time.Second, answer: func(_ string, port int) string {
			if port == 2222 {
				return ""
			}
			return notify.Refused
		}}
		b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{addressed(1)} })
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: idle(), Reacher: r}, "a")
		defer w.end(t)
		w.Kick("a")
		time.Sleep(2 * time.Second)
		one := addressed(1)
		one.Order.Ports[0].Public = 3333
		b.open("a", func(l *rental.Ledger) { l.Rentals = []rental.Rental{one} })
		w.Kick("a")
		time.Sleep(time.Minute)
		if got := b.get("a").Rentals[0]; got.Stage != rental.Addressed || got.Probe.Failure != notify.Refused {
			t.Errorf("stage %s, failure %q", got.Stage, got.Probe.Failure)
		}
	})
}
