package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// TestStopAllNamesWhatMayBuy: nothing runs, but an armed watch buys within a minute.
func TestStopAllNamesWhatMayBuy(t *testing.T) {
	w, _ := armed(t)
	v := w.says("/stopall")
	if v.Topic != "stopall" || !strings.Contains(dump(v), "1 permission to buy") {
		t.Fatal(dump(v))
	}
	if w.press(v, "🧊 Freeze"); w.mem.ledgers["acct-1"].Frozen.IsZero() {
		t.Error("the button does not freeze")
	}
	if v := w.says("/stopall"); v.Topic != "orders" {
		t.Errorf("frozen, nothing is bought:\n%s", dump(v))
	}
	w.ledger(func(l *rental.Ledger) { l.Unfreeze() })
	w.press(w.says("/stopall"), "Take all permissions back")
	for _, m := range w.mandates() {
		if m.Active() {
			t.Errorf("left: %+v", m)
		}
	}
	golden(t, "stopall-coming", stable(w, v)...)
}

// TestStopAllNamesOrdersOnTheirWay: a tap to rent was just made, and nothing is listed yet.
func TestStopAllNamesOrdersOnTheirWay(t *testing.T) {
	for _, state := range []rental.IntentState{rental.Pending, rental.Sending, rental.Ambiguous, rental.Accepted} {
		w := newWorld(t).withKey()
		w.ledger(func(l *rental.Ledger) { l.Intents = []rental.Intent{intent(state)} })
		v := w.says("/stopall")
		if v.Topic != "stopall" || !strings.Contains(dump(v), "#88411") || !strings.Contains(dump(v), "Freeze") {
			t.Errorf("%s: %s", state, dump(v))
		}
		if w.press(v, "Cancel #88411"); state == rental.Pending && w.mem.ledgers["acct-1"].Intents[0].State != rental.Withdrawn {
			t.Error("the button does not withdraw it")
		}
	}
}

// TestStoppedAllNamesWhatMayBuy, before the word and after it, and where only what ends is left.
func TestStoppedAllNamesWhatMayBuy(t *testing.T) {
	w, _ := armed(t)
	w.ledger(func(l *rental.Ledger) {
		l.Rentals, l.Intents = []rental.Rental{running(1939941)}, []rental.Intent{intent(rental.Pending)}
	})
	asked := w.says("/stopall")
	done := w.typesWord(asked, "STOP 1")
	ending := w.says("/stopall")
	for _, v := range []string{dump(asked), dump(done), dump(ending)} {
		if !strings.Contains(v, "1 permission to buy") || !strings.Contains(v, "On their way") && !strings.Contains(v, "on their way") {
			t.Error(v)
		}
	}
	golden(t, "stopall-all", stable(w, asked, done, ending)...)
}

// TestTakeAllBack leaves what is over as it was.
func TestTakeAllBack(t *testing.T) {
	w := newWorld(t).withKey().withTwo()
	over, other := tryingMandate(w), tryingMandate(w)
	over.ID, over.Over, over.Why, other.ID = "m0", start.Add(-time.Hour), rental.FinishMoney, "m2"
	w.ledger(func(l *rental.Ledger) { l.Mandates = []rental.Mandate{over, tryingMandate(w), other} })
	w.press(w.says("/stopall"), "Take all permissions back")
	for _, m := range w.mandates() {
		if m.Active() || m.ID == "m0" && m.Why != rental.FinishMoney || m.ID != "m0" && m.Why != rental.FinishUser {
			t.Errorf("%s: %s", m.ID, m.Why)
		}
	}
}
