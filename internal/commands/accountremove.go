package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

// doRemove is what the confirmation of removing one account does.
const doRemove = "remove-account"

// askRemove says what it means to remove one account, and asks. One that is in use is refused at
// once.
func (c *Commands) askRemove(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.named(ctx, a, a.arg("account"))
	if err != nil {
		return nil, err
	}
	l, err := c.Books.Ledger(ctx, acct.ID)
	if err != nil {
		return nil, err
	}
	if err := l.Removable(); err != nil {
		return c.inUse(ctx, a, acct, err)
	}
	rest, err := c.without(ctx, a, acct.ID)
	if err != nil {
		return nil, err
	}
	id, err := c.propose(ctx, a, Confirmation{Do: doRemove, Account: acct.ID})
	if err != nil {
		return nil, err
	}
	v := chat.View{
		Topic: "account-remove", Tone: chat.Warning, Title: a.S("account.remove.title", "Label", clip(acct.Label, maxLabel)),
		Body: lines(a.T("account.remove.body", "Key", chat.C(tail(acct))), c.lostWith(a, &l, acct)),
	}
	if len(rest) == 0 {
		v.Body = lines(v.Body, a.T("account.remove.only"))
	} else if acct.ID == a.profile.Active || a.profile.Active == "" {
		v.Body = lines(v.Body, a.T("account.remove.next", "Label", clip(rest[0].Label, maxLabel)))
	}
	v.Rows = [][]chat.Control{{
		chat.Button(a.S("button.remove_account"), "do", chat.Args{"id": id}).Styled(chat.Danger),
		chat.Button(a.S("button.keep_key"), "key", nil),
	}}
	return a.show(v)
}

// without returns the other accounts of the asker, the oldest first.
func (c *Commands) without(ctx context.Context, a *ask, id account.ID) ([]account.Account, error) {
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	var rest []account.Account
	for _, acct := range all {
		if acct.ID != id {
			rest = append(rest, acct)
		}
	}
	return rest, nil
}

// lostWith says what ends with an account: permissions to buy, armed watches, limits.
func (c *Commands) lostWith(a *ask, l *rental.Ledger, acct account.Account) chat.Text {
	var text chat.Text
	armed := 0
	for i := range l.Mandates {
		if m := &l.Mandates[i]; m.Active() && m.Watch != "" {
			armed++
		}
	}
	if n := permitted([]rental.Ledger{*l}); n > 0 {
		text = lines(text, a.T("account.remove.permissions", "Count", a.N("count.mandates", n)))
	}
	if armed > 0 {
		text = lines(text, a.T("account.remove.armed", "Count", a.N("count.watches", armed)))
	}
	if l.Limits != (rental.Limits{}) || !l.Frozen.IsZero() {
		text = lines(text, a.T("account.remove.limits", "Label", clip(acct.Label, maxLabel)))
	}
	return text
}

// inUse refuses to remove an account that costs money or may begin to; other errors are returned.
func (c *Commands) inUse(ctx context.Context, a *ask, acct account.Account, err error) (chat.Response, error) {
	use, ok := errors.AsType[*rental.InUse](err)
	if !ok {
		return nil, err
	}
	v := chat.View{
		Topic: "account-in-use", Tone: chat.Warning, Title: a.S("account.in_use.title", "Label", clip(acct.Label, maxLabel)),
		Body: a.T("account.in_use.body", "Use", a.useText(use)),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.orders"), "orders", nil),
			chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger),
			chat.Button(a.S("button.keep_key"), "key", nil),
		}},
	}
	if use.Unclear > 0 {
		v.Body = lines(v.Body, a.T("account.in_use.unclear"))
	}
	l, err := c.Books.Ledger(ctx, acct.ID)
	if err != nil {
		return nil, err
	}
	a.unwatched(&v, []rental.Ledger{l})
	return a.show(v)
}

// useText lists what keeps an account in use.
func (a *ask) useText(use *rental.InUse) string {
	var parts []string
	for _, part := range []struct {
		id string
		n  int
	}{{"count.rentals", use.Rentals}, {"count.placing", use.Waiting}, {"count.unclear", use.Unclear}} {
		if part.n > 0 {
			parts = append(parts, a.N(part.id, part.n))
		}
	}
	return strings.Join(parts, ", ")
}

// removeNow removes an account. The store decides whether it is in use: something may have begun
// since the question. What points to it from elsewhere means nothing from then on.
func (c *Commands) removeNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	acct, err := c.named(ctx, a, string(confirmed.Account))
	if err != nil {
		return nil, err
	}
	if err := c.Accounts.RemoveAccount(ctx, a.User, acct.ID); err != nil {
		return c.inUse(ctx, a, acct, err)
	}
	c.Watch(acct.ID)
	c.unarmAll(ctx, a, acct.ID)
	v := chat.View{
		Topic: "account-removed", Tone: chat.Good, Title: a.S("account.removed.title", "Label", clip(acct.Label, maxLabel)),
		Body: a.T("account.removed.body", "Key", chat.C(tail(acct))),
		Rows: [][]chat.Control{{chat.Button(a.S("button.add_account"), "key", chat.Args{"do": "add"})}},
	}
	// The account is gone, whether or not the others can be read now.
	if rest, err := c.without(ctx, a, acct.ID); err == nil && len(rest) > 0 {
		v.Rows[0] = append([]chat.Control{chat.Button(a.S("button.keys"), "key", nil)}, v.Rows[0]...)
	}
	return a.show(v)
}

// unarmAll takes the notes of mandates off the watches that were armed with an account which is
// gone. It is only tidy: without the account nothing can be bought.
func (c *Commands) unarmAll(ctx context.Context, a *ask, id account.ID) {
	for _, w := range c.Watches.List(a.User) {
		if w.Account != id {
			continue
		}
		_, err := c.Watches.Edit(ctx, a.User, w.ID, func(w *watch.Watch) error {
			w.Account = ""
			return noMandate(w)
		})
		if err != nil {
			c.Log.WarnContext(ctx, "watch points to an account that was removed", "watch", w.ID, "error", err)
		}
	}
}
