package commands_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func (w *world) intents() []rental.Intent { return w.mem.ledgers["acct-1"].Intents }

func TestTwoTapsRentOnce(t *testing.T) {
	w := newWorld(t).withPreset()
	quote := w.says("/rent 4090")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			ctl := quote.Rows[0][0]
			w.c.Dispatch(t.Context(), w2request(ctl, w.now))
		})
	}
	wg.Wait()
	if n := len(w.intents()); n != 1 {
		t.Fatalf("%d intents", n)
	}
	if resp := w.press(quote, "Rent"); resp != (chat.Notice{Text: "You have confirmed this already. I do not rent twice; follow the card."}) {
		t.Errorf("a second tap: %v", resp)
	}
}

func w2request(ctl chat.Control, now time.Time) *chat.Request {
	return &chat.Request{
		ID: "same", Origin: chat.Pressed, User: ana, Chat: ana.Direct(), Direct: true, At: now,
		Command: ctl.Action.Command, Args: ctl.Action.Args,
	}
}

func TestQuotesAreTheirOwners(t *testing.T) {
	w := newWorld(t).withPreset()
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	quote := w.says("/rent 4090")
	for _, label := range []string{"Rent", "2h"} {
		if v := w.view(w.pressAs(eve, quote, label)); v.Topic != "error" {
			t.Errorf("%s by another: %s", label, dump(v))
		}
	}
	if len(w.intents()) != 0 {
		t.Fatal("somebody else's tap rented")
	}
}

func TestLateTapGetsANewQuote(t *testing.T) {
	w := newWorld(t).withPreset()
	quote := w.says("/rent 4090")
	w.now = w.now.Add(91 * time.Second)
	m := marketplace()
	m.Servers[0].OnDemand[0].Amount = 3 * money.Coin
	w.board.snapshot = market.NewSnapshot(m, w.now)
	renewed := w.view(w.press(quote, "Rent"))
	golden(t, "renewed", renewed)
	if len(w.intents()) != 0 {
		t.Fatal("a late tap rented")
	}
	if v := w.view(w.press(renewed, "Rent · 0.125")); v.Topic != "placing" {
		t.Errorf("the new quote: %s", dump(v))
	}
	if got := w.intents()[0].Terms.Price.Amount; got != 3*money.Coin {
		t.Errorf("rented at %v", got)
	}
}

func TestQuoteTerms(t *testing.T) {
	w := newWorld(t).withPreset()
	w.says("/sshkey add " + edKey + " ana@laptop")
	take := func(line string) rental.Terms {
		w.press(w.says(line), "Rent")
		in := w.intents()
		return in[len(in)-1].Terms
	}
	got := take("/rent #88411 run:90m")
	if got.RunFor != 90*time.Minute || got.SSHKey.Name != "laptop" || got.Preset.Name != "jupyter" || got.MaxRent != 72*time.Hour {
		t.Errorf("terms: %+v", got)
	}
	if got := take("/rent #88412 run:100h"); got.RunFor != 72*time.Hour {
		t.Errorf("planned for %v on a server of three days", got.RunFor)
	}
	if got := take("/rent #88413 preset:cuda run:none"); got.Preset.Name != "cuda" || got.RunFor != 0 || !got.Preset.AutoSSH {
		t.Errorf("terms: %+v", got)
	}
	if got := take("/rent a5000"); got.Price.Currency != money.CLORE || got.Server != 60002 {
		t.Errorf("a search takes any coin: %+v", got.Price)
	}
	if got := take("/rent 4090 pay:CLORE"); got.Price.Currency != money.CLORE {
		t.Errorf("pay: %+v", got.Price)
	}
	if got := take("/rent 3090 spot"); got.Kind != clore.Spot || got.Price.Amount != 2*money.Coin {
		t.Errorf("spot: %+v", got)
	}
	if v := w.says("/rent 4090 preset:nope"); v.Topic != "error" {
		t.Errorf("unknown preset: %s", dump(v))
	}
}

