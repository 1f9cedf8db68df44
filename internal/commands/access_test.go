package commands_test

import (
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/secret"
)

func TestAccess(t *testing.T) {
	user := account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member}
	group := account.Grant{Platform: chat.Telegram, Space: "g1", Role: account.Member}
	mark := account.Grant{Platform: chat.Telegram, User: eve.ID, Space: "g1", Role: account.Member}
	other := account.Grant{Platform: chat.Discord, User: eve.ID, Role: account.Owner}
	for _, c := range []struct {
		name   string
		grants []account.Grant
		space  string // "" in private
		want   bool
	}{
		{"nobody knows her", nil, "", false},
		{"she was let in", []account.Grant{user}, "", true},
		{"also in a group", []account.Grant{user}, "g2", true},
		{"her group was let in", []account.Grant{group}, "g1", true},
		{"another group was", []account.Grant{group}, "g2", false},
		{"in private she is not of a group", []account.Grant{group}, "", false},
		{"unless she was seen there", []account.Grant{group, mark}, "", true},
		{"which is worth nothing without the group", []account.Grant{mark}, "", false},
		{"nor in another group", []account.Grant{mark}, "g1", false},
		{"the same number elsewhere is somebody else", []account.Grant{other}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.mem.grants, w.group, w.space = c.grants, c.space != "", c.space
			got := w.view(w.sends(eve, "/help")).Topic != "refused"
			if got != c.want {
				t.Errorf("let in: %v, want %v", got, c.want)
			}
		})
	}
}

func TestGroupMembersKeepTheirButtons(t *testing.T) {
	w := newWorld(t)
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, Space: "g1", Role: account.Member})
	w.group, w.space = true, "g1"
	w.view(w.sends(eve, "/help"))
	w.group = false
	if v := w.view(w.sends(eve, "/help")); v.Topic == "refused" {
		t.Error("she was of the group a moment ago")
	}
	w.says("/access revoke group:g1")
	if v := w.view(w.sends(eve, "/help")); v.Topic != "refused" {
		t.Error("the group's right was taken away")
	}
}

func TestStrangersHearOneRefusalAnHour(t *testing.T) {
	w := newWorld(t)
	golden(t, "refused", w.view(w.sends(eve, "/wallet")))
	for _, line := range []string{"/wallet", "/access", "/market"} {
		if resp := w.sends(eve, line); resp != (chat.Notice{}) {
			t.Errorf("%s: %v", line, resp)
		}
	}
	if got := w.c.Complete(t.Context(), w.request(eve, chat.Typed, "market", nil), "gpu", ""); got != nil {
		t.Errorf("completed %v for a stranger", got)
	}
	if w.c.Admits(t.Context(), w.request(eve, chat.Typed, "key", nil)) {
		t.Error("she would be asked for her key")
	}
	w.now = w.now.Add(time.Hour)
	if v := w.view(w.sends(eve, "/wallet")); v.Topic != "refused" {
		t.Errorf("after an hour: %q", v.Topic)
	}
	if len(w.mem.woken) != 0 {
		t.Error("a stranger woke an address")
	}
}

func TestOwners(t *testing.T) {
	w := newWorld(t)
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	if v := w.view(w.sends(eve, "/access")); v.Topic != "error" {
		t.Errorf("a member sees who is let in: %s", dump(v))
	}
	for _, line := range []string{"/access revoke user:1001", "/access allow x:y:z:w", "/access allow here", "/access revoke user:5", "/access allow user:abc", "/access allow group:x"} {
		if v := w.says(line); v.Topic != "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	w.group, w.space = true, "g9"
	w.says("/access allow here")
	if !slices.ContainsFunc(w.mem.grants, func(g account.Grant) bool { return g.Space == "g9" && g.User == "" }) {
		t.Error("this group was not let in")
	}
}

func TestLocalPlatformsAreOwners(t *testing.T) {
	w := newWorld(t, func(o *commands.Options) { o.Local = map[chat.Platform]bool{chat.Terminal: true} })
	you := chat.User{Platform: chat.Terminal, ID: "you"}
	if v := w.view(w.sends(you, "/access")); v.Topic != "access" {
		t.Errorf("the operator is refused: %s", dump(v))
	}
	if v := w.view(w.sends(you, "/access allow user:abc")); v.Topic != "error" {
		t.Errorf("there is nobody else at a terminal: %s", dump(v))
	}
	if v := w.view(w.sends(you, "/access allow telegram:user:5")); v.Topic != "access" {
		t.Errorf("%s", dump(v))
	}
}

func TestClaim(t *testing.T) {
	w := newWorld(t)
	w.mem.grants = nil
	if resp := w.sends(eve, "/help"); w.view(resp).Topic != "refused" {
		t.Error("let in before the claim")
	}
	for range 5 {
		if v := w.view(w.sends(eve, "/claim wrong")); v.Topic != "error" {
			t.Fatalf("claimed with a wrong code")
		}
	}
	late := w.view(w.sends(eve, "/claim CLAIM-CODE"))
	golden(t, "claim", late, w.view(w.sends(ana, "/claim CLAIM-CODE")))
	if resp := w.sends(eve, "/claim CLAIM-CODE"); resp != (chat.Notice{}) {
		t.Errorf("claimed twice: %v", resp)
	}
	if v := w.says("/claim CLAIM-CODE"); v.Topic != "error" {
		t.Error(dump(v))
	}
	if len(w.mem.grants) != 1 || w.mem.grants[0].User != ana.ID || w.mem.grants[0].Role != account.Owner {
		t.Errorf("grants: %v", w.mem.grants)
	}
}

func TestNoClaimWithoutACode(t *testing.T) {
	w := newWorld(t, func(o *commands.Options) { o.Claim = secret.Text{} })
	w.mem.grants = nil
	w.dispatch(w.request(eve, chat.Typed, "claim", chat.Args{"code": " "}))
	w.dispatch(w.request(eve, chat.Typed, "claim", chat.Args{"code": "x"}))
	if len(w.mem.grants) != 0 {
		t.Error("claimed without a code")
	}
}
