package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// paidViews are all views in which somebody with several accounts must see which one pays.
func (w *world) paidViews() map[string]chat.View {
	w.t.Helper()
	r := running(1939941)
	w.ledger(func(l *rental.Ledger) {
		l.Rentals, l.Intents = []rental.Rental{r}, []rental.Intent{intent(rental.Created)}
	})
	old := past(1939000)
	w.mem.history = []rental.Rental{old}
	quote := w.says("/rent #88412")
	return map[string]chat.View{
		"orders": w.says("/orders"), "order": w.says("/order 1939941"), "history": w.says("/orders done"),
		"receipt": w.says("/order 1939000"), "cancel": w.says("/cancel 1939941"), "quote": quote,
		"placing": w.view(w.press(quote, "Rent")),
		"card":    w.told(rental.Event{Kind: rental.Progress, Intent: "intent-1", Order: 1939941}),
		"slow":    w.told(rental.Event{Kind: rental.Slow, Order: 1939941, Rental: &r}),
		"ready":   w.told(rental.Event{Kind: rental.IsReady, Order: 1939941, Rental: &r}),
		"ended":   w.told(rental.Event{Kind: rental.HasEnded, Order: 1939000, Rental: &old}),
	}
}

func TestOneAccountIsNotNamed(t *testing.T) {
	w := newWorld(t).withKey()
	for name, v := range w.paidViews() {
		if strings.Contains(dump(v), "account Main") {
			t.Errorf("%s names the only account:\n%s", name, dump(v))
		}
	}
}

func TestSeveralAccountsAreNamed(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	views := w.paidViews()
	for name, v := range views {
		if !strings.Contains(dump(v), "account Main") {
			t.Errorf("%s names no account:\n%s", name, dump(v))
		}
	}
	golden(t, "two-accounts", views["orders"], views["quote"], views["ended"], views["history"])
	got := w.c.Complete(t.Context(), w.request(ana, chat.Typed, "cancel", nil), "order", "main")
	if len(got) != 1 || !strings.Contains(got[0].Label, "account Main") {
		t.Errorf("suggested: %v", got)
	}
}

func TestAccountsOfOneLabelAreToldApart(t *testing.T) {
	w := newWorld(t).withKey()
	twin := account.Account{ID: "acct-2", User: ana, Label: "Main", Tail: "9999", Added: start}
	if err := w.mem.SaveAccount(t.Context(), twin, secret.New("x")); err != nil {
		t.Fatal(err)
	}
	if v := dump(w.says("/rent #88412")); !strings.Contains(v, "account Main · …k3F9") {
		t.Error(v)
	}
}

func TestHistoryHasPages(t *testing.T) {
	w := newWorld(t).withKey()
	for i := range 12 {
		w.mem.history = append(w.mem.history, past(clore.OrderID(1939000+i)))
	}
	first := w.says("/orders done")
	second := w.view(w.press(first, "▶"))
	third := w.view(w.press(second, "▶"))
	for i, v := range []chat.View{first, second, third} {
		if want := []int{5, 5, 2}[i]; len(v.Fields) != want {
			t.Errorf("page %d: %s", i, dump(v))
		}
	}
	if !strings.HasPrefix(third.Fields[1].Name, "1939000") {
		t.Error(dump(third))
	}
	if back := w.view(w.press(third, "◀")); back.Fields[0].Name != second.Fields[0].Name {
		t.Error(dump(back))
	}
	if quote := w.view(w.press(third, "2 Again")); quote.Topic != "quote" {
		t.Error(dump(quote))
	}
	if v := w.view(w.press(third, "2 ·")); v.Topic != "order" || !strings.HasPrefix(v.Title, "1939000") {
		t.Error(dump(v))
	}
	for _, p := range []string{"99", "-1", "x", "999999999999999999999"} {
		if v := w.view(w.dispatch(w.request(ana, chat.Pressed, "past", chat.Args{"p": p}))); v.Topic != "history" {
			t.Error(dump(v))
		}
	}
}
