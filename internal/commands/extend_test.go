package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestExtendAsks: to run for days more, or for ever, takes a second step that says what it costs.
func TestExtendAsks(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	stop := func() time.Time { return w.mem.ledgers["acct-1"].Rentals[0].StopAt }
	was := stop()
	for _, line := range []string{"/extend 1939941 0", "/extend 1939941 0h"} {
		if v := w.says(line); v.Topic != "error" || !stop().Equal(was) {
			t.Errorf("%s: stops %v\n%s", line, stop(), dump(v))
		}
	}
	none, long := w.says("/extend 1939941 none"), w.says("/extend 1939941 5d")
	if !stop().Equal(was) {
		t.Fatalf("moved to %v without asking", stop())
	}
	w.pressAs(eve, long, "5 d more")
	if !stop().Equal(was) {
		t.Fatal("eve extends")
	}
	done := w.view(w.press(long, "5 d more"))
	if !stop().Equal(was.Add(5 * 24 * time.Hour)) {
		t.Errorf("stops %v", stop())
	}
	moved := w.view(w.press(none, "Run without"))
	if moved.Topic != "error" || stop().IsZero() {
		t.Errorf("what was agreed to was another thing:\n%s", dump(moved))
	}
	w.press(w.says("/extend 1939941 none"), "Run without")
	if !stop().IsZero() {
		t.Errorf("stops %v", stop())
	}
	golden(t, "extend", none, long, done, moved, w.says("/extend 1939941 0"))
	w.press(w.says("/order 1939941"), "Stop in 1h")
	w.ledger(func(l *rental.Ledger) { l.SetLimits(rental.Limits{Rental: 1}) })
	if v := w.says("/extend 1939941 48h"); v.Topic != "error" {
		t.Errorf("over a limit:\n%s", dump(v))
	}
}

// TestExtendCountsForThePermission: what a permission has rented takes from its total when it is
// extended, which is said where that is agreed to.
func TestExtendCountsForThePermission(t *testing.T) {
	for _, over := range []bool{false, true} {
		w := newWorld(t).withKey()
		r, m := running(1939941), tryingMandate(w)
		r.Intent, r.Order.MaxRental = "q1", 7*24*time.Hour
		m.Purchases = m.Purchases[1:]
		m.Purchases[0].State, m.Count, m.Total = rental.Bought, 2, 40*money.Coin
		if over {
			m.Over, m.Why = w.now, rental.FinishUser
		}
		w.ledger(func(l *rental.Ledger) { l.Rentals, l.Mandates = []rental.Rental{r}, []rental.Mandate{m} })
		ask := w.says("/extend 1939941 2d")
		more := w.view(w.press(w.says("/order 1939941"), "+6h"))
		if said := strings.Contains(dump(ask), "by a permission"); said == over || strings.Contains(dump(more), "of 40.00 USD") == over {
			t.Errorf("over %v:\n%s\n%s", over, dump(more), dump(ask))
		}
		if over {
			continue
		}
		w.ledger(func(l *rental.Ledger) { l.Mandates[0].Total = 5 * money.Coin })
		if v := w.says("/extend 1939941 5d"); !strings.Contains(dump(v), "so the permission ends") {
			t.Errorf("too little is left, which is not said:\n%s", dump(v))
		}
	}
}

// TestOldButtonsExtendOnce: a button that is pressed twice, by accident or long after, moves the
// stop time once; then it asks. The card that answers has buttons that are true again.
func TestOldButtonsExtendOnce(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	stop := func() time.Time { return w.mem.ledgers["acct-1"].Rentals[0].StopAt }
	was, card := stop(), w.says("/order 1939941")
	next := w.view(w.press(card, "+1h"))
	if !stop().Equal(was.Add(time.Hour)) || next.Topic != "order" || !strings.Contains(dump(next), "1939941 stops") {
		t.Errorf("stops %v\n%s", stop(), dump(next))
	}
	for _, label := range []string{"+1h", "+6h"} {
		if v := w.view(w.press(card, label)); !stop().Equal(was.Add(time.Hour)) || v.Topic != "extend" || !strings.Contains(dump(v), "has moved since") {
			t.Errorf("%s again: stops %v\n%s", label, stop(), dump(v))
		}
	}
	w.press(next, "+1h")
	if !stop().Equal(was.Add(2 * time.Hour)) {
		t.Errorf("stops %v", stop())
	}
	w.press(w.view(w.press(card, "+1h")), "1 h more")
	if !stop().Equal(was.Add(3 * time.Hour)) {
		t.Errorf("asked and agreed to: stops %v", stop())
	}
	old := w.request(ana, chat.Pressed, "extend", chat.Args{"order": "1939941", "by": "1h"})
	if v := w.view(w.dispatch(old)); v.Topic != "extend" || !stop().Equal(was.Add(3*time.Hour)) {
		t.Errorf("a button of an earlier version: stops %v\n%s", stop(), dump(v))
	}
	if v := w.says("/extend 1939941 7h"); v.Topic != "extend" {
		t.Errorf("more than six hours:\n%s", dump(v))
	}
	if w.says("/extend 1939941 6h"); !stop().Equal(was.Add(9 * time.Hour)) {
		t.Errorf("stops %v", stop())
	}
}
