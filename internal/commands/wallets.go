package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// purse is what is known of the balances of an account.
type purse struct {
	acct    account.Account
	ledger  rental.Ledger  // with the newest balances that are known
	wallets []clore.Wallet // as Clore has just answered
	failed  error          // why it did not; the ledger has what was last known
}

// purse asks Clore for the balances of an account, unless it is not to be asked.
func (c *Commands) purse(ctx context.Context, a *ask, acct account.Account, unasked error) (purse, error) {
	l, err := c.Books.Ledger(ctx, acct.ID)
	if err != nil {
		return purse{}, err
	}
	p := purse{acct: acct, ledger: l, failed: unasked}
	if unasked == nil {
		p.wallets, p.failed = c.wallets(ctx, acct.ID)
	}
	if p.failed == nil {
		p.ledger.Balances, p.ledger.Funds.Checked = held(p.wallets), a.now
	}
	return p, nil
}

// allWallets shows the balances of several accounts, each in a field of its own. When Clore does
// not answer for one, it is not waited for with the others.
func (c *Commands) allWallets(ctx context.Context, a *ask, active account.Account, all []account.Account) (chat.Response, error) {
	v := chat.View{
		Topic: "wallet", Title: a.S("wallet.all.title", "Label", clip(active.Label, maxLabel)),
		Footer: a.S("market.updated", "Time", a.Seconds(a.now, a.zone)),
	}
	var wallets []clore.Wallet
	var down error
	for _, acct := range all {
		p, err := c.purse(ctx, a, acct, down)
		if errors.Is(err, rental.ErrNoAccount) {
			continue // it was removed just now
		}
		if err != nil {
			return nil, err
		}
		if p.failed != nil {
			v.Tone = chat.Warning
			c.Log.InfoContext(ctx, "wallet from the ledger", "account", acct.ID, "error", p.failed)
		}
		if errors.Is(p.failed, clore.ErrUnavailable) {
			down = p.failed
		}
		if acct.ID == active.ID {
			wallets = p.wallets
		}
		v.Fields = append(v.Fields, field(c.purseName(a, acct), strings.Join(c.purseLines(a, &p), "\n")))
	}
	v.Rows = a.walletRows(wallets)
	v.Rows[1] = append(v.Rows[1], chat.Button(a.S("button.keys"), "key", nil))
	return a.show(v)
}

// purseName names an account, with the end of its key where another has the same name.
func (c *Commands) purseName(a *ask, acct account.Account) string {
	if name, _ := a.payer(acct.ID); name != "" {
		return name
	}
	return clip(acct.Label, maxLabel)
}

// purseLines writes what an account holds, and what becomes of it: a line a coin that there is any
// of, all coins if there is none.
func (c *Commands) purseLines(a *ask, p *purse) []string {
	var text, empty []string
	for _, b := range p.ledger.Balances {
		line := c.walletLine(a, &p.ledger, b)
		if b.Amount == 0 {
			empty = append(empty, line)
			continue
		}
		text = append(text, line)
	}
	if len(text) == 0 {
		text = empty
	}
	switch {
	case clore.IsCode(p.failed, clore.CodeKey):
		text = append(text, a.S("wallet.rejected", "Key", tail(p.acct)))
	case p.failed != nil && len(text) == 0:
		return []string{a.S("wallet.unknown")}
	}
	if p.failed != nil && len(p.ledger.Balances) > 0 {
		text = append(text, a.S("wallet.of", "Time", a.Moment(p.ledger.Funds.Checked, a.now, a.zone)))
	}
	return text
}

// walletRows lead to the addresses, and to what spends.
func (a *ask) walletRows(wallets []clore.Wallet) [][]chat.Control {
	first := append(a.depositButtons(wallets), chat.Button(a.S("button.refresh"), "wallet", nil))
	second := []chat.Control{chat.Button(a.S("button.orders"), "orders", nil), chat.Button(a.S("button.limits"), "limits", nil)}
	if a.Direct {
		second = append(second, chat.Button(a.S("button.report"), "report", nil))
	}
	return [][]chat.Control{first, second}
}
