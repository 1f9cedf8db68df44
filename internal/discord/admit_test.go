package discord_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// TestStrangersAreAskedNothing: no form, no menu and no hint about what was typed wrongly.
func TestStrangersAreAskedNothing(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := &chattest.Door{Dispatcher: chattest.NewDispatcher(commands()...), Guest: me}
		h := startWith(t, d, nil)
		stranger := place{channel: "77", user: "8"}
		for _, line := range []string{"/ask", "/ask take:3s", "/gpu count:0", "/wait"} {
			i := h.fake.command(stranger, line)
			time.Sleep(3 * time.Second)
			synctest.Wait()
			if i.answered != 4 || !strings.Contains(i.original.Content, "private") {
				t.Errorf("%s: answer %d, %+v", line, i.answered, i.original)
			}
		}
		i := h.fake.command(h.home(), "/ask")
		synctest.Wait()
		if i.answered != 9 {
			t.Errorf("a guest got answer %d", i.answered)
		}
	})
}

// TestAnswersAreSharedWhenAsked: otherwise the asker alone sees them, where others could.
func TestAnswersAreSharedWhenAsked(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		public := place{channel: group, guild: guild, user: me}
		for line, owner := range map[string]string{
			"/wait": me, "/wait share:false": me, "/wait share:true": "", "/mine share:true": me,
			"/wait take:4s": me, "/wait take:4s share:true": "",
		} {
			i := h.fake.command(public, line)
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if i.original == nil || i.original.Owner != owner {
				t.Errorf("%s: %+v", line, i.original)
			}
		}
	})
}

// TestSharingIsExplained: in the language of the client.
func TestSharingIsExplained(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), func(_ *fake, o *discord.Options) {
		o.Languages, o.Menu = []string{"de"}, func(string) []*chat.Command { return nil }
		o.Phrases = func(locale string) discord.Phrases {
			if strings.HasPrefix(locale, "de") {
				return discord.Phrases{Share: "Allen zeigen"}
			}
			return discord.English()
		}
	})
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	for _, c := range h.fake.commands {
		last := option{}
		if n := len(c.Options); n > 0 {
			last = c.Options[n-1]
		}
		if shares := last.Name == "share"; shares != (c.Name != "mine" && c.Name != "table") {
			t.Errorf("/%s can be shared: %v", c.Name, shares)
		} else if shares && last.Descriptions["de"] != "Allen zeigen" {
			t.Errorf("described as %v", last.Descriptions)
		}
	}
}
