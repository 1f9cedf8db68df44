package notify_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// life is an account whose ledger goes through the real transitions in any order, with what its
// user was told on the way.
type life struct {
	now    time.Time
	ledger rental.Ledger
	orders []clore.Order // Clore's truth
	lastID clore.OrderID
	keys   map[string]rental.Event
}

// change does what the store does: events follow from the difference, and what ended leaves.
func (w *life) change(t *rapid.T, do func(*rental.Ledger)) {
	prev := decode(encode(w.ledger))
	next := decode(encode(w.ledger))
	do(&next)
	events := notify.Diff(prev, next)
	if again := notify.Diff(decode(encode(prev)), next); cmp.Diff(events, again) != "" {
		t.Fatalf("not the same twice:\n%s", cmp.Diff(events, again))
	}
	settled := next
	settled.Ended = nil
	if extra := notify.Diff(decode(encode(settled)), settled); len(extra) != 0 {
		t.Fatalf("told without a change: %+v", extra)
	}
	w.check(t, prev, next, events)
	w.ledger = settled
}

func (w *life) check(t *rapid.T, prev, next rental.Ledger, events []rental.Event) {
	carded := map[string]bool{}
	kinds := map[string]bool{}
	for i, e := range events {
		if other, twice := w.keys[e.Key]; twice && !once(e.Kind) {
			t.Fatalf("key %s came twice:\n%+v\n%+v", e.Key, other, e)
		}
		w.keys[e.Key] = e
		if e.At.After(w.now) {
			t.Fatalf("event of the future: %+v", e)
		}
		if e.Kind == rental.Progress {
			carded[e.Intent] = true
			if slices.ContainsFunc(events[:i], func(b rental.Event) bool { return b.Intent == e.Intent }) {
				t.Fatalf("the card comes after the message: %+v", events)
			}
		}
		kinds[fmt.Sprint(e.Kind, "/", e.Intent)] = true
		kinds[fmt.Sprint(e.Kind, "/", e.Order)] = true
	}
	must := func(kind rental.EventKind, of any) {
		if !kinds[fmt.Sprint(kind, "/", of)] {
			t.Fatalf("%v is not told %s:\n%+v", of, kind, events)
		}
	}
	for _, n := range next.Intents {
		was := prev.Intent(n.ID)
		if was != nil && was.State == n.State {
			continue
		}
		if !carded[n.ID] {
			t.Fatalf("intent became %s and its card does not show it", n.State)
		}
		switch n.State {
		case rental.Refused, rental.Withdrawn:
			must(rental.NotPlaced, n.ID)
		case rental.Missing:
			must(rental.NotFound, n.ID)
		}
	}
	for _, r := range next.Ended {
		if r.Intent != "" || prev.Rental(r.Order.ID) != nil {
			must(rental.HasEnded, r.Order.ID)
		}
	}
	for _, r := range next.Rentals {
		was := prev.Rental(r.Order.ID)
		if i := slices.IndexFunc(prev.Lost, func(v rental.Lost) bool { return v.Rental.Order.ID == r.Order.ID }); i >= 0 {
			was = &prev.Lost[i].Rental
			must(rental.Foreign, r.Order.ID)
		}
		if was == nil && r.Intent == "" && !prev.Polled.IsZero() {
			must(rental.Foreign, r.Order.ID)
		}
		if was != nil && was.Stage != r.Stage && r.Intent != "" && !carded[r.Intent] {
			t.Fatalf("rental became %s and its card does not show it", r.Stage)
		}
		if r.Intent != "" && !r.ReadyAt.IsZero() && (was == nil || was.ReadyAt.IsZero()) {
			must(rental.IsReady, r.Order.ID)
		}
		if was != nil && was.Probe.Down.IsZero() && !r.Probe.Down.IsZero() {
			must(rental.Unreachable, r.Order.ID)
		}
	}
}

// once reports whether a kind has the same key on purpose when a rental that was called ended
// comes back: it was said before, and is dropped.
func once(k rental.EventKind) bool {
	return k == rental.Dearer || k == rental.Slow || k == rental.Stuck || k == rental.StopDue
}

// make adds an order to Clore's truth.
func (w *life) make(server clore.ServerID, price money.Money) {
	w.lastID++
	w.orders = append(w.orders, clore.Order{
		ID: w.lastID, Server: server, Kind: clore.OnDemand, Price: price,
		Created: w.now, MaxRental: 100 * time.Hour, Online: true,
	})
}

func (w *life) pass(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "seconds")) * time.Second)
}

func usd(n int64) money.Money {
	return money.Money{Amount: money.Amount(n) * money.Coin, Currency: money.USD}
}

// pick returns one of the intents of a state.
func (w *life) pick(states ...rental.IntentState) *rental.Intent {
	for i := range w.ledger.Intents {
		if n := &w.ledger.Intents[i]; slices.Contains(states, n.State) {
			return n
		}
	}
	return nil
}

