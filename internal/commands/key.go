package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/secret"
)

// maxAccounts bounds what one user can make the bot poll.
const maxAccounts = 5

func (c *Commands) keyFamily() []*chat.Command {
	do := c.param("do", "param.key.do")
	do.Choices = c.choices("status", "choice.status", "add", "choice.add", "test", "choice.test",
		"use", "choice.use", "rename", "choice.rename",
		"remove", "choice.remove", "delete", "choice.delete")
	// Whoever types the key itself in this place must not have it echoed as a wrong choice.
	do.Parse = func(value string) (string, error) {
		if slices.Contains(values(do.Choices), value) {
			return value, nil
		}
		return "", c.wrong("key.typed")
	}
	key := chat.Param{
		Name: "key", Summary: c.menu.S("param.key.key"), Secret: true,
		RequiredIf: func(args chat.Args) bool { return args["do"] == "add" },
	}
	which := c.param("account", "param.key.account")
	which.RequiredIf = func(args chat.Args) bool { return args["do"] == "rename" || args["do"] == "remove" }
	which.Complete = c.completeAccount
	label := c.param("label", "param.key.label")
	label.RequiredIf = func(args chat.Args) bool { return args["do"] == "rename" }
	cmd := c.command("key", "cmd.key", c.key, do, which, label, key)
	cmd.Aliases = []string{"accounts"}
	cmd.Examples = []string{"/key add", "/key", "/key test", `/key rename Main "My rig"`, "/key remove Main", "/key delete"}
	return []*chat.Command{cmd, c.hidden("forget", c.askForget)}
}

func (c *Commands) key(ctx context.Context, a *ask) (chat.Response, error) {
	if do := a.arg("do"); do == "use" || do == "remove" || do == "test" { // none of these takes a new name
		whole := strings.TrimSpace(a.arg("account") + " " + a.arg("label")) // "Account 2" without quotes
		a.Args = a.Args.With("account", whole).With("label", "")
	}
	switch a.arg("do") {
	case "add":
		return c.addKey(ctx, a)
	case "test":
		return c.testKey(ctx, a)
	case "use":
		return c.useKey(ctx, a)
	case "rename":
		return c.renameKey(ctx, a)
	case "remove":
		return c.askRemove(ctx, a)
	case "delete":
		if a.arg("account") != "" { // not everything
			return c.askRemove(ctx, a)
		}
		return c.askForget(ctx, a)
	default:
		return c.showKeys(ctx, a)
	}
}

func (c *Commands) showKeys(ctx context.Context, a *ask) (chat.Response, error) {
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errNoKey
	}
	active, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "key", Title: a.S("key.title"), Footer: a.S("key.footer")}
	var use []chat.Control
	for _, acct := range all {
		v.Fields = append(v.Fields, chat.Field{Name: acct.Label, Value: keyLine(a, acct, acct.ID == active.ID)})
		if acct.ID != active.ID {
			use = append(use, chat.Button(
				a.S("button.use_account", "Label", acct.Label), "key", chat.Args{"do": "use", "account": string(acct.ID)}))
		}
	}
	v.Rows = append(append(rows(use, 2), accountMenus(a, all)...), []chat.Control{
		chat.Button(a.S("button.test"), "key", chat.Args{"do": "test"}),
		replaceKey(a, active),
		chat.Button(a.S("button.add_account"), "key", chat.Args{"do": "add"}),
		chat.Button(a.S("button.delete_all"), "key", chat.Args{"do": "delete"}).Styled(chat.Danger),
	})
	return a.show(v)
}

// accountMenus change one of the accounts: buttons while there is one, a menu for each otherwise.
func accountMenus(a *ask, all []account.Account) [][]chat.Control {
	rename := chat.Button(a.S("button.rename"), "key", chat.Args{"do": "rename"})
	remove := chat.Button(a.S("button.remove"), "key", chat.Args{"do": "remove"})
	if len(all) == 1 {
		for _, ctl := range []*chat.Control{&rename, &remove} {
			ctl.Action.Args = ctl.Action.Args.With("account", string(all[0].ID))
		}
		return [][]chat.Control{{rename, remove}}
	}
	for _, ctl := range []*chat.Control{&rename, &remove} {
		ctl.Param, ctl.Choices = "account", accountChoices(all)
	}
	return [][]chat.Control{{rename}, {remove}}
}

func replaceKey(a *ask, acct account.Account) chat.Control {
	return chat.Button(a.S("button.replace_key"), "key", chat.Args{"do": "add", "account": string(acct.ID)})
}

