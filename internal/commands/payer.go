package commands

import (
	"context"
	"sync"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// payer names an account; "" when there is nothing to tell apart. A former one was removed.
type payer func(id account.ID) (name string, former bool)

// payers returns what names the accounts of a user to tell them apart: those that were removed, and
// the others unless there is one alone. Two of one label are told apart by the ends of their keys.
// The accounts are read when the first name is wanted.
func (c *Commands) payers(ctx context.Context, user chat.User) payer {
	var names, former map[account.ID]string
	read := sync.OnceFunc(func() {
		all, err := c.Accounts.Accounts(ctx, user)
		if err != nil {
			c.Log.WarnContext(ctx, "accounts are not named", "error", err)
		}
		profile, err := c.Profiles.Profile(ctx, user)
		if err != nil {
			c.Log.WarnContext(ctx, "former accounts are not named", "error", err)
		}
		names, former = accountNames(all), formerNames(profile)
	})
	return func(id account.ID) (string, bool) {
		read()
		if name, known := names[id]; known {
			return name, false
		}
		return former[id], true
	}
}

// accountNames names accounts, none if there is one alone.
func accountNames(all []account.Account) map[account.ID]string {
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
}

// formerNames names the accounts that were removed.
func formerNames(p account.Profile) map[account.ID]string {
	names := map[account.ID]string{}
	for _, f := range p.Former {
		names[f.ID] = clip(f.Label, maxLabel)
	}
	return names
}

// paidBy names the account of a rental for somebody who has several, else it is "".
func (a *ask) paidBy(id account.ID) string {
	if a.payer == nil {
		return ""
	}
	name, former := a.payer(id)
	switch {
	case name == "":
		return ""
	case former:
		return a.S("account.former", "Label", name)
	}
	return a.S("account.named", "Label", name)
}
