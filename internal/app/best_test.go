package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// allow agrees to the bounds of a line and waits.
func (w *world) allow(line string, d time.Duration) {
	w.t.Helper()
	card := w.phone.do(line)
	if card.Topic != "bounds" {
		w.t.Fatalf("no bounds:\n%s", show(card))
	}
	if v := w.phone.press(card, "Allow"); v.Topic != "allowed" {
		w.t.Fatalf("not allowed:\n%s", show(v))
	}
	w.wait(d)
}

// dead lets the next orders come up without an SSH server.
func (w *world) dead(orders int) {
	w.sim.Script(simulator.OrderScript{Shell: simulator.Never, Count: orders})
}

// TestNextBestWhenTheFirstIsDead rents the best, whose SSH never answers: it is cancelled with what
// was seen, and the next one answers.
func TestNextBestWhenTheFirstIsDead(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.dead(1)
		w.allow("/rent 4090 run:2h tries:3", 30*time.Minute)
		orders := w.orders()
		if len(orders) != 2 || w.alive() != 1 || orders[0].Server == orders[1].Server || !orders[1].Ended.IsZero() {
			t.Fatalf("orders: %+v\n%s", orders, w.phone.transcript())
		}
		if lived := orders[0].Ended.Sub(orders[0].Created); lived < 12*time.Minute || lived > 14*time.Minute {
			t.Errorf("the dead one lived for %v", lived)
		}
		if said := orders[0].Issue; !strings.Contains(said, "SSH port refused the connection") || !strings.Contains(said, "times from") {
			t.Errorf("complaint: %q", said)
		}
		for topic, n := range map[string]int{"ready": 1, "bought": 1, "ended": 1, "card": 2, "mandate-over": 0} {
			if got := w.phone.count(topic); got != n {
				t.Errorf("%d messages %q, want %d:\n%s", got, topic, n, w.phone.transcript())
			}
		}
		if v := show(w.phone.do("/permissions")); !strings.Contains(v, "1 of 1 rented · order 2 of 3") || strings.Contains(v, "Take back") {
			t.Errorf("permissions:\n%s", v)
		}
	})
}

// TestAllTriesAreDead ends with nothing that runs, within the total, and says so.
func TestAllTriesAreDead(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.dead(9)
		w.allow("/rent 4090 run:2h tries:3 patience:5m", time.Hour)
		orders := w.orders()
		if len(orders) != 3 || w.alive() != 0 {
			t.Fatalf("%d orders, %d alive:\n%s", len(orders), w.alive(), w.phone.transcript())
		}
		over := w.phone.topic("mandate-over")
		if over == nil || w.phone.count("bought")+w.phone.count("ready") != 0 {
			t.Fatalf("not told:\n%s", w.phone.transcript())
		}
		if !strings.Contains(show(over.view), "all tries failed") {
			t.Errorf("told:\n%s", show(over.view))
		}
		if v := w.phone.press(over.view, "Try again"); v.Topic != "bounds" {
			t.Errorf("again:\n%s", show(v))
		}
	})
}

// TestBestSurvivesRestarts stops the program every few seconds while it tries three servers of
// which two are dead: no order more, none forgotten, everything told once.
func TestBestSurvivesRestarts(t *testing.T) {
	for _, every := range []time.Duration{19 * time.Second, 47 * time.Second, 3 * time.Minute} {
		t.Run(every.String(), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, NoGuard: true, Latency: 800 * time.Millisecond}, func(w *world) {
				w.dead(2)
				w.allow("/rent 4090 run:2h tries:3 patience:5m", 0)
				for passed := time.Duration(0); passed < 25*time.Minute; passed += every {
					w.wait(every)
					w.restart()
				}
				w.wait(5 * time.Minute)
				if n := len(w.orders()); n != 3 || w.alive() != 1 {
					t.Fatalf("%d orders, %d alive:\n%s", n, w.alive(), w.phone.transcript())
				}
				for topic, n := range map[string]int{"ready": 1, "bought": 1, "ended": 2, "card": 3} {
					if got := w.phone.count(topic); got != n {
						t.Errorf("%d messages %q, want %d:\n%s", got, topic, n, w.phone.transcript())
					}
				}
			})
		})
	}
}

// TestTakenBackWhileItTries leaves what was ordered, and orders nothing more.
func TestTakenBackWhileItTries(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.dead(1)
		w.allow("/rent 4090 run:2h tries:3 patience:5m", time.Minute)
		w.phone.press(w.phone.do("/permissions"), "Take back")
		w.wait(20 * time.Minute)
		if n := len(w.orders()); n != 1 || w.alive() != 1 {
			t.Errorf("%d orders, %d alive:\n%s", n, w.alive(), w.phone.transcript())
		}
		if w.phone.count("stuck") != 1 {
			t.Errorf("nobody gives it up, and its owner is not told that it is stuck:\n%s", w.phone.transcript())
		}
	})
}

// TestBestWhileTheAnswerIsUnclear tries nothing else before it is known what became of an order.
func TestBestWhileTheAnswerIsUnclear(t *testing.T) {
	for _, executed := range []bool{false, true} {
		t.Run(fmt.Sprint("executed=", executed), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, NoGuard: true}, func(w *world) { unclear(w, executed) })
		})
	}
}

func unclear(w *world, executed bool) {
	fault := simulator.Fault{Endpoint: "create_order", Kind: simulator.FaultReset, Executed: executed}
	if err := w.sim.Inject(fault); err != nil {
		w.t.Fatal(err)
	}
	w.allow("/rent 4090 run:2h tries:3 patience:5m", 30*time.Minute)
	want := 0 // nobody has said yet that it does not exist
	if executed {
		want = 1
	}
	if n := len(w.orders()); n != want {
		w.t.Errorf("%d orders:\n%s", n, w.phone.transcript())
	}
	if executed {
		return
	}
	if w.phone.count("notfound") != 1 {
		w.t.Fatalf("its owner was not asked:\n%s", w.phone.transcript())
	}
	w.phone.press(w.phone.topic("notfound").view, "Stop looking")
	w.wait(10 * time.Minute)
	if w.alive() != 1 || w.phone.count("ready") != 1 {
		w.t.Errorf("%d alive after its owner gave the order up:\n%s", w.alive(), w.phone.transcript())
	}
}

// TestBestMessagesOutliveRestarts uses what was shown before a restart after it.
func TestBestMessagesOutliveRestarts(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.dead(2)
		card := w.phone.do("/rent 4090 run:2h tries:2 patience:5m")
		w.restart()
		if v := w.phone.press(card, "Allow"); v.Topic != "allowed" {
			t.Fatalf("not allowed:\n%s", show(v))
		}
		w.wait(30 * time.Minute)
		over := w.phone.topic("mandate-over")
		if over == nil {
			t.Fatalf("not told of the end:\n%s", w.phone.transcript())
		}
		w.restart()
		again := w.phone.press(over.view, "Try again")
		w.restart()
		w.phone.press(again, "Allow")
		w.wait(15 * time.Second) // the order lives, and cannot answer yet
		w.restart()
		list := w.phone.do("/permissions")
		if v := w.phone.press(list, "Take back"); !strings.Contains(show(v), "taken back") {
			t.Errorf("permissions:\n%s", show(v))
		}
		if n := len(w.orders()); n != 3 {
			t.Errorf("%d orders:\n%s", n, w.phone.transcript())
		}
	})
}
