package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/words"
)

func (c *Commands) walletFamily() []*chat.Command {
	wallet := c.command("wallet", "cmd.wallet", c.wallet)
	wallet.Aliases = []string{"balance"}
	wallet.Examples = []string{"/wallet"}
	return []*chat.Command{wallet, c.hidden("deposit", c.deposit, c.param("coin", ""))}
}

// wallet shows the balances, how fast they shrink and when they are empty, of all accounts. When
// Clore does not answer it shows what was last known, and says so.
func (c *Commands) wallet(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return c.allWallets(ctx, a, acct, all)
	}
	p, err := c.purse(ctx, a, acct, nil)
	if err != nil {
		return nil, err
	}
	l := &p.ledger
	if p.failed != nil && (clore.IsCode(p.failed, clore.CodeKey) || len(l.Balances) == 0) {
		return nil, p.failed
	}
	v := chat.View{Topic: "wallet", Title: a.S("wallet.title", "Label", acct.Label), Footer: a.S("market.updated", "Time", a.Seconds(a.now, a.zone))}
	if p.failed != nil {
		c.Log.InfoContext(ctx, "wallet from the ledger", "error", p.failed)
		v.Tone, v.Footer = chat.Warning, a.S("wallet.stale", "Time", a.Moment(l.Funds.Checked, a.now, a.zone))
	}
	for _, b := range l.Balances {
		v.Fields = append(v.Fields, field(b.Currency.Symbol(), c.walletLine(a, l, b)))
	}
	v.Rows = a.walletRows(p.wallets)
	return a.show(v)
}

// walletLine writes a balance with what becomes of it.
func (c *Commands) walletLine(a *ask, l *rental.Ledger, b money.Money) string {
	text := a.Money(b)
	if usd := c.worth(b); usd > 0 && b.Currency != money.USD {
		text += " " + a.S("wallet.worth", "USD", a.Amount(usd))
	}
	w, burning := l.Runway(b.Currency, a.now)
	if !burning {
		return text
	}
	return join(text, a.pace(w))
}

// pace writes how fast a balance shrinks, and when it is empty.
func (a *ask) pace(w rental.Runway) string {
	c := w.Balance.Currency
	burn := a.S("wallet.burn", "Amount", a.Coins(words.Hourly(w.Burn), c), "Coin", c.Symbol())
	if c == money.USD {
		burn = a.S("wallet.burn", "Amount", a.Rate(words.Hourly(w.Burn)), "Coin", c.Symbol())
	}
	return join(burn, a.S("wallet.empty", "Lasts", a.Duration(w.Lasts), "At", a.Moment(w.Empty, a.now, a.zone)))
}

// depositButtons lead to the addresses, in the private chat only.
func (a *ask) depositButtons(wallets []clore.Wallet) []chat.Control {
	var row []chat.Control
	for _, w := range wallets {
		if a.Direct && w.Deposit != "" && len(row) < 3 {
			symbol := w.Balance.Currency.Symbol()
			row = append(row, chat.Button(a.S("button.deposit", "Coin", symbol), "deposit", chat.Args{"coin": symbol}))
		}
	}
	return row
}

// deposit shows the address of one wallet.
func (c *Commands) deposit(ctx context.Context, a *ask) (chat.Response, error) {
	if !a.Direct {
		return nil, c.wrong("error.private_only")
	}
	acct, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	wallets, err := c.wallets(ctx, acct.ID)
	if err != nil {
		return nil, err
	}
	for _, w := range wallets {
		if w.Balance.Currency.Symbol() != a.arg("coin") || w.Deposit == "" {
			continue
		}
		address, symbol := clip(w.Deposit, 200), w.Balance.Currency.Symbol()
		return a.show(chat.View{
			Topic: "deposit", Guarded: true, Title: a.S("deposit.title", "Coin", symbol),
			Body: a.T("deposit.body", "Coin", chat.B(symbol), "Address", chat.C(address)),
			Rows: [][]chat.Control{{{Label: a.S("button.copy_address"), Copy: address}, chat.Button(a.S("button.wallet"), "wallet", nil)}},
		})
	}
	return nil, c.wrong("deposit.none").with(chat.Button(a.S("button.wallet"), "wallet", nil))
}
