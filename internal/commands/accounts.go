package commands

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/account"
)

// errNoKey says that the asker has no Clore account here.
var errNoKey = errors.New("no key")

// account returns the Clore account that the asker works with, or errNoKey.
func (c *Commands) account(ctx context.Context, a *ask) (account.Account, error) {
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return account.Account{}, err
	}
	for _, acct := range all {
		if acct.ID == a.profile.Active {
			return acct, nil
		}
	}
	if len(all) == 0 {
		return account.Account{}, errNoKey
	}
	return all[0], nil
}

// named returns an account of the asker by its ID, the active one for "".
func (c *Commands) named(ctx context.Context, a *ask, id string) (account.Account, error) {
	if id == "" {
		return c.account(ctx, a)
	}
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return account.Account{}, err
	}
	for _, acct := range all {
		if string(acct.ID) == id || acct.Label == id {
			return acct, nil
		}
	}
	return account.Account{}, errNoKey
}

// tail writes the end of a key, by which its owner knows it.
func tail(a account.Account) string { return "…" + a.Tail }