func keyLine(a *ask, acct account.Account, active bool) chat.Text {
	switch {
	case !acct.Rejected.IsZero():
		return a.T("key.line.rejected", "Key", chat.C(tail(acct)), "At", acct.Rejected)
	case active:
		return a.T("key.line.active", "Key", chat.C(tail(acct)), "At", acct.Added)
	default:
		return a.T("key.line", "Key", chat.C(tail(acct)), "At", acct.Added)
	}
}

func (c *Commands) addKey(ctx context.Context, a *ask) (chat.Response, error) {
	key := secret.New(strings.TrimSpace(a.arg("key")))
	if !plausible(key.Reveal()) {
		return nil, c.wrong("key.malformed").with(chat.Button(a.S("button.try_again"), "key", chat.Args{"do": "add"}))
	}
	acct, known, err := c.slot(ctx, a, key)
	if err != nil {
		return nil, err
	}
	wallets, orders, err := c.Check(ctx, key)
	if clore.IsCode(err, clore.CodeKey) {
		return nil, c.wrong("key.refused").with(chat.Button(a.S("button.try_again"), "key", chat.Args{"do": "add"}))
	}
	if err != nil {
		return nil, err
	}
	if known {
		if err := c.replaceable(ctx, a, acct, key, orders); err != nil {
			return nil, err
		}
	}
	if err := c.Accounts.SaveAccount(ctx, acct, key); err != nil {
		return nil, err
	}
	if err := c.inheritLimits(ctx, a); err != nil {
		return nil, err
	}
	c.Watch(acct.ID)
	return a.show(keySaved(a, acct, wallets, len(orders)))
}

// plausible reports whether a text could be a key of Clore; the known ones have 32 letters and
// digits.
func plausible(key string) bool {
	if len(key) < 16 || len(key) > 128 {
		return false
	}
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// slot returns the account that a key goes to and whether it is known: one that has this very
// key, the one to be replaced, or a new one.
func (c *Commands) slot(ctx context.Context, a *ask, key secret.Text) (acct account.Account, known bool, err error) {
	all, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return account.Account{}, false, err
	}
	at := slices.IndexFunc(all, func(acct account.Account) bool {
		return acct.Tail == key.Tail() && c.holds(ctx, acct.ID, key)
	})
	if at < 0 {
		at = slices.IndexFunc(all, func(acct account.Account) bool { return string(acct.ID) == a.arg("account") })
	}
	if at >= 0 {
		acct = all[at]
		acct.Tail, acct.Rejected = key.Tail(), time.Time{}
		return acct, true, nil
	}
	if len(all) >= maxAccounts {
		return account.Account{}, false, c.wrong("key.too_many", "Max", maxAccounts)
	}
	label, err := c.newLabel(a, all)
	if err != nil {
		return account.Account{}, false, err
	}
	return account.Account{
		ID: account.ID(c.NewID()), User: a.User, Label: label, Tail: key.Tail(), Added: a.now,
	}, false, nil
}

func keySaved(a *ask, acct account.Account, wallets []clore.Wallet, orders int) chat.View {
	v := chat.View{
		Topic: "key-saved", Tone: chat.Good,
		Title: a.S("key.saved.title", "Key", tail(acct)),
		Body:  a.T("key.saved.body", "Orders", a.N("count.orders", orders)),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.market"), "market", nil).Styled(chat.Good),
			chat.Button(a.S("button.wallet"), "wallet", nil),
			chat.Button(a.S("button.limits"), "limits", nil),
			chat.Button(a.S("button.settings"), "settings", nil),
		}},
	}
	for _, w := range wallets {
		v.Fields = append(v.Fields, chat.Field{
			Name: w.Balance.Currency.Symbol(), Value: chat.Text{chat.P(a.Coins(w.Balance.Amount, w.Balance.Currency))},
		})
	}
	return v
}

func (c *Commands) testKey(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.named(ctx, a, a.arg("account"))
	if err != nil {
		return nil, err
	}
	if _, err := c.wallets(ctx, acct.ID); err != nil {
		return nil, err
	}
	if err := c.reinstate(ctx, acct); err != nil {
		return nil, err
	}
	return a.say(a.S("key.works", "Key", tail(acct)))
}

func (c *Commands) useKey(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.named(ctx, a, a.arg("account"))
	if err != nil {
		return nil, err
	}
	err = c.Profiles.UpdateProfile(ctx, a.User, func(p *account.Profile) error {
		p.Active = acct.ID
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.profile.Active = acct.ID
	return c.showKeys(ctx, a)
}