func (w *life) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"confirm": func(t *rapid.T) {
			q := rental.Quote{
				ID: fmt.Sprint("q", w.now.UnixNano()), User: owner, Account: "acc",
				Expires: w.now.Add(time.Minute),
				Terms: rental.Terms{
					Server: clore.ServerID(rapid.IntRange(1, 3).Draw(t, "server")), Kind: clore.OnDemand,
					Price: usd(2), RunFor: time.Duration(rapid.IntRange(0, 2).Draw(t, "hours")) * time.Hour,
				},
			}
			w.change(t, func(l *rental.Ledger) {
				if _, err := l.Take(q, w.now); err != nil && !errors.Is(err, rental.ErrManyIntents) &&
					!errors.Is(err, rental.ErrKeyRejected) {
					t.Fatal(err)
				}
			})
		},
		"withdraw": func(t *rapid.T) {
			if n := w.pick(rental.Pending); n != nil {
				w.change(t, func(l *rental.Ledger) { l.Withdraw(n.ID, rental.ReasonRented, "", w.now) })
			}
		},
		"send": func(t *rapid.T) {
			n := w.pick(rental.Pending)
			if n == nil || w.pick(rental.Sending, rental.Ambiguous) != nil {
				return
			}
			id, server := n.ID, n.Terms.Server
			w.change(t, func(l *rental.Ledger) {
				if err := l.BeginSend(id, w.lastID, w.now); err != nil {
					t.Fatal(err)
				}
			})
			w.pass(t)
			executed := rapid.Bool().Draw(t, "executed")
			if executed {
				w.make(server, usd(int64(rapid.IntRange(2, 3).Draw(t, "price"))))
			}
			w.change(t, func(l *rental.Ledger) {
				switch {
				case rapid.Bool().Draw(t, "unclear"):
					l.Restart(w.now)
				case executed:
					l.Accept(id, w.now)
				default:
					l.Refuse(id, string(clore.ServerRented), w.now)
				}
			})
		},
		"rent elsewhere": func(*rapid.T) { w.make(9, usd(1)) },
		"poll": func(t *rapid.T) {
			list := slices.Clone(w.orders)
			if rapid.IntRange(0, 9).Draw(t, "short") == 0 && len(list) > 0 {
				list = list[1:] // a list that lacks one for once
			}
			w.change(t, func(l *rental.Ledger) {
				l.Restart(w.now)
				l.Observe(rental.Poll{At: w.now, Orders: list}, w.now)
				l.Tick(w.now)
			})
		},
		"advance": func(t *rapid.T) {
			for i := range w.orders {
				o := &w.orders[i]
				o.Container = rapid.IntRange(o.Container, clore.Deployed).Draw(t, "container")
				o.Spend.Amount += money.Coin
				if o.Container == clore.Deployed && len(o.Hosts) == 0 {
					o.Hosts = []string{"n1.example.net"}
					o.Ports = []clore.PortMap{{Container: 22, Public: rapid.IntRange(2000, 2002).Draw(t, "port")}}
				}
			}
		},
		"end": func(t *rapid.T) {
			if len(w.orders) > 0 {
				i := rapid.IntRange(0, len(w.orders)-1).Draw(t, "which")
				w.orders = slices.Delete(slices.Clone(w.orders), i, i+1)
			}
		},
		"reach": func(t *rapid.T) {
			for _, r := range w.ledger.Rentals {
				host, port, ok := r.Order.SSH()
				if !ok {
					continue
				}
				failure := rapid.SampledFrom([]string{"", "", notify.Refused, notify.TimedOut}).Draw(t, "failure")
				res := rental.ProbeResult{Host: host, Port: port, Failure: failure}
				w.change(t, func(l *rental.Ledger) { l.Reached(r.Order.ID, res, w.now) })
			}
		},
		"cancel": func(t *rapid.T) {
			if len(w.ledger.Rentals) == 0 {
				return
			}
			id := w.ledger.Rentals[0].Order.ID
			w.change(t, func(l *rental.Ledger) {
				if err := l.AskCancel(id, rental.ByUser, "", w.now); err != nil {
					t.Fatal(err)
				}
			})
			w.pass(t)
			w.change(t, func(l *rental.Ledger) { l.CancelAccepted(id, w.now) })
		},
		"extend": func(t *rapid.T) {
			if len(w.ledger.Rentals) == 0 {
				return
			}
			id, at := w.ledger.Rentals[0].Order.ID, w.now.Add(time.Hour)
			w.change(t, func(l *rental.Ledger) {
				if err := l.SetStop(id, at, w.now); err != nil && !errors.Is(err, rental.ErrEnding) {
					t.Fatal(err)
				}
			})
		},
		"fund": func(t *rapid.T) {
			left := usd(int64(rapid.IntRange(0, 5).Draw(t, "left")))
			w.change(t, func(l *rental.Ledger) { l.Fund([]clore.Wallet{{Balance: left}}, w.now) })
		},
		"wait": func(t *rapid.T) {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
			w.change(t, func(l *rental.Ledger) {
				l.Tick(w.now)
				l.Prune(w.now)
			})
		},
		"": w.pass, // before each action
	}
}

// Whatever happens in whatever order: nothing is told twice under one key or without a change,
// the card comes before the message that rings, and what a person must know is told.
func TestDiffOfWholeLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &life{now: noon(0), ledger: ledger(), keys: map[string]rental.Event{}}
		w.ledger.Polled = time.Time{}
		t.Repeat(w.actions())
	})
}