func TestQuoteChanges(t *testing.T) {
	w := newWorld(t).withPreset()
	w.says("/sshkey add " + edKey + " ana@laptop")
	quote := w.says("/rent #88411")
	password := w.view(w.press(quote, "Use a password"))
	cuda := w.view(w.choose(password, "preset", "cuda"))
	back := w.view(w.press(cuda, "Use laptop"))
	for i, v := range []chat.View{quote, password, cuda, back} {
		if v.Topic != "quote" {
			t.Fatalf("%d: %s", i, dump(v))
		}
	}
	w.press(password, "Rent")
	in := w.intents()
	w.ledger(func(l *rental.Ledger) { l.Intents = nil }) // one server has one order at a time
	w.press(cuda, "Rent")
	in = append(in, w.intents()...)
	w.ledger(func(l *rental.Ledger) { l.Intents = nil })
	if in[0].Terms.SSHKey.Name != "" || in[0].Terms.Preset.Name != "jupyter" || in[1].Terms.Preset.Name != "cuda" {
		t.Errorf("terms: %+v, %+v", in[0].Terms, in[1].Terms)
	}
	for _, args := range []chat.Args{
		{"run": "soon"}, {"pay": "EUR"}, {"preset": "x"}, {"login": "x"},
	} {
		if v := w.view(w.dispatch(w.request(ana, chat.Pressed, "quote", args.With("quote", lastQuote(w))))); v.Topic != "error" {
			t.Errorf("%v: %s", args, dump(v))
		}
	}
}

// lastQuote is a quote that is still there.
func lastQuote(w *world) string {
	for id := range w.mem.quotes {
		return id
	}
	w.t.Fatal("no quote")
	return ""
}

func TestRentNeedsNoSettings(t *testing.T) {
	w := newWorld(t).withKey()
	v := w.says("/rent 4090")
	if v.Topic != "quote" || !strings.Contains(dump(v), "jupyter") {
		t.Error(dump(v))
	}
}

func TestNothingIsRentedWithoutAKey(t *testing.T) {
	w := newWorld(t)
	if v := w.says("/rent 4090"); v.Topic != "error" {
		t.Error(dump(v))
	}
	w.withPreset()
	w.ledger(func(l *rental.Ledger) { l.Account.Rejected = start })
	if v := w.says("/rent 4090"); v.Topic != "error" {
		t.Error(dump(v))
	}
}

func TestNextBest(t *testing.T) {
	w := newWorld(t).withPreset()
	v := w.view(w.press(w.says("/rent #60001"), "Rent next best"))
	if v.Topic != "quote" || v.Title != "Quote · #88411 · 1× RTX 4090 24 GB" {
		t.Error(dump(v))
	}
	not := w.dispatch(w.request(ana, chat.Pressed, "next", chat.Args{"gpu": "RTX 4090", "count": "1", "not": "88411"}))
	if v := w.view(not); v.Title != "Quote · #88412 · 1× RTX 4090 24 GB" {
		t.Error(dump(v))
	}
	none := w.dispatch(w.request(ana, chat.Pressed, "next", chat.Args{"gpu": "RTX A5000", "count": "1", "not": "60002"}))
	if v := w.view(none); v.Topic != "market" {
		t.Error(dump(v))
	}
}

func TestCancelOnce(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	ask := w.says("/x 1939941")
	if v := w.view(w.pressAs(eve, ask, "Cancel rental")); v.Topic != "error" {
		t.Error("another's tap cancelled")
	}
	if v := w.view(w.press(ask, "Cancel rental")); v.Topic != "cancelling" {
		t.Error(dump(v))
	}
	c := w.mem.ledgers["acct-1"].Rentals[0].Cancel
	if c == nil || c.Reason != rental.ByUser || c.Issue != "" {
		t.Fatalf("cancellation: %+v", c)
	}
	if v := w.view(w.press(ask, "Cancel rental")); v.Topic != "error" {
		t.Error("a second tap did something")
	}
}

func TestCancelExpires(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	ask := w.says("/cancel 1939941")
	w.now = w.now.Add(5 * time.Minute)
	if v := w.view(w.press(ask, "Cancel rental")); v.Topic != "error" {
		t.Error(dump(v))
	}
	if w.mem.ledgers["acct-1"].Rentals[0].Cancel != nil {
		t.Error("cancelled by an old button")
	}
}

