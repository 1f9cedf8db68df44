package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

func (w *world) limitsOf(id account.ID) rental.Limits { return w.mem.ledgers[id].Limits }

// withTwo gives ana a second account, with a rental of its own.
func (w *world) withTwo() *world {
	a := account.Account{ID: "acct-2", User: ana, Label: "Work", Tail: "9zZ9", Added: start}
	if err := w.mem.SaveAccount(w.t.Context(), a, secret.New(canaryKey+"2")); err != nil {
		w.t.Fatal(err)
	}
	l := w.mem.ledgers["acct-2"]
	l.Rentals = []rental.Rental{running(1939950)}
	w.mem.ledgers["acct-2"] = l
	return w
}

func TestLimitsAreSet(t *testing.T) {
	w := newWorld(t).withKey()
	w.says("/limits day:10 month:$100 rental:5 hour:0,5 parallel:3")
	want := rental.Limits{Day: 10 * money.Coin, Month: 100 * money.Coin, Rental: 5 * money.Coin, Hour: money.Coin / 2, Parallel: 3}
	if got := w.limitsOf("acct-1"); got != want {
		t.Fatalf("got %+v", got)
	}
	w.says("/limits day:off parallel:off")
	want.Day, want.Parallel = 0, 0
	if got := w.limitsOf("acct-1"); got != want {
		t.Errorf("after off: %+v", got)
	}
	for _, line := range []string{
		"/limits day:0", "/limits day:-5", "/limits day:1,000", "/limits day:1,0.5", "/limits day:lots", "/limits parallel:0", "/limits parallel:1.5", "/limits day:2000000",
	} {
		if _, args, err := chat.ParseLine(w.c.Commands(), line); err == nil {
			t.Errorf("%s is read as %v", line, args)
		}
	}
	for line, say := range map[string]string{
		"/limits foo:3":       `I know no "foo" here. There are all, day, month, rental, hour, parallel.`,
		"/limits day:2 foo:3": `I know no "foo" here.`,
		"/limits day":         "day: needs a value",
		"/limits mnoth:50":    "Did you mean month:50?",
	} {
		_, args, err := chat.ParseLine(w.c.Commands(), line)
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: read as %v, %v; want %q", line, args, err, say)
		}
	}
	if got := w.limitsOf("acct-1"); got != want {
		t.Errorf("a refused one changed %+v", got)
	}
	w.says("/limits off")
	if got := w.limitsOf("acct-1"); got != (rental.Limits{}) {
		t.Errorf("all off: %+v", got)
	}
}

func TestLimitsByButtons(t *testing.T) {
	w := newWorld(t).withKey()
	day := w.view(w.press(w.says("/limits"), "A day"))
	w.choose(day, "value", "20")
	if got := w.limitsOf("acct-1"); got.Day != 20*money.Coin {
		t.Errorf("chosen: %+v", got)
	}
	own := day.Rows[1][0].Action
	cmd := chat.Find(w.c.Commands(), own.Command)
	if missing := cmd.Missing(own.Args); len(missing) != 1 || missing[0].Name != "value" {
		t.Fatalf("asks for %v", missing)
	}
	w.dispatch(w.request(ana, chat.Filled, own.Command, own.Args.With("value", "12.5")))
	if got := w.limitsOf("acct-1"); got.Day != 12_500_000_000 {
		t.Errorf("typed: %+v", got)
	}
	w.choose(w.view(w.press(w.says("/limits"), "At once")), "value", "3")
	if got := w.limitsOf("acct-1"); got.Parallel != 3 {
		t.Errorf("number: %+v", got)
	}
}

func TestLimitsView(t *testing.T) {
	w := newWorld(t).withKey()
	none := w.says("/limits")
	w.ledger(func(l *rental.Ledger) {
		l.Rentals = []rental.Rental{running(1939941)}
		l.Balances = []money.Money{{Amount: 5 * money.Coin, Currency: money.USD}}
		l.Funds.Checked = start
		l.Spent = map[string]money.Amount{
			start.Format(time.DateOnly): 1_200_000_000, start.AddDate(0, 0, -1).Format(time.DateOnly): 4 * money.Coin,
		}
	})
	set := w.says("/limits day:10 month:100 rental:5 hour:0.5 parallel:3")
	tight := w.says("/limits rental:1 parallel:1")
	w.says("/freeze")
	w.withTwo()
	golden(t, "limits", none, set, tight, w.says("/limits"))
}

// TestLimitsHoldForAllKeys sets them with one key active and adds another.
func TestLimitsHoldForAllKeys(t *testing.T) {
	w := newWorld(t).withKey().withTwo()
	w.says("/limits day:10")
	if w.limitsOf("acct-2").Day != 10*money.Coin {
		t.Errorf("the other key: %+v", w.limitsOf("acct-2"))
	}
	w.says("/freeze")
	w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": strings.Repeat("third", 8)}))
	if n := len(w.mem.ledgers); n != 3 {
		t.Fatalf("%d accounts", n)
	}
	for id, l := range w.mem.ledgers {
		if l.Limits.Day != 10*money.Coin || l.Frozen.IsZero() {
			t.Errorf("%s: %+v, frozen %v", id, l.Limits, l.Frozen)
		}
	}
}

