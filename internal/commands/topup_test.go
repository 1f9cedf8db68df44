package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func hasMoneyButton(v chat.View) bool {
	for _, ctl := range v.Controls() {
		if ctl.Action.Command == "take" {
			return true
		}
	}
	return false
}

// TestMoneyThatJustArrived has a wallet filled just after the bot has seen it empty.
func TestMoneyThatJustArrived(t *testing.T) {
	w := newWorld(t).withPreset()
	full := w.api.wallets
	w.api.wallets = []clore.Wallet{{Balance: money.Money{Currency: money.USD}}}
	v := w.says("/rent #88411")
	if hasMoneyButton(v) {
		t.Fatalf("rents with an empty wallet: %s", dump(v))
	}
	w.api.wallets = full
	if v = w.view(w.press(v, "⟳")); !hasMoneyButton(v) || !strings.Contains(dump(v), "37.51") {
		t.Errorf("refreshed: %s", dump(v))
	}
	w.ledger(func(l *rental.Ledger) { l.Balances = []money.Money{{Currency: money.USD}} })
	if v = w.says("/rent #88411"); !hasMoneyButton(v) {
		t.Errorf("asked again: %s", dump(v))
	}
}

// TestRecentBalanceIsEnough does not ask Clore for what it was told a minute ago.
func TestRecentBalanceIsEnough(t *testing.T) {
	w := newWorld(t).withPreset()
	w.ledger(func(l *rental.Ledger) {
		l.Balances, l.Funds.Checked = []money.Money{{Amount: 20 * money.Coin, Currency: money.USD}}, start
	})
	asked := 0
	w.api.asked = func() { asked++ }
	if v := w.says("/rent #88411"); asked != 0 || !hasMoneyButton(v) {
		t.Errorf("asked %d times: %s", asked, dump(v))
	}
}
