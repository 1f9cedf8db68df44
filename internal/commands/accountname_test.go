package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestRenameAccount gives an account another name, which is shown wherever it is named.
func TestRenameAccount(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	for _, line := range []string{
		`/key rename Main "My  big\n rig"`, `/key rename acct-1 "My big rig"`, `/key rename …k3F9 "My big rig"`,
		`/accounts rename "my big rig" "My big rig"`, // the same name is no other account's
	} {
		line = strings.ReplaceAll(line, `\n`, "\n")
		if v := w.says(line); v.Topic != "key" || !strings.HasPrefix(dump(v), "<key>\n# Your Clore accounts\nMy big rig: ") {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	for _, show := range []string{"/orders", "/order 1939941", "/rent #88412"} {
		if v := dump(w.says(show)); !strings.Contains(v, "account My big rig") || strings.Contains(v, "Main") {
			t.Errorf("%s: %s", show, v)
		}
	}
	if v := dump(w.says("/wallet")); !strings.Contains(v, "My big rig") {
		t.Error(v)
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	long := strings.Repeat("x", 300)
	for line, want := range map[string]string{
		`/key rename Main second`: "is named", `/key rename Main "“”"`: "needs a name",
		`/key rename third x`: "not among yours", `/key rename acct-9 x`: "not among yours",
	} {
		if v := w.says(line); v.Topic != "error" || !strings.Contains(dump(v), want) {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	if label := w.mem.ledgers["acct-1"].Account.Label; label != "Main" {
		t.Errorf("renamed to %q", label)
	}
	w.says("/key rename Main " + long)
	if label := w.mem.ledgers["acct-1"].Account.Label; len([]rune(label)) != 33 {
		t.Errorf("renamed to %q", label)
	}
	v := w.view(w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": otherKey, "label": "SECOND"})))
	if v.Topic != "error" || len(w.mem.order) != 2 {
		t.Errorf("two accounts of one name: %s", dump(v))
	}
}

// TestAccountsOfOthersAreNotRenamed presses a button with the account of somebody else.
func TestAccountsOfOthersAreNotRenamed(t *testing.T) {
	w := newWorld(t).withKey()
	w.mem.grants = append(w.mem.grants, letIn(eve))
	for _, args := range []chat.Args{{"do": "rename", "account": "acct-1", "label": "x"}, {"do": "use", "account": "acct-1"}} {
		if v := w.view(w.dispatch(w.request(eve, chat.Pressed, "key", args))); v.Topic != "error" {
			t.Error(dump(v))
		}
	}
	if label := w.mem.ledgers["acct-1"].Account.Label; label != "Main" {
		t.Errorf("renamed to %q", label)
	}
}

// TestNumbersOfAccountsAreFree names a third account when the second had been named by hand.
func TestNumbersOfAccountsAreFree(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	w.says(`/key rename Second "Account 3"`)
	w.dispatch(w.request(ana, chat.Filled, "key", chat.Args{"do": "add", "key": otherKey}))
	if len(w.mem.order) != 3 || w.mem.ledgers[w.mem.order[2]].Account.Label != "Account 4" {
		t.Errorf("%+v", w.mem.ledgers)
	}
}

func TestAccountsAreSuggested(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	got := w.c.Complete(t.Context(), w.request(ana, chat.Typed, "key", nil), "account", "seco")
	if len(got) != 1 || got[0] != (chat.Choice{Label: "Second · …9999", Value: "acct-2"}) {
		t.Errorf("suggested: %v", got)
	}
}

func letIn(u chat.User) account.Grant {
	return account.Grant{Platform: u.Platform, User: u.ID, Role: account.Member}
}

// TestNamesOfSeveralWords: the bot calls a second account "Account 2", so that is what people write.
func TestNamesOfSeveralWords(t *testing.T) {
	w := newWorld(t).withKey().withSecond()
	if v := w.says(`/key rename acct-1 "Account 2"`); v.Topic == "error" {
		t.Fatal(dump(v))
	}
	for _, line := range []string{"/key use Account 2", `/key use "Account 2"`, "/key test Account 2"} {
		if v := w.says(line); v.Topic == "error" {
			t.Errorf("%s\n%s", line, dump(v))
		}
	}
	if v := w.says("/key use Account 3"); v.Topic != "error" {
		t.Error(dump(v))
	}
}