func TestFreeze(t *testing.T) {
	w := newWorld(t).withPreset().withTwo()
	quote := w.says("/rent 4090")
	frozen := w.says("/freeze")
	if v := w.view(w.press(quote, "Rent")); v.Topic == "placing" || len(w.intents()) != 0 {
		t.Fatalf("rented while frozen: %s", dump(v))
	}
	asked := w.view(w.press(frozen, "Unfreeze"))
	if w.mem.ledgers["acct-1"].Frozen.IsZero() {
		t.Fatal("a single tap unfroze")
	}
	done := w.view(w.press(asked, "Unfreeze"))
	for id, l := range w.mem.ledgers {
		if !l.Frozen.IsZero() {
			t.Errorf("%s is still frozen", id)
		}
	}
	if v := w.view(w.press(asked, "Unfreeze")); v.Topic != "error" {
		t.Errorf("a second tap: %s", dump(v))
	}
	golden(t, "freeze", frozen, asked, done, w.says("/unfreeze"))
}

func (w *world) typesWord(v chat.View, word string) chat.View {
	w.t.Helper()
	for _, ctl := range v.Controls() {
		if ctl.Action.Command == "confirm" {
			return w.view(w.dispatch(w.request(ana, chat.Filled, "confirm", ctl.Action.Args.With("word", word))))
		}
	}
	w.t.Fatalf("no word is asked for in\n%s", dump(v))
	return chat.View{}
}

// stopping returns the orders that are being cancelled.
func (w *world) stopping() []clore.OrderID {
	var out []clore.OrderID
	for _, l := range w.mem.ledgers {
		for _, r := range l.Rentals {
			if r.Cancel != nil {
				out = append(out, r.Order.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestStopAll(t *testing.T) {
	w := newWorld(t).withKey().withTwo()
	bid := running(1939942)
	bid.Order.Kind, bid.Terms.Kind, bid.Since, bid.Stage, bid.ReadyAt = clore.Spot, clore.Spot, time.Time{}, rental.Listed, time.Time{}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), bid} })
	asked := w.says("/stopall")
	w.typesWord(asked, "STOP 2")
	w.typesWord(asked, "yes")
	if got := w.stopping(); len(got) != 0 {
		t.Fatalf("another word stopped %v", got)
	}
	// One appears that was not shown, and one that was shown ends.
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), running(1939999)} })
	done := w.typesWord(asked, "stop 3")
	if got := w.stopping(); !slices.Equal(got, []clore.OrderID{1939941, 1939950}) {
		t.Errorf("stopped %v", got)
	}
	if v := w.typesWord(asked, "stop 3"); v.Topic != "error" {
		t.Errorf("a second time: %s", dump(v))
	}
	golden(t, "stopall", asked, done, w.says("/stopall"))
}

func TestStopAllWithNothingToStop(t *testing.T) {
	w := newWorld(t).withKey()
	if v := w.says("/stopall"); v.Topic != "orders" {
		t.Error(dump(v))
	}
	r := running(1939941)
	r.Cancel = &rental.Cancellation{Asked: start}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
	if v := w.says("/stopall"); v.Topic != "stopall" || strings.Contains(dump(v), "confirm") {
		t.Error(dump(v))
	}
}

// TestStopAllSparesRejectedKeys says of a rental whose key Clore refuses that it cannot be stopped.
// TestStopAllOffersWhatIsNotSoAlready: who has frozen is not offered to freeze.
func TestStopAllOffersWhatIsNotSoAlready(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	if v := w.says("/stopall"); !strings.Contains(dump(v), " freeze]") {
		t.Error(dump(v))
	}
	w.says("/freeze")
	if v := w.says("/stopall"); strings.Contains(dump(v), " freeze]") || !strings.Contains(dump(v), " limits]") {
		t.Error(dump(v))
	}
}

func TestStopAllSparesRejectedKeys(t *testing.T) {
	w := newWorld(t).withKey().withTwo()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	l := w.mem.ledgers["acct-2"]
	l.Account.Rejected = start
	w.mem.ledgers["acct-2"] = l
	v := w.says("/stopall")
	if !strings.Contains(dump(v), "STOP 1") || !strings.Contains(dump(v), "9zZ9") {
		t.Error(dump(v))
	}
}

// TestStopAllListsMany shows a long list as far as it goes, and stops all of it.
func TestStopAllListsMany(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		for i := range 45 {
			l.Rentals = append(l.Rentals, running(clore.OrderID(2000000+i)))
		}
	})
	v := w.says("/stopall")
	if !strings.Contains(dump(v), "25 more") {
		t.Error(dump(v))
	}
	w.typesWord(v, "STOP 45")
	if n := len(w.stopping()); n != 45 {
		t.Errorf("%d are stopped", n)
	}
}
