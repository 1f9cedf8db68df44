package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestCallOffBeforeSending: what was not sent never is.
func TestCallOffBeforeSending(t *testing.T) {
	l := ledger()
	if _, err := l.Take(quote("q"), t0); err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is once
		if in, err := l.CallOff("q", t0); err != nil || in.State != rental.Withdrawn || in.Reason != rental.ReasonCalledOff {
			t.Fatalf("%+v, %v", in, err)
		}
	}
	if err := l.BeginSend("q", 1000, t0); !errors.Is(err, rental.ErrIntentState) {
		t.Errorf("it can still be sent: %v", err)
	}
	if err := l.Removable(); err != nil {
		t.Error(err)
	}
}

// TestCallOffAfterSending: the wish is kept, through a restart and a missing answer, until the order
// is known, and is then a cancellation like any other.
func TestCallOffAfterSending(t *testing.T) {
	for name, answer := range map[string]func(*rental.Ledger){
		"no answer yet": func(*rental.Ledger) {},
		"accepted":      func(l *rental.Ledger) { l.Accept("q", at(time.Second)) },
		"unclear":       func(l *rental.Ledger) { l.Restart(at(time.Second)) },
		"taken":         func(l *rental.Ledger) { l.Refuse("q", string(clore.ServerRented), at(time.Second)) },
	} {
		l := sending(t)
		if in, err := l.CallOff("q", t0); err != nil || in.State != rental.Sending || in.Unwanted.IsZero() {
			t.Fatalf("%s: %+v, %v", name, in, err)
		}
		answer(l)
		l = new(store(encode(*l)).ledger)
		observe(l, list(5*time.Second, order(1001)))
		r := l.Rental(1001)
		if r == nil || r.Cancel == nil || r.Cancel.Reason != rental.ByUser {
			t.Fatalf("%s: %+v", name, r)
		}
		if s := rental.Next(l, rental.Volatile{Polled: at(5 * time.Second)}, rental.DefaultPace(), at(5*time.Second)); s.Do != rental.DoCancel || s.Order != 1001 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestCallOffLater: of an order that is known, or was missing, and of what has come to nothing.
func TestCallOffLater(t *testing.T) {
	l := running(t)
	if _, err := l.CallOff("q", at(time.Minute)); err != nil || l.Rental(1001).Cancel == nil {
		t.Errorf("known: %v", err)
	}
	l = sending(t)
	l.Restart(at(time.Second))
	for d := range time.Duration(4) {
		observe(l, completed(time.Second+time.Minute*(d+1)))
	}
	if in, err := l.CallOff("q", at(10*time.Minute)); err != nil || in.State != rental.Missing || !in.Dismissed {
		t.Fatalf("missing: %+v, %v", in, err)
	}
	observe(l, list(11*time.Minute, order(1001)))
	if r := l.Rental(1001); r == nil || r.Cancel == nil {
		t.Errorf("it appeared after all: %+v", r)
	}
	l = sending(t)
	l.Refuse("q", string(clore.NotEnoughBalance), t0)
	if _, err := l.CallOff("q", t0); !errors.Is(err, rental.ErrIntentState) {
		t.Errorf("refused: %v", err)
	}
	if _, err := l.CallOff("x", t0); !errors.Is(err, rental.ErrNoIntent) {
		t.Errorf("unknown: %v", err)
	}
}

// TestCalledOffAndMissing: when its order does not appear nothing is left to decide, and nothing
// planned: another rental may take its place.
func TestCalledOffAndMissing(t *testing.T) {
	for name, settle := range map[string]func(*rental.Ledger){
		"unclear":  func(l *rental.Ledger) { l.Doubt("q", at(time.Second)) },
		"accepted": func(l *rental.Ledger) { l.Accept("q", at(time.Second)) },
	} {
		l := sending(t)
		l.SetLimits(rental.Limits{Parallel: 1})
		if _, err := l.CallOff("q", t0); err != nil {
			t.Fatal(err)
		}
		settle(l)
		for d := range time.Duration(4) {
			observe(l, completed(time.Second+time.Minute*(d+1)))
		}
		if in := l.Intent("q"); in.State != rental.Missing || !in.Dismissed {
			t.Fatalf("%s: %+v", name, in)
		}
		next := found("next", 7, at(5*time.Minute))
		if _, err := l.Take(next, at(5*time.Minute)); err != nil {
			t.Errorf("%s: another one: %v", name, err)
		}
	}
}

// TestCalledOffSparesOthers: what somebody rents by hand on that server minutes later is another
// order, to be told of and not to be cancelled; the called-off one is, whenever it appears.
func TestCalledOffSparesOthers(t *testing.T) {
	for name, settle := range map[string]func(*rental.Ledger){
		"refused": func(l *rental.Ledger) { l.Refuse("q", string(clore.ServerRented), at(3*time.Second)) },
		"missing": func(l *rental.Ledger) {
			l.Doubt("q", at(3*time.Second))
			for d := range time.Duration(4) {
				observe(l, completed(10*time.Second+time.Minute*d))
			}
		},
	} {
		l := sending(t)
		if _, err := l.CallOff("q", at(2*time.Second)); err != nil {
			t.Fatal(err)
		}
		settle(l)
		byHand, ours := order(1002), order(1001)
		byHand.Created, ours.Created = at(5*time.Minute), at(50*time.Second)
		observe(l, list(5*time.Minute+10*time.Second, byHand))
		if r := l.Rental(1002); r == nil || r.Cancel != nil || r.Intent != "" {
			t.Fatalf("%s: made by hand: %+v", name, r)
		}
		observe(l, list(30*time.Minute, byHand, ours))
		if r := l.Rental(1001); r == nil || r.Cancel == nil || r.Intent != "q" {
			t.Errorf("%s: ours, late: %+v", name, r)
		}
		if r := l.Rental(1002); r == nil || r.Cancel != nil {
			t.Errorf("%s: made by hand, later: %+v", name, r)
		}
	}
}

// TestCallOffEndsThePermission: nothing is rented in place of what a person does not want.
func TestCallOffEndsThePermission(t *testing.T) {
	for _, sent := range []bool{false, true} {
		l := allowed(t)
		buy(t, l)
		if sent {
			if err := l.BeginSend("q", 1000, t0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.CallOff("q", t0); err != nil {
			t.Fatal(err)
		}
		if m := l.Mandate("m"); m.Active() || m.Why != rental.FinishUser {
			t.Errorf("sent %v: %+v", sent, m)
		}
	}
}

// TestCalledOffNeverStays: whenever somebody calls it off, however answers are lost and the bot is
// killed, no order is left, and none is made that was not sent by then.
func TestCalledOffNeverStays(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() || racing {
		seeds = 40
	}
	unsent, sent := 0, 0
	for seed := range seeds {
		r := newRenting(t, seed)
		r.world.servers[1] = freeServer(1, "2")
		q := quote("q")
		q.Terms.Server, q.Expires = 1, r.world.clock.Add(rental.QuoteTTL)
		change := func(do func(l *rental.Ledger) error) {
			if err := r.books.Update(t.Context(), acc, do); err != nil {
				t.Fatal(seed, err)
			}
		}
		change(func(l *rental.Ledger) error { _, err := l.Take(q, r.world.now()); return err })
		end := t0.Add(time.Hour)
		for range r.random.IntN(8) {
			if err := r.work(t.Context(), end); err != nil {
				t.Fatal(err)
			}
		}
		before := len(r.world.orders)
		change(func(l *rental.Ledger) error {
			in, err := l.CallOff("q", r.world.now())
			if in.State == rental.Withdrawn {
				unsent++
			} else if err == nil {
				sent++
				before = 1
			}
			if errors.Is(err, rental.ErrIntentState) {
				err = nil
			}
			return err
		})
		for r.world.clock.Before(end) {
			if err := r.work(t.Context(), end); err != nil {
				t.Fatal(err)
			}
		}
		if n := r.world.alive(); n > 0 || len(r.world.orders) > before {
			t.Fatalf("seed %d: %d orders live, of %d", seed, n, len(r.world.orders))
		}
	}
	if unsent < 5 || sent < 5 {
		t.Errorf("%d called off in time, %d after: not much of a test", unsent, sent)
	}
}
