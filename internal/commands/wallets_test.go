package commands_test

import (
	"context"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// branches is Clore for several accounts; those without one have another answer.
type branches struct {
	accounts map[account.ID]*fakeAPI
	asked    []account.ID
}

func (b *branches) API(_ context.Context, id account.ID) (rental.API, error) {
	b.asked = append(b.asked, id)
	return b.accounts[id], nil
}

func TestWalletsOfAllAccounts(t *testing.T) {
	second := &fakeAPI{wallets: []clore.Wallet{
		{Balance: money.Money{Currency: money.USD}},
		{Balance: money.Money{Amount: 300 * money.Coin, Currency: money.CLORE}, Deposit: "clore1second"},
	}}
	both := &branches{accounts: map[account.ID]*fakeAPI{"acct-2": second}}
	w := newWorld(t, func(o *commands.Options) { o.APIs = both }).withKey().withSecond()
	both.accounts["acct-1"] = w.api
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	fine := w.says("/wallet")
	w.activate("acct-2")
	other := w.says("/wallet")
	if report := w.view(w.press(other, "Report")); report.Topic != "report" {
		t.Error(dump(report))
	}
	second.err = &clore.Error{Code: clore.CodeKey, HTTP: 401}
	rejected := w.says("/wallet")
	second.err = nil
	w.api.err = clore.ErrUnavailable
	both.asked = nil
	down := w.says("/wallet")
	if len(both.asked) != 1 {
		t.Errorf("asked for %v although the first was not answered", both.asked)
	}
	golden(t, "wallets", fine, other, rejected, down)
	for _, id := range w.mem.order {
		l := w.mem.ledgers[id]
		l.Balances = nil
		w.mem.ledgers[id] = l
	}
	if v := dump(w.says("/wallet")); strings.Count(v, "nothing is known yet") != 2 {
		t.Error(v)
	}
}
