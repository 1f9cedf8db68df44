package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

const otherKey = "OTHERKEYOTHERKEYOTHERKEYOTHERxyz"

// replace gives a key in place of the one of ana's account.
func (w *world) replace(key string) chat.View {
	w.t.Helper()
	return w.view(w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": key, "account": "acct-1"})))
}

func TestReplaceKey(t *testing.T) {
	rentals := []rental.Rental{running(1), running(2)}
	old := running(9)
	for name, test := range map[string]struct {
		rentals      []rental.Rental
		intent       rental.IntentState
		orders, past []clore.Order
		history      []rental.Rental
		key          string
		ok           bool
	}{
		"nothing open":                     {orders: []clore.Order{order(7)}, ok: true},
		"another account":                  {rentals: rentals, orders: []clore.Order{order(7)}},
		"an empty account":                 {rentals: rentals},
		"one of two orders":                {rentals: rentals, orders: []clore.Order{order(1)}},
		"the same orders":                  {rentals: rentals, orders: []clore.Order{order(2), order(1)}, ok: true},
		"one ended meanwhile":              {rentals: rentals, orders: []clore.Order{order(1)}, past: []clore.Order{order(2)}, ok: true},
		"all ended meanwhile":              {rentals: rentals, past: []clore.Order{order(2), order(1)}, ok: true},
		"the same key":                     {rentals: rentals, key: canaryKey, ok: true},
		"pending":                          {intent: rental.Pending},
		"sending":                          {intent: rental.Sending},
		"ambiguous":                        {intent: rental.Ambiguous},
		"accepted":                         {intent: rental.Accepted},
		"missing":                          {intent: rental.Missing},
		"settled":                          {intent: rental.Refused, ok: true},
		"accepted, the same key":           {intent: rental.Accepted, key: canaryKey, ok: true},
		"accepted beside the same orders":  {rentals: rentals, intent: rental.Accepted, orders: []clore.Order{order(2), order(1)}, ok: true},
		"accepted beside others":           {rentals: rentals, intent: rental.Accepted, orders: []clore.Order{order(7)}},
		"accepted, known by the past":      {intent: rental.Accepted, history: []rental.Rental{old}, past: []clore.Order{order(9)}, ok: true},
		"accepted, unlike the past":        {intent: rental.Accepted, history: []rental.Rental{old}, past: []clore.Order{order(8)}},
		"the past does not vouch for live": {rentals: rentals, history: []rental.Rental{old}, past: []clore.Order{order(9)}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t).withKey()
			w.api.orders, w.api.past, w.mem.history = test.orders, test.past, test.history
			w.ledger(func(l *rental.Ledger) {
				l.Account.Rejected = start // which must not make it easier or harder
				l.Rentals = test.rentals
				if test.intent != "" {
					l.Intents = []rental.Intent{intent(test.intent)}
				}
			})
			key := test.key
			if key == "" {
				key = otherKey
			}
			v := w.replace(key)
			if ok := v.Topic == "key-saved"; ok != test.ok || ok != (w.mem.keys["acct-1"].Reveal() == key) {
				t.Fatalf("kept %v: %s", ok, dump(v))
			}
			if test.ok {
				return
			}
			if len(w.mem.order) != 1 || strings.Contains(dump(v), otherKey) || len(w.watch) > 0 {
				t.Errorf("the refused key was used: %s", dump(v))
			}
			if second := v.Controls()[0].Action; second.Command != "key" || second.Args["do"] != "add" || second.Args["account"] != "" {
				t.Errorf("leads to %+v", second)
			}
		})
	}
}

// TestKeysWithTheSameTail gives a key that ends like another account's.
func TestKeysWithTheSameTail(t *testing.T) {
	w := newWorld(t).withKey()
	same := "ANOTHERKEYANOTHERKEYANOTHERK" + canaryKey[len(canaryKey)-4:]
	v := w.view(w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": same})))
	if v.Topic != "key-saved" || len(w.mem.order) != 2 || w.mem.keys["acct-1"].Reveal() != canaryKey {
		t.Errorf("%d accounts, the first was overwritten: %s", len(w.mem.order), dump(v))
	}
}

// TestReplaceWithAKeyThatIsKnown does not give one key to two accounts.
func TestReplaceWithAKeyThatIsKnown(t *testing.T) {
	w := newWorld(t).withKey()
	w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": otherKey}))
	w.replace(otherKey)
	if w.mem.keys["acct-1"].Reveal() != canaryKey || len(w.mem.order) != 2 {
		t.Error("two accounts have one key")
	}
}

// TestRejectionIsNoted has commands meet the rejection of the key before a poll does.
func TestRejectionIsNoted(t *testing.T) {
	for _, line := range []string{"/wallet", "/key test", "/rent #88412"} {
		w := newWorld(t).withPreset()
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
		w.api.err = &clore.Error{Code: clore.CodeKey, HTTP: 401}
		w.says(line)
		if !w.mem.ledgers["acct-1"].Account.Rejected.Equal(w.now) || len(w.mem.events) != 1 || w.mem.events[0].Kind != rental.KeyRejected {
			t.Errorf("%s: not noted: %+v", line, w.mem.events)
		}
		for _, show := range []string{"/orders", "/cancel", "/cancel 1939941"} {
			v := w.says(show)
			if !strings.Contains(dump(v), "cannot") || !strings.Contains(dump(v), "Replace key") {
				t.Errorf("%s, then %s: %s", line, show, dump(v))
			}
		}
	}
}

// TestRejectionAfterTheQuestion refuses a confirmation that was asked for before the rejection.
func TestRejectionAfterTheQuestion(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	really := w.says("/cancel 1939941")
	w.ledger(func(l *rental.Ledger) { l.Account.Rejected = start })
	if v := w.view(w.press(really, "Cancel")); v.Topic != "error" || w.mem.ledgers["acct-1"].Rentals[0].Cancel != nil {
		t.Error(dump(v))
	}
}

// TestRejectionOfAFormerKey comes after the key was replaced.
func TestRejectionOfAFormerKey(t *testing.T) {
	w := newWorld(t).withKey()
	w.api.err = &clore.Error{Code: clore.CodeKey, HTTP: 401}
	w.api.asked = func() {
		w.ledger(func(l *rental.Ledger) { l.Account.Tail = "xyz0" })
	}
	w.says("/wallet")
	if !w.mem.ledgers["acct-1"].Account.Rejected.IsZero() {
		t.Error("the new key is taken for rejected")
	}
}

// TestKeyWorksAgain tests a key that was refused once.
func TestKeyWorksAgain(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Account.Rejected = start })
	w.says("/key test")
	if !w.mem.ledgers["acct-1"].Account.Rejected.IsZero() || len(w.watch) != 1 {
		t.Error("still taken for rejected, or not watched")
	}
}

// TestManyUnwatched warns also when the list is long.
func TestManyUnwatched(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		l.Account.Rejected = start
		for i := range 12 {
			l.Rentals = append(l.Rentals, running(clore.OrderID(i+1)))
		}
	})
	for _, show := range []string{"/orders", "/cancel"} {
		if v := w.says(show); !strings.Contains(dump(v), "cannot watch") || !strings.Contains(dump(v), "Replace key") {
			t.Errorf("%s: %s", show, dump(v))
		}
	}
}
