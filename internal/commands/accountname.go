package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// accountLabel returns the name of an account in the form in which it is kept: one line.
func accountLabel(text string) string { return strings.Trim(clip(text, maxLabel), "“”\"' ") }

// labelTaken reports whether another account than the one of that ID has the name already; names
// that differ in case alone are the same to people.
func labelTaken(all []account.Account, label string, but account.ID) bool {
	return slices.ContainsFunc(all, func(acct account.Account) bool {
		return acct.ID != but && strings.EqualFold(acct.Label, label)
	})
}

// newLabel names an account that is added: as was asked for, or else by the first number that is
// free.
func (c *Commands) newLabel(a *ask, all []account.Account) (string, error) {
	if label := accountLabel(a.arg("label")); label != "" {
		if labelTaken(all, label, "") {
			return "", c.wrong("account.taken", "Label", label).
				with(chat.Button(a.S("button.add_account"), "key", chat.Args{"do": "add"}))
		}
		return label, nil
	}
	label := a.S("key.main")
	for n := len(all) + 1; len(all) > 0 && (n == len(all)+1 || labelTaken(all, label, "")); n++ {
		label = a.S("key.another", "Number", n)
	}
	return label, nil
}

// renameKey gives an account another name.
func (c *Commands) renameKey(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.named(ctx, a, a.arg("account"))
	if err != nil {
		return nil, err
	}
	label := accountLabel(a.arg("label"))
	again := chat.Button(a.S("button.try_again"), "key", chat.Args{"do": "rename", "account": string(acct.ID)})
	if label == "" {
		return nil, c.wrong("account.no_name").with(again)
	}
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	if labelTaken(all, label, acct.ID) {
		return nil, c.wrong("account.taken", "Label", label).with(again)
	}
	err = c.Books.Update(ctx, acct.ID, func(l *rental.Ledger) error {
		if err := l.OwnedBy(a.User); err != nil {
			return err
		}
		l.Account.Label = label
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.showKeys(ctx, a)
}

// completeAccount suggests the asker's accounts by their names.
func (c *Commands) completeAccount(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	all, err := c.Accounts.Accounts(ctx, req.User)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(accountChoices(all), func(ch chat.Choice) bool { return !matches(ch.Label, typed) }), nil
}

// accountChoices offers accounts: "Main · …k3F9".
func accountChoices(all []account.Account) []chat.Choice {
	var out []chat.Choice
	for _, acct := range all {
		out = append(out, chat.Choice{Label: join(clip(acct.Label, maxLabel), tail(acct)), Value: string(acct.ID)})
	}
	return out
}
