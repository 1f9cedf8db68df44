package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestLostOrderIsSettledFromOrders: the alert that asked may be far up in the chat, or gone with the
// terminal that showed it.
func TestLostOrderIsSettledFromOrders(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		for i, server := range []clore.ServerID{88411, 88412} {
			in := intent(rental.Missing)
			in.ID, in.Terms.Server = []string{"intent-1", "intent-2"}[i], server
			l.Intents = append(l.Intents, in)
		}
	})
	v := w.says("/orders")
	w.press(v, "Stop looking for #88412")
	if l := w.mem.ledgers["acct-1"]; !l.Intent("intent-2").Dismissed {
		t.Fatal(dump(v))
	}
	v = w.says("/orders")
	w.press(v, "Stop looking for it")
	if v = w.says("/orders"); strings.Contains(dump(v), "#8841") {
		t.Error(dump(v))
	}
	if v = w.says("/key remove Main"); v.Topic != "account-remove" {
		t.Error(dump(v))
	}
}
