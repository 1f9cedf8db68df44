package commands

import (
	"context"
	"sync"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// payers returns what names the accounts of a user to tell them apart: nothing while there is one
// alone. Two of one label are told apart by the ends of their keys. The accounts are read when
// the first name is wanted.
func (c *Commands) payers(ctx context.Context, user chat.User) func(account.ID) string {
	names := sync.OnceValue(func() map[account.ID]string {
		all, err := c.Accounts.Accounts(ctx, user)
		if err != nil {
			c.Log.WarnContext(ctx, "accounts are not named", "error", err)
		}
		if len(all) < 2 {
			return nil
		}
		times := map[string]int{}
		for _, acct := range all {
			times[acct.Label]++
		}
		names := map[account.ID]string{}
		for _, acct := range all {
			names[acct.ID] = clip(acct.Label, maxLabel)
			if times[acct.Label] > 1 || acct.Label == "" {
				names[acct.ID] = join(names[acct.ID], tail(acct))
			}
		}
		return names
	})
	return func(id account.ID) string { return names()[id] }
}

// paidBy names the account of a rental for somebody who has several, else it is "".
func (a *ask) paidBy(id account.ID) string {
	if a.payer == nil {
		return ""
	}
	name := a.payer(id)
	if name == "" {
		return ""
	}
	return a.S("account.named", "Label", name)
}