func TestComplaint(t *testing.T) {
	w := newWorld(t).withKey()
	for why, want := range map[string]string{
		"ssh": "SSH cannot be reached. SSH port refused the connection 3 times from 2026-11-23 14:00 to 14:02 UTC.",
		"gpu": "A GPU is missing or does not work. SSH port refused the connection 3 times from 2026-11-23 14:00 to 14:02 UTC.",
		"":    "",
	} {
		r := running(1939941)
		r.Probe = rental.Probe{Misses: 3, First: start.Add(-2 * time.Minute), Last: start, Failure: "refused"}
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
		ask := w.says("/cancel 1939941")
		w.dispatch(w.request(ana, chat.Pressed, "do", ask.Rows[0][0].Action.Args.With("why", why)))
		if got := w.mem.ledgers["acct-1"].Rentals[0].Cancel; got == nil || got.Issue != want {
			t.Errorf("%q: %+v", why, got)
		}
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	w.press(w.says("/cancel 1939941"), "SSH dead")
	if got := w.mem.ledgers["acct-1"].Rentals[0].Cancel; got == nil || !strings.Contains(got.Issue, "its port answers") {
		t.Errorf("no word of what was measured: %+v", got)
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	ask := w.says("/cancel 1939941")
	other := ask.Rows[1][3].Action
	if v := w.view(w.dispatch(w.request(ana, chat.Pressed, "do", other.Args))); v.Topic != "error" {
		t.Errorf("a complaint without words: %s", dump(v))
	}
	w.dispatch(w.request(ana, chat.Filled, "do", other.Args.With("text", "fans are\nloud")))
	if got := w.mem.ledgers["acct-1"].Rentals[0].Cancel; got == nil || got.Issue != "fans are loud" {
		t.Errorf("complaint: %+v", got)
	}
}

func TestExtend(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	stop := func() time.Time { return w.mem.ledgers["acct-1"].Rentals[0].StopAt }
	card := w.says("/order 1939941")
	if v := w.view(w.press(card, "+6h")); !strings.Contains(dump(v), "1939941 stops 22:02, in 8 h.") {
		t.Errorf("answered\n%s", dump(v))
	}
	if got := stop(); !got.Equal(start.Add(8 * time.Hour)) {
		t.Errorf("stops %v", got)
	}
	w.press(w.says("/extend 1939941 none"), "Run without")
	if !stop().IsZero() {
		t.Errorf("stops %v", stop())
	}
	w.press(w.says("/order 1939941"), "Stop in 1h")
	if got := stop(); !got.Equal(start.Add(time.Hour)) {
		t.Errorf("stops %v", got)
	}
	if v := w.says("/extend 1939941 6h"); v.Topic != "done" || stop().Sub(start) != 7*time.Hour {
		t.Errorf("%s", dump(v))
	}
	for _, line := range []string{"/extend 1939941 x", "/extend 77 1h"} {
		if v := w.says(line); v.Topic != "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
}

func TestDrop(t *testing.T) {
	w := newWorld(t).withKey()
	for _, s := range []rental.IntentState{rental.Created, rental.Refused} {
		w.ledger(func(l *rental.Ledger) { l.Intents = []rental.Intent{intent(s)} })
		v := w.view(w.dispatch(w.request(ana, chat.Pressed, "drop", chat.Args{"intent": "intent-1"})))
		if v.Topic != "error" || strings.Contains(dump(v), "my side") {
			t.Error(dump(v))
		}
	}
	w.ledger(func(l *rental.Ledger) { l.Intents = []rental.Intent{intent(rental.Missing)} })
	w.dispatch(w.request(ana, chat.Pressed, "drop", chat.Args{"intent": "intent-1"}))
	if !w.intents()[0].Dismissed {
		t.Error("not given up")
	}
	if v := w.view(w.dispatch(w.request(ana, chat.Pressed, "drop", chat.Args{"intent": "x"}))); v.Topic != "error" {
		t.Error(dump(v))
	}
}
