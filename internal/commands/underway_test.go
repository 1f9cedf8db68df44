package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
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
	w.press(v, "Stop looking for #88411")
	if v = w.says("/orders"); strings.Contains(dump(v), "#8841") {
		t.Error(dump(v))
	}
	if v = w.says("/key remove Main"); v.Topic != "account-remove" {
		t.Error(dump(v))
	}
}

// TestCancelQueuedOrder: nothing was sent, so nothing is asked, and nothing ever is sent.
func TestCancelQueuedOrder(t *testing.T) {
	var views []chat.View
	for _, way := range []func(w *world) chat.View{
		func(w *world) chat.View { return w.view(w.press(w.says("/orders"), "Cancel #88411")) },
		func(w *world) chat.View { return w.says("/cancel #88411") },
		func(w *world) chat.View { return w.says("/cancel my run") },
		func(w *world) chat.View { return w.view(w.press(w.says("/cancel"), "Cancel #88411")) },
		func(w *world) chat.View { return w.view(w.press(w.says("/order 88411"), "Cancel the order")) },
		func(w *world) chat.View {
			return w.view(w.press(w.told(rental.Event{Kind: rental.Progress, Intent: "intent-1"}), "Cancel the order"))
		},
	} {
		w := newWorld(t).withKey()
		w.ledger(func(l *rental.Ledger) {
			in := intent(rental.Pending)
			in.Settled, in.Order, in.Label = time.Time{}, 0, "my run"
			l.Intents = []rental.Intent{in}
		})
		views = append(views, way(w))
		l := w.mem.ledgers["acct-1"]
		if in := l.Intent("intent-1"); in.State != rental.Withdrawn || in.Reason != rental.ReasonCalledOff {
			t.Fatalf("%+v\n%s", in, dump(views[len(views)-1]))
		}
		if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.NotPlaced, Intent: "intent-1", Reason: rental.ReasonCalledOff}); !errors.Is(err, notify.ErrSkip) {
			t.Errorf("told once more: %v", err)
		}
		if v := w.says("/cancel"); v.Topic != "orders" {
			t.Error(dump(v))
		}
	}
	golden(t, "calloff-queued", views[0], views[4])
}

// TestCancelSentOrder asks, keeps the wish, and shows it wherever the order is shown.
func TestCancelSentOrder(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		in := intent(rental.Ambiguous)
		in.Settled, in.Order = time.Time{}, 0
		l.Intents = []rental.Intent{in}
	})
	list, which, asked := w.says("/orders"), w.says("/cancel"), w.says("/cancel #88411")
	if l := w.mem.ledgers["acct-1"]; !l.Intent("intent-1").Unwanted.IsZero() {
		t.Fatal("not asked:\n" + dump(asked))
	}
	done := w.view(w.press(asked, "Cancel the order"))
	if l := w.mem.ledgers["acct-1"]; l.Intent("intent-1").Unwanted.IsZero() {
		t.Fatal(dump(done))
	}
	card := w.told(rental.Event{Kind: rental.Progress, Intent: "intent-1"})
	golden(t, "calloff-sent", list, which, asked, done, card, w.says("/cancel 88411"), w.says("/orders"))

	w.ledger(func(l *rental.Ledger) { l.Intents[0].State = rental.Missing })
	w.told(rental.Event{Kind: rental.NotFound, Intent: "intent-1"})
	asked = w.says("/cancel #88411")
	w.press(asked, "Stop looking for it")

	w.ledger(func(l *rental.Ledger) {
		l.Intents[0].State, l.Intents[0].Order = rental.Created, 1939941
		l.Rentals = []rental.Rental{running(1939941)}
	})
	server := running(1939941).Order.Server
	if v := w.says(fmt.Sprintf("/cancel #%d", server)); !strings.Contains(v.Title, "1939941") {
		t.Errorf("a server with an order:\n%s", dump(v))
	}
	v := w.view(w.dispatch(w.request(ana, chat.Pressed, "new-calloff", chat.Args{"intent": "intent-1"})))
	if !strings.Contains(v.Title, "Cancel 1939941") {
		t.Errorf("the button of an old card:\n%s", dump(v))
	}
}
