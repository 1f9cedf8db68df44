package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// TestGuardInTheWorld sets a limit, freezes, and stops all, against the simulator.
func TestGuardInTheWorld(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.rent()
		w.phone.do("/limits parallel:1")
		if v := w.phone.do("/rent 4090"); v.Topic != "blocked" || !strings.Contains(show(v), "Over your limit of 1 at once") {
			t.Errorf("a second rental is offered:\n%s", show(v))
		}
		w.phone.do("/limits off")
		second := w.quote()
		w.phone.do("/freeze")
		if v := w.phone.press(second, "Rent ·"); v.Topic != "error" {
			t.Errorf("rents while frozen:\n%s", show(v))
		}
		w.wait(5 * time.Minute)
		if n := len(w.orders()); n != 1 {
			t.Fatalf("%d orders while frozen", n)
		}
		w.phone.press(w.phone.do("/unfreeze"), "Unfreeze")
		w.rentAnother(w.quote())
		asked := w.phone.do("/stopall")
		typed := func(word string) chat.View {
			for _, c := range asked.Controls() {
				if c.Action.Command == "confirm" {
					return w.phone.request(chat.Filled, "confirm", c.Action.Args.With("word", word))
				}
			}
			t.Fatalf("no word is asked for:\n%s", show(asked))
			return chat.View{}
		}
		typed("STOP 1")
		w.wait(3 * time.Minute)
		if n := w.alive(); n != 2 {
			t.Fatalf("another word left %d orders alive", n)
		}
		typed("stop 2")
		w.wait(5 * time.Minute)
		if w.alive() != 0 || w.phone.count("ended") != 2 {
			t.Errorf("%d orders alive, %d receipts:\n%s", w.alive(), w.phone.count("ended"), w.phone.transcript())
		}
	})
}

// rentAnother confirms a quote and waits until it is an order.
func (w *world) rentAnother(quote chat.View) {
	w.t.Helper()
	before := w.alive()
	w.phone.press(quote, "Rent ·")
	w.wait(10 * time.Minute)
	if w.alive() != before+1 {
		w.t.Fatalf("not rented:\n%s", w.phone.transcript())
	}
}
