package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func limitEvent(kind rental.Limit, percent int, most, spent money.Amount) rental.Event {
	return rental.Event{Kind: rental.LimitNear, Limit: &rental.LimitState{Limit: kind, Percent: percent, Cap: most, Spent: spent}}
}

func TestLimitAlerts(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	w.says("/limits day:10 month:100")
	most := w.told(limitEvent(rental.LimitDay, 80, 10*money.Coin, 8_040_000_000))
	all := w.told(limitEvent(rental.LimitMonth, 100, 100*money.Coin, 101*money.Coin))
	if !most.Silent || all.Silent {
		t.Errorf("silent at 80 %%: %v, at 100 %%: %v", most.Silent, all.Silent)
	}
	soon := limitEvent(rental.LimitDay, 80, 10*money.Coin, 2_100_000_000)
	soon.Limit.Planned = 8_250_000_000
	month := limitEvent(rental.LimitMonth, 80, 100*money.Coin, 21*money.Coin)
	month.Limit.Planned = 99 * money.Coin
	golden(t, "limit-alerts", most, all, w.told(soon), w.told(month))
	w.press(most, "🧊 Freeze")
	if w.mem.ledgers["acct-1"].Frozen.IsZero() {
		t.Error("the button of the alert does not freeze")
	}
	w.says("/limits day:20")
	if _, err := w.tell(ana.Direct(), limitEvent(rental.LimitDay, 80, 10*money.Coin, 8*money.Coin)); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("told of a limit that is no more: %v", err)
	}
}

// TestRunwayAlertSpeaksOfWhatRunsShort has two wallets: the smaller one lasts for what it pays.
func TestRunwayAlertSpeaksOfWhatRunsShort(t *testing.T) {
	w := newWorld(t).withKey()
	coin, open := running(1939941), running(1939942)
	coin.Order.Price, coin.StopAt = money.Money{Amount: 24 * money.Coin, Currency: money.CLORE}, start.Add(10*time.Minute)
	open.StopAt = time.Time{}
	w.ledger(func(l *rental.Ledger) {
		l.Rentals = []rental.Rental{coin, open}
		l.Balances = []money.Money{{Amount: money.Coin, Currency: money.CLORE}, {Amount: 437_500_000, Currency: money.USD}}
		l.Funds.Checked = start
	})
	v := w.told(rental.Event{Kind: rental.RunwayShort, Runway: 6 * time.Hour})
	text := dump(v)
	for _, want := range []string{"burning 0.088 USD/h", "empty 19:02", "5 h", "2 rentals", "stopall"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	w.ledger(func(l *rental.Ledger) {
		l.Balances[1].Amount = 100 * money.Coin
		l.Rentals[1].StopAt = start.Add(time.Hour)
	})
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.RunwayShort, Runway: 6 * time.Hour}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("told after a top-up: %v", err)
	}
}

// TestStopWarningMovesTheStop takes the buttons of the warning before the stop time.
func TestStopWarningMovesTheStop(t *testing.T) {
	for label, by := range map[string]time.Duration{"+1h": time.Hour, "+6h": 6 * time.Hour} {
		w := newWorld(t).withKey()
		r := running(1939941)
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
		v := w.told(rental.Event{Kind: rental.StopDue, Order: 1939941, Rental: &r})
		if resp, ok := w.press(v, label).(chat.Notice); !ok || resp.Text == "" {
			t.Errorf("%s: %#v", label, resp)
		}
		if got := w.mem.ledgers["acct-1"].Rentals[0].StopAt; !got.Equal(r.StopAt.Add(by)) {
			t.Errorf("%s: stops at %v", label, got)
		}
	}
}
