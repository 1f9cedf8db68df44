package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
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

// named returns an account of the asker by its ID, its name, or the end of its key; the active one
// for "". One that is not there, or not any more, is [rental.ErrNoAccount].
func (c *Commands) named(ctx context.Context, a *ask, id string) (account.Account, error) {
	if id == "" {
		return c.account(ctx, a)
	}
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return account.Account{}, err
	}
	if len(all) == 0 {
		return account.Account{}, errNoKey
	}
	for _, known := range []func(account.Account) bool{
		func(acct account.Account) bool { return string(acct.ID) == id },
		func(acct account.Account) bool { return strings.EqualFold(acct.Label, accountLabel(id)) },
		func(acct account.Account) bool { return acct.Tail == strings.TrimPrefix(id, "…") },
	} {
		if i := slices.IndexFunc(all, known); i >= 0 {
			return all[i], nil
		}
	}
	return account.Account{}, rental.ErrNoAccount
}

// tail writes the end of a key, by which its owner knows it.
func tail(a account.Account) string { return "…" + a.Tail }
