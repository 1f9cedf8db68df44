package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestAccountsAreLookedAtWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Minute)
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, "a")
		time.Sleep(10*time.Minute + time.Second)
		w.end(t)
		if n := len(a.times("a")); n < 9 || n > 11 {
			t.Errorf("%d steps in ten minutes", n)
		}
		if n := b.committed(); n != 0 {
			t.Errorf("%d commits though nothing changed", n)
		}
	})
}

// A kick during a turn leads to another one afterwards, and never to two at once.
func TestKick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(0)
		var asked atomic.Int32
		a.next = func(account.ID) (rental.Step, error) {
			// The first turn has a step, and so has the one after the kicks.
			if n := asked.Add(1); n == 1 || n == 3 {
				return rental.Step{Do: rental.DoPoll, At: time.Now()}, nil
			}
			return rental.Step{Do: rental.DoNothing}, nil
		}
		a.do = func(context.Context, account.ID, rental.Step) error {
			time.Sleep(time.Second)
			return nil
		}
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}) // unknown until the kick
		defer w.end(t)
		w.Kick("a")
		time.Sleep(500 * time.Millisecond)
		for range 100 {
			w.Kick("a")
		}
		time.Sleep(time.Hour)
		if one, _ := a.atOnce(); len(a.times("a")) != 2 || one != 1 {
			t.Errorf("%d steps, %d at once; want 2 and 1", len(a.times("a")), one)
		}
		if n := asked.Load(); n != 4 {
			t.Errorf("asked %d times what is next, want 4", n)
		}
	})
}

func TestStartUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Hour)
		var ids []account.ID
		for i := range 1000 {
			id := account.ID(fmt.Sprint(i))
			b.open(id, func(l *rental.Ledger) {
				switch i {
				case 400:
					l.Intents = []rental.Intent{{ID: "i", State: rental.Sending, Sent: time.Now()}}
				case 900:
					l.Rentals = []rental.Rental{{Stage: rental.Starting}}
				}
			})
			ids = append(ids, id)
		}
		begin := time.Now()
		a.do = func(_ context.Context, id account.ID, _ rental.Step) error {
			if id == "400" && b.get(id).Intents[0].State != rental.Ambiguous {
				t.Error("looked at the orders before the intent became ambiguous")
			}
			return nil
		}
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, ids...)
		defer w.end(t)
		time.Sleep(2 * time.Minute)
		var halves [2]int
		for _, id := range ids {
			at := a.times(id)
			if len(at) != 1 {
				t.Fatalf("account %s: %d steps", id, len(at))
			}
			after := at[0].Sub(begin)
			if pressing := id == "400" || id == "900"; pressing && after > time.Second {
				t.Errorf("account %s came after %v", id, after)
			}
			halves[min(after/(30*time.Second), 1)]++
		}
		if halves[0] < 400 || halves[1] < 400 {
			t.Errorf("start-up is not spread: %v", halves)
		}
	})
}

func TestFailuresAreSpacedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Second)
		var up atomic.Bool
		a.do = func(context.Context, account.ID, rental.Step) error {
			if !up.Load() {
				return fmt.Errorf("poll: %w", clore.ErrUnavailable)
			}
			return nil
		}
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, "a")
		defer w.end(t)
		time.Sleep(time.Hour)
		n := len(a.times("a"))
		if n < 55 || n > 75 {
			t.Errorf("%d tries in an hour without Clore", n)
		}
		for range 100 { // a person in a hurry
			w.Kick("a")
			time.Sleep(100 * time.Millisecond)
		}
		if kicked := len(a.times("a")) - n; kicked < 5 || kicked > 11 {
			t.Errorf("%d tries in ten seconds of kicks", kicked)
		}
		up.Store(true)
		time.Sleep(time.Minute + 10*time.Second)
		if b.committed() != 0 {
			t.Error("a failed poll led to a commit")
		}
		w.end(t)
		for _, text := range []string{"clore does not answer", "clore answers again"} {
			if n := strings.Count(w.logged.String(), text); n != 1 {
				t.Errorf("%q is logged %d times", text, n)
			}
		}
	})
}

func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Second)
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, "a")
		defer w.end(t)
		time.Sleep(2 * time.Minute)
		b.mu.Lock()
		b.broken = errors.New("input/output error")
		b.mu.Unlock()
		time.Sleep(time.Hour)
		b.mu.Lock()
		b.broken = nil
		b.mu.Unlock()
		n := len(a.times("a"))
		time.Sleep(2 * time.Minute)
		if len(a.times("a")) < n+60 {
			t.Error("the account was given up")
		}
		w.end(t)
		if n := strings.Count(w.logged.String(), "\n"); n != 2 {
			t.Errorf("%d log lines, want 2:\n%s", n, w.logged)
		}
	})
}

func rejecting(context.Context, account.ID, rental.Step) error {
	return fmt.Errorf("poll: %w", &clore.Error{Code: clore.CodeKey})
}

