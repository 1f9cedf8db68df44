package commands_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

// activate makes an account the one in use.
func (w *world) activate(id account.ID) {
	p := w.mem.profiles[ana]
	p.Active = id
	w.mem.profiles[ana] = p
}

func TestRemoveAccount(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	w.activate("acct-1")
	w.says("/watch 4090")
	armed, err := w.watches.Edit(t.Context(), ana, w.watches.List(ana)[0].ID, func(one *watch.Watch) error {
		one.Account, one.Mandate, one.Armed = "acct-1", "m", start.Add(time.Hour)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.ledger(func(l *rental.Ledger) {
		l.Mandates = []rental.Mandate{{ID: "m", Cause: rental.ForWatch, Watch: armed.ID}, {ID: "over", Over: start}}
		l.Limits.Day = 5 * money.Coin
	})
	old := past(1939000)
	old.Account = "acct-1"
	w.mem.history = []rental.Rental{old}
	keys := w.says("/key")
	ask := w.view(w.choose(keys, "account", "acct-1")) // the first menu renames, and wants a name
	if ask.Topic != "error" {
		t.Error(dump(ask))
	}
	ask = w.says("/key remove Main")
	done := w.view(w.press(ask, "Remove account"))
	golden(t, "account-remove", keys, ask, done, w.says("/key"), w.says("/key remove"))
	if _, there := w.mem.keys["acct-1"]; there || !slices.Equal(w.mem.order, []account.ID{"acct-2"}) || !slices.Contains(w.watch, "acct-1") {
		t.Errorf("keys %v, accounts %v, told the watcher of %v", w.mem.keys, w.mem.order, w.watch)
	}
	if one := w.watches.List(ana)[0]; one.Account != "" || one.Mandate != "" || !one.Armed.IsZero() {
		t.Errorf("the watch is armed: %+v", one)
	}
	for _, line := range []string{"/orders done", "/order 1939000", "/report"} {
		if v := dump(w.says(line)); !strings.Contains(v, "removed account Main") || strings.Contains(v, "account Second") {
			t.Errorf("%s: %s", line, v)
		}
	}
	if file := w.says("/report").File; file == nil || !strings.Contains(string(file.Data), "1939000,Main,") {
		t.Errorf("report file: %+v", file)
	}
	w.says("/again")
	if q := w.lastQuote(); q.Account != "acct-2" {
		t.Errorf("rents the same again from %s", q.Account)
	}
	for _, v := range []chat.View{w.view(w.press(ask, "Remove account")), w.says("/key use acct-1"), w.says("/key remove Main")} {
		if v.Topic != "error" {
			t.Errorf("done with an account that is gone: %s", dump(v))
		}
	}
}

// TestRemoveAccountThatIsInUse refuses, at the question and at the tap.
func TestRemoveAccountThatIsInUse(t *testing.T) {
	missing := intent(rental.Missing)
	for name, change := range map[string]func(*rental.Ledger){
		"running":  func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} },
		"placing":  func(l *rental.Ledger) { l.Intents = []rental.Intent{intent(rental.Pending)} },
		"unclear":  func(l *rental.Ledger) { l.Intents = []rental.Intent{intent(rental.Ambiguous)} },
		"missing":  func(l *rental.Ledger) { l.Intents = []rental.Intent{missing} },
		"rejected": func(l *rental.Ledger) { l.Rentals, l.Account.Rejected = []rental.Rental{running(1)}, start },
	} {
		w := newWorld(t).withKey().withSecond()
		ask := w.says("/key remove Main")
		w.ledger(change)
		for _, v := range []chat.View{w.view(w.press(ask, "Remove account")), w.says("/key remove Main"), w.says("/key delete Main")} {
			if v.Topic != "account-in-use" || !strings.Contains(dump(v), "[Orders orders]") || !strings.Contains(dump(v), "stopall") {
				t.Errorf("%s: %s", name, dump(v))
			}
			if name == "rejected" && !strings.Contains(dump(v), "Replace key") {
				t.Errorf("no way on: %s", dump(v))
			}
		}
		if w.mem.keys["acct-1"].Reveal() != canaryKey || len(w.mem.order) != 2 {
			t.Errorf("%s: removed", name)
		}
		if name != "rejected" {
			golden(t, "account-in-use-"+name, w.says("/key remove Main"))
		}
	}
}

func TestRemoveTheOnlyAccount(t *testing.T) {
	w := newWorld(t).withKey()
	ask := w.view(w.press(w.says("/key"), "Remove…"))
	golden(t, "account-remove-only", ask, w.view(w.press(ask, "Remove account")), w.says("/key"))
	for _, line := range []string{"/wallet", "/orders", "/settings", "/limits"} {
		w.says(line) // which says what is missing
	}
}

// TestAccountsOfOthersAreNotRemoved presses the buttons of somebody else.
func TestAccountsOfOthersAreNotRemoved(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.grants = append(w.mem.grants, letIn(eve))
	ask := w.says("/key remove Main")
	for _, resp := range []chat.Response{
		w.pressAs(eve, ask, "Remove account"), w.dispatch(w.request(eve, chat.Pressed, "key", chat.Args{"do": "remove", "account": "acct-1"})),
	} {
		if v := w.view(resp); v.Topic != "error" {
			t.Error(dump(v))
		}
	}
	if len(w.mem.order) != 1 {
		t.Error("eve has removed ana's account")
	}
}

// TestAlertsOfARemovedAccount tells what ended on it, and drops what is no more.
func TestAlertsOfARemovedAccount(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	w.view(w.press(w.says("/key remove Main"), "Remove account"))
	r, old := running(1939941), past(1939000)
	for _, e := range []rental.Event{
		{Kind: rental.Progress, Intent: "i"},
		{Kind: rental.IsReady, Order: 1939941, Rental: &r},
		{Kind: rental.Slow, Order: 1939941, Rental: &r},
		{Kind: rental.Foreign, Order: 1939941, Rental: &r},
		{Kind: rental.NotPlaced, Intent: "i"},
		{Kind: rental.NotFound, Intent: "i"},
		{Kind: rental.KeyRejected},
		{Kind: rental.RunwayShort, Runway: time.Hour},
		{Kind: rental.LimitNear},
		{Kind: rental.MandateOver, Mandate: &rental.Mandate{ID: "m"}},
	} {
		if v, err := w.tell(ana.Direct(), e); !errors.Is(err, notify.ErrSkip) {
			t.Errorf("%s: %v, %s", e.Kind, err, dump(v))
		}
	}
	if v := w.told(rental.Event{Kind: rental.HasEnded, Order: clore.OrderID(1939000), Rental: &old}); !strings.Contains(dump(v), "removed account Main") {
		t.Error(dump(v))
	}
}
