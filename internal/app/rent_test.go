package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// quote asks for the cheapest RTX 4090 and returns the card with its price.
func (w *world) quote() chat.View {
	w.t.Helper()
	v := w.phone.do("/rent 4090")
	if v.Topic != "quote" {
		w.t.Fatalf("no quote:\n%s", show(v))
	}
	return v
}

// rent confirms a quote and waits until the machine is ready.
func (w *world) rent() {
	w.t.Helper()
	w.phone.press(w.quote(), "Rent ·")
	w.wait(10 * time.Minute)
	if w.phone.count("ready") == 0 {
		w.t.Fatalf("not ready:\n%s", w.phone.transcript())
	}
}

func TestFromMarketToReceipt(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		market := w.phone.do("/market 4090")
		if market.Topic != "market" || !strings.Contains(show(market), "USD/h") {
			t.Fatalf("no market:\n%s", show(market))
		}
		w.rent()
		ready := show(w.phone.topic("ready").view)
		if !strings.Contains(ready, "ssh -p") || !strings.Contains(ready, "clorecloud.net") || len(w.phone.hidden()) != 2 {
			t.Errorf("the ready message lacks its SSH line, web link, password or token:\n%s", ready)
		}
		if w.phone.count("card") != 1 {
			t.Errorf("%d cards, want one that is edited", w.phone.count("card"))
		}
		if v := show(w.phone.do("/orders")); !strings.Contains(v, "burning") {
			t.Errorf("orders:\n%s", v)
		}
		confirm := w.phone.press(w.phone.do("/cancel"), "2320") // the order's number
		w.phone.press(confirm, "Cancel rental")
		w.wait(5 * time.Minute)
		if w.alive() != 0 || len(w.orders()) != 1 {
			t.Errorf("%d of %d orders alive", w.alive(), len(w.orders()))
		}
		if w.phone.count("ended") != 1 {
			t.Errorf("no receipt:\n%s", w.phone.transcript())
		}
	})
}