// next is what the real agent says, without memory of its own.
func (b *books) next(id account.ID) (rental.Step, error) {
	l, err := b.Ledger(context.Background(), id)
	now := time.Now()
	return rental.Next(&l, rental.Volatile{}, rental.DefaultPace(), now), err
}

func TestRejectedKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(0)
		a.next, a.do = b.next, rejecting
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, "a")
		defer w.end(t)
		w.Kick("a")
		time.Sleep(time.Hour)
		w.Kick("a")
		time.Sleep(time.Hour)
		if n := len(a.times("a")); n != 1 {
			t.Errorf("the key was used %d times", n)
		}
		if got := b.told(); !slices.Equal(got, []rental.EventKind{rental.KeyRejected}) {
			t.Errorf("told %v", got)
		}
		b.open("a", func(l *rental.Ledger) { l.Account.Tail = "new1" }) // as SaveAccount does
		w.Kick("a")
		time.Sleep(time.Second)
		if n := len(a.times("a")); n != 2 {
			t.Errorf("the new key was used %d times", n-1)
		}
	})
}

// The answer to a request with the former key says nothing of the new one.
func TestKeyReplacedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Hour)
		a.do = func(ctx context.Context, id account.ID, s rental.Step) error {
			b.open("a", func(l *rental.Ledger) { l.Account.Tail = "new1" })
			return rejecting(ctx, id, s)
		}
		b.open("a", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a})
		defer w.end(t)
		w.Kick("a")
		time.Sleep(time.Second)
		if at := b.get("a").Account.Rejected; !at.IsZero() {
			t.Error("the new key is called rejected")
		}
	})
}

func TestForgottenAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Second)
		a.do = func(context.Context, account.ID, rental.Step) error {
			time.Sleep(5 * time.Second)
			return nil
		}
		b.open("a", nil)
		b.open("b", nil)
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a})
		defer w.end(t)
		w.Kick("a")
		w.Kick("b")
		time.Sleep(time.Second)
		w.Remove("a")
		b.mu.Lock()
		delete(b.ledgers, "b")
		b.mu.Unlock()
		time.Sleep(time.Minute)
		if na, nb := len(a.times("a")), len(a.times("b")); na != 1 || nb != 1 {
			t.Errorf("%d and %d steps, want 1 and 1", na, nb)
		}
		w.Kick("a")
		time.Sleep(time.Second)
		w.Remove("a")
		w.Kick("a") // it is back before the turn has ended
		time.Sleep(10 * time.Second)
		one, _ := a.atOnce()
		if n := len(a.times("a")); n < 3 || one != 1 {
			t.Errorf("%d steps, %d at once", n, one)
		}
	})
}

// At shutdown a poll is given up at once and an order is waited for, but not for ever.
func TestWatcherShutdown(t *testing.T) {
	for _, c := range []struct {
		task rental.Task
		hang time.Duration // of the step, unless its context ends
		deaf bool          // whatever its context says
		took time.Duration
		ok   bool
	}{
		{rental.DoPoll, time.Hour, false, 0, true},
		{rental.DoPlace, 3 * time.Second, false, 3 * time.Second, true},
		{rental.DoCancel, 3 * time.Second, false, 3 * time.Second, true},
		{rental.DoPlace, time.Hour, false, 10 * time.Second, true},
		{rental.DoPlace, time.Hour, true, 20 * time.Second, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			b, a := newBooks(), newAgent(0)
			a.next = func(account.ID) (rental.Step, error) {
				return rental.Step{Do: c.task, At: time.Now()}, nil
			}
			a.do = func(ctx context.Context, _ account.ID, _ rental.Step) error {
				if c.deaf {
					ctx = context.WithoutCancel(ctx)
				}
				select {
				case <-ctx.Done():
				case <-time.After(c.hang):
				}
				return ctx.Err()
			}
			b.open("a", nil)
			w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a})
			w.Kick("a")
			synctest.Wait()
			begin := time.Now()
			err := w.stop()
			if took := time.Since(begin); took != c.took || (err == nil) != c.ok {
				t.Errorf("%s: stopped after %v with %v, want %v", c.task, took, err, c.took)
			}
			if n := len(a.times("a")); n != 1 {
				t.Errorf("%s: %d steps", c.task, n)
			}
			time.Sleep(c.hang)
		})
	}
}

func TestParallelIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(time.Hour)
		a.do = func(context.Context, account.ID, rental.Step) error {
			time.Sleep(time.Second)
			return nil
		}
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a, Parallel: 8})
		defer w.end(t)
		for i := range 80 {
			id := account.ID(fmt.Sprint(i))
			b.open(id, nil)
			w.Kick(id)
		}
		time.Sleep(11 * time.Second)
		if _, all := a.atOnce(); all != 8 {
			t.Errorf("%d at once, want 8", all)
		}
		for i := range 80 {
			if n := len(a.times(account.ID(fmt.Sprint(i)))); n != 1 {
				t.Errorf("account %d: %d steps", i, n)
			}
		}
	})
}
