package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestQuotesOverALimitCannotBeTapped shows why on the quote, and what would fit.
func TestQuotesOverALimitCannotBeTapped(t *testing.T) {
	w := newWorld(t).withPreset()
	w.says("/limits rental:0.5")
	long := w.says("/rent 4090 run:24h") // 2.10 USD and the fee
	if long.Topic != "blocked" {
		t.Fatal(dump(long))
	}
	for _, ctl := range long.Controls() {
		if ctl.Action.Command == "take" {
			t.Errorf("what the limit forbids can be tapped: %s", dump(long))
		}
	}
	short := w.view(w.press(long, "Shorten"))
	if short.Topic != "quote" {
		t.Fatal(dump(short))
	}
	if v := w.view(w.press(short, "Rent")); v.Topic != "placing" {
		t.Error(dump(v))
	}
	if run := w.intents()[0].Terms.RunFor; run != 4*time.Hour { // 4.5 h would fit
		t.Errorf("shortened to %v", run)
	}
	w.says("/limits rental:off parallel:1")
	second := w.says("/rent #88412")
	w.says("/limits off")
	w.says("/limits hour:0.05")
	dear := w.says("/rent #88412")
	w.says("/limits off")
	w.says("/limits day:0.6")
	day := w.says("/rent #88412 run:none")
	w.says("/freeze")
	golden(t, "overlimit", long, second, dear, day, w.says("/rent #88412"))
}

// TestShortenedFits checks the offered time against the guard for many limits.
func TestShortenedFits(t *testing.T) {
	for _, cents := range []int64{5, 12, 25, 50, 90, 150, 209, 300} {
		w := newWorld(t).withPreset()
		w.ledger(func(l *rental.Ledger) { l.Limits.Rental = money.Amount(cents) * money.Coin / 100 })
		v := w.says("/rent 4090 run:24h")
		if v.Topic == "quote" {
			if cents < 220 {
				t.Errorf("24 hours fit %d cents", cents)
			}
			continue
		}
		for _, ctl := range v.Controls() {
			if strings.HasPrefix(ctl.Label, "Shorten") {
				if got := w.view(w.press(v, "Shorten")); got.Topic != "quote" {
					t.Errorf("%d cents: %s does not fit", cents, ctl.Label)
				}
			}
		}
	}
}

// TestRefusalsSayWhatToDo goes over everything the guard may say: no limit is left without words.
func TestRefusalsSayWhatToDo(t *testing.T) {
	w := newWorld(t).withPreset()
	var views []chat.View
	for _, o := range []*rental.OverLimit{
		{Limit: rental.LimitFrozen},
		{Limit: rental.LimitRental, Cap: 5 * money.Coin, Would: 5_400_000_000},
		{Limit: rental.LimitDay, Cap: 10 * money.Coin, Would: 10_400_000_000, On: start.Truncate(24 * time.Hour)},
		{Limit: rental.LimitDay, Cap: 10 * money.Coin, Would: 11 * money.Coin, On: start.Truncate(24*time.Hour).AddDate(0, 0, 1)},
		{Limit: rental.LimitMonth, Cap: 100 * money.Coin, Would: 100_400_000_000, On: start.Truncate(24*time.Hour).AddDate(0, 0, 1-start.Day())},
		{Limit: rental.LimitHour, Cap: money.Coin / 2, Would: 501_000_000},
		{Limit: rental.LimitParallel, Cap: 3, Would: 4},
		{Limit: rental.LimitRate},
		{Limit: rental.LimitCeiling},
		{Limit: rental.LimitMandate, Cap: 5 * money.Coin, Would: 6 * money.Coin},
	} {
		w.mem.broken = o
		v := w.says("/rent 4090")
		if v.Topic != "error" || len(v.Controls()) == 0 {
			t.Errorf("%s: %s", o.Limit, dump(v))
		}
		views = append(views, v)
	}
	golden(t, "refusals", views...)
}

func TestExtendingOverALimit(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	w.says("/limits rental:1")
	if v := w.says("/extend 1939941 24h"); v.Topic != "error" || !strings.Contains(dump(v), "/limits rental:3") {
		t.Error(dump(v))
	}
	if got := w.mem.ledgers["acct-1"].Rentals[0].StopAt; !got.Equal(start.Add(2 * time.Hour)) {
		t.Errorf("stops at %v", got)
	}
}

// TestNotSentNamesTheLimit: an order that a limit kept from being sent says which.
func TestNotSentNamesTheLimit(t *testing.T) {
	for limit, want := range map[rental.Limit]string{
		rental.LimitFrozen: "frozen", rental.LimitDay: "limit for the day", rental.LimitRental: "limit for a rental", "": "Your limits, or a freeze",
	} {
		w := newWorld(t).withKey()
		in := intent(rental.Withdrawn)
		in.Reason, in.Limit = rental.ReasonLimit, limit
		w.ledger(func(l *rental.Ledger) { l.Intents = []rental.Intent{in} })
		v := w.told(rental.Event{Kind: rental.NotPlaced, Intent: in.ID, Reason: in.Reason})
		if !strings.Contains(dump(v), want) {
			t.Errorf("%q:\n%s", limit, dump(v))
		}
	}
}
