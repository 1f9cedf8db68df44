package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// arm has a watch of all RTX 4090 rent by itself at a price that nothing has, and returns the
// servers that a test may make cheap enough, the cheapest first.
func (w *world) arm(bounds string) []int64 {
	w.t.Helper()
	var servers []int64
	for range 3 {
		id := w.cheapest("4090")
		servers = append(servers, id)
		w.must(w.sim.SetRented(id, true))
		w.wait(2 * time.Minute)
	}
	for _, id := range servers {
		w.must(w.sim.SetRented(id, false))
	}
	w.wait(2 * time.Minute)
	w.phone.do("/market 4090") // the list from before is no longer the newest
	w.wait(time.Minute)
	w.phone.do("/watch 4090")
	card := w.phone.do("/arm 1 " + bounds)
	for _, c := range card.Controls() {
		if c.Action.Command == "confirm" {
			v := w.phone.request(chat.Filled, "confirm", c.Action.Args.With("word", "arm"))
			if v.Topic != "armed" {
				w.t.Fatalf("not armed:\n%s", show(v))
			}
			return servers
		}
	}
	w.t.Fatalf("no word is asked for:\n%s", show(card))
	return nil
}

// bargain makes a server so cheap that an armed watch takes it.
func (w *world) bargain(server int64) {
	w.t.Helper()
	w.must(w.sim.ScalePrice(server, 0.02))
}

// isArmed reads the watch's card.
func (w *world) isArmed() bool { return strings.Contains(show(w.phone.do("/watch 4090")), "armed:") }

// TestArmedBuysOnce: nothing is rented above the price; the first that is cheap enough is, once,
// and that is reported. Then the watch only tells.
func TestArmedBuysOnce(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		servers := w.arm("max:0.02 run:2h")
		w.wait(15 * time.Minute)
		if n := len(w.orders()); n != 0 {
			t.Fatalf("%d orders above the price", n)
		}
		w.bargain(servers[1])
		w.wait(10 * time.Minute)
		orders := w.orders()
		if len(orders) != 1 || orders[0].Server != servers[1] || orders[0].Price > 0.02*24 {
			t.Fatalf("orders: %+v\n%s", orders, w.phone.transcript())
		}
		for topic, n := range map[string]int{"bought": 1, "ready": 1, "card": 1} {
			if got := w.phone.count(topic); got != n {
				t.Errorf("%d messages %q, want %d:\n%s", got, topic, n, w.phone.transcript())
			}
		}
		if w.isArmed() {
			t.Error("still armed after all was rented")
		}
		w.bargain(servers[0])
		w.bargain(servers[2])
		w.wait(30 * time.Minute)
		if n := len(w.orders()); n != 1 {
			t.Errorf("%d orders after the last that was allowed:\n%s", n, w.phone.transcript())
		}
		w.wait(2 * time.Hour)
		if w.alive() != 0 {
			t.Error("it runs beyond its planned time")
		}
	})
}

// TestArmedBuysAsManyAsAllowed rents two, one after the other, also asleep.
func TestArmedBuysAsManyAsAllowed(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		servers := w.arm("max:0.02 run:3h count:2")
		w.phone.press(w.phone.do("/watch 4090"), "Snooze 8 h")
		told := w.phone.count("watchhit")
		for _, id := range servers {
			w.bargain(id)
		}
		w.wait(40 * time.Minute)
		orders := w.orders()
		if len(orders) != 2 || w.alive() != 2 || w.phone.count("bought") != 2 || w.phone.count("watchhit") != told {
			t.Fatalf("%d orders, %d alive:\n%s", len(orders), w.alive(), w.phone.transcript())
		}
		if gap := orders[1].Created.Sub(orders[0].Created); gap < 5*time.Second {
			t.Errorf("the second came %v after the first", gap)
		}
	})
}

// TestDisarmedBuysNothing ends the permission in each way before there is a match.
func TestDisarmedBuysNothing(t *testing.T) {
	for name, end := range map[string]func(*world){
		"disarmed":   func(w *world) { w.phone.press(w.phone.do("/watch 4090"), "Disarm") },
		"taken back": func(w *world) { w.phone.press(w.phone.do("/permissions"), "Take back") },
		"removed": func(w *world) {
			w.phone.press(w.phone.press(w.phone.do("/watch 4090"), "Stop watching…"), "Stop watching")
		},
		"over":   func(w *world) { w.wait(time.Hour) },
		"frozen": func(w *world) { w.phone.do("/freeze") },
		"forgotten": func(w *world) {
			w.phone.press(w.phone.do("/key delete"), "Delete everything")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
				servers := w.arm("max:0.02 run:2h for:1h")
				w.wait(5 * time.Minute)
				end(w)
				for _, id := range servers {
					w.bargain(id)
				}
				w.wait(10 * time.Minute)
				w.restart()
				w.wait(10 * time.Minute)
				if n := len(w.orders()); n != 0 {
					t.Errorf("%d orders:\n%s", n, w.phone.transcript())
				}
			})
		})
	}
}

// TestArmedSurvivesRestarts stops the program at each moment around a match: one order.
func TestArmedSurvivesRestarts(t *testing.T) {
	for step := range 12 {
		at := time.Duration(step) * 7 * time.Second
		t.Run(at.String(), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, NoGuard: true, Latency: 800 * time.Millisecond}, func(w *world) {
				servers := w.arm("max:0.02 run:2h")
				w.restart()
				for _, id := range servers {
					w.bargain(id)
				}
				w.wait(at)
				w.restart()
				w.wait(700 * time.Millisecond)
				w.restart()
				w.wait(20 * time.Minute)
				if n := len(w.orders()); n != 1 || w.phone.count("bought") != 1 || w.phone.count("ready") != 1 {
					t.Fatalf("%d orders:\n%s", n, w.phone.transcript())
				}
			})
		})
	}
}

// TestArmedWhileTheAnswerIsUnclear buys nothing else before it is known what became of an order.
func TestArmedWhileTheAnswerIsUnclear(t *testing.T) {
	for _, executed := range []bool{false, true} {
		t.Run(fmt.Sprint("executed=", executed), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, NoGuard: true}, func(w *world) {
				servers := w.arm("max:0.02 run:2h")
				w.must(w.sim.Inject(simulator.Fault{Endpoint: "create_order", Kind: simulator.FaultReset, Executed: executed}))
				for _, id := range servers {
					w.bargain(id)
				}
				w.wait(10 * time.Minute)
				w.restart()
				w.wait(20 * time.Minute)
				if executed {
					if n := len(w.orders()); n != 1 || w.phone.count("bought") != 1 {
						t.Errorf("%d orders:\n%s", n, w.phone.transcript())
					}
					return
				}
				if n := len(w.orders()); n != 0 || w.phone.count("notfound") != 1 {
					t.Fatalf("%d orders while one is unclear:\n%s", n, w.phone.transcript())
				}
				w.phone.press(w.phone.topic("notfound").view, "Stop looking")
				w.wait(15 * time.Minute)
				if n := len(w.orders()); n != 1 {
					t.Errorf("%d orders after it was settled:\n%s", n, w.phone.transcript())
				}
			})
		})
	}
}
