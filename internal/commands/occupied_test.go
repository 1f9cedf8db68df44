package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestServerThatOneHas is not quoted: the way leads to the order on it.
func TestServerThatOneHas(t *testing.T) {
	w := newWorld(t).withPreset()
	quoted := w.says("/rent #88411")
	second := w.says("/rent #88411 spot bid:2/day")
	var views []chat.View
	has := func(change func(*rental.Rental)) {
		r := running(1939941)
		r.Order.Server = 88411
		change(&r)
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
		v := w.says("/rent #88411")
		if opened := w.view(w.press(v, "Open it")); opened.Topic != "order" {
			t.Error(dump(opened))
		}
		views = append(views, v)
	}
	has(func(*rental.Rental) {})
	has(func(r *rental.Rental) { r.Order.Kind = clore.Spot })
	has(func(r *rental.Rental) { r.Cancel = &rental.Cancellation{Asked: start} })
	for _, v := range []chat.View{quoted, second} {
		v = w.view(w.press(v, "Rent"))
		if l := w.mem.ledgers["acct-1"]; v.Topic != "blocked" || len(l.Intents) > 0 {
			t.Errorf("a quote from before:\n%s", dump(v))
		}
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = nil })
	w.press(w.says("/rent #88411"), "Rent")
	v := w.says("/rent #88411")
	if opened := w.view(w.press(v, "Open it")); !strings.Contains(opened.Title, "#88411") || opened.Topic != "order" {
		t.Error(dump(opened))
	}
	golden(t, "occupied", append(views, v)...)
}

// TestBestIsNotOneOfOnesOwn: the snapshot may still call it free.
func TestBestIsNotOneOfOnesOwn(t *testing.T) {
	w := newWorld(t).withPreset()
	first := w.says("/rent 4090")
	w.press(first, "Rent")
	if second := w.says("/rent 4090"); second.Topic != "quote" || second.Title == first.Title {
		t.Error(dump(second))
	}
}

// TestQueuedOrder: what is sent only after another says so, on the quote, after the tap and on the card.
func TestQueuedOrder(t *testing.T) {
	w := newWorld(t).withPreset()
	w.ledger(func(l *rental.Ledger) {
		in := intent(rental.Ambiguous)
		in.Settled, in.Order, in.Terms.Server = time.Time{}, 0, 77777
		l.Intents = []rental.Intent{in}
	})
	quote := w.says("/rent #88411")
	placing := w.view(w.press(quote, "Rent"))
	id := w.mem.ledgers["acct-1"].Intents[1].ID
	waits := w.told(rental.Event{Kind: rental.Progress, Intent: id})
	w.ledger(func(l *rental.Ledger) { l.Intents[0].State = rental.Missing })
	clear := w.told(rental.Event{Kind: rental.Progress, Intent: id})
	if !strings.Contains(dump(waits), "#77777") || strings.Contains(dump(clear), "#77777") {
		t.Errorf("%s\n%s", dump(waits), dump(clear))
	}
	golden(t, "queued", quote, placing, waits, clear, w.says("/orders"))
}

// TestCardsOfOnePermission: each says which of the orders it is, whatever was bought since.
func TestCardsOfOnePermission(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		m := tryingMandate(w)
		m.Tries, m.Purchases = 4, []rental.Purchase{{Intent: "intent-1", Server: 88411}, {Intent: "intent-2", Server: 88412}}
		one, two := intent(rental.Sending), intent(rental.Sending)
		two.ID = "intent-2"
		one.Mandate, two.Mandate = m.ID, m.ID
		l.Mandates, l.Intents = []rental.Mandate{m}, []rental.Intent{one, two}
	})
	for id, want := range map[string]string{"intent-1": "order 1 of 4", "intent-2": "order 2 of 4"} {
		if v := w.told(rental.Event{Kind: rental.Progress, Intent: id}); !strings.Contains(dump(v), want) {
			t.Errorf("not %q:\n%s", want, dump(v))
		}
	}
}
