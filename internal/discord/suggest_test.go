package discord_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestWhatIsSuggestedIsAMenu: for a value that misses and can be suggested, with a way to type it.
func TestWhatIsSuggestedIsAMenu(t *testing.T) {
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	var orders []chat.Choice
	order := &chat.Command{
		Name: "order", Summary: "A rental", Params: []chat.Param{
			{Name: "order", Summary: "which one", Required: true, Complete: func(context.Context, *chat.Request, string) ([]chat.Choice, error) {
				return orders, nil
			}},
			{Name: "more", Summary: "what more", RequiredIf: func(a chat.Args) bool { return a["order"] == "3" }},
		},
		Run: func(_ context.Context, r *chat.Request) (chat.Response, error) {
			return chat.Reply{View: chat.View{Title: "rental " + r.Args["order"] + r.Args["more"]}}, nil
		},
	}
	synctest.Test(t, func(t *testing.T) {
		h := startWith(t, chattest.NewDispatcher(order), nil)
		if i := h.fake.command(h.home(), "/order"); i != nil {
			synctest.Wait()
			if i.answered != 9 {
				t.Errorf("nothing to suggest: answer %d", i.answered)
			}
			h.Abandon()
		}
		orders = []chat.Choice{{Label: "1939941 · RTX 4090 · lora-run", Value: "1939941"}, {Label: "third", Value: "3"}}
		h.TypeInGroup("/order")
		synctest.Wait()
		if m := h.fake.find(""); m == nil || m.Owner != me {
			t.Fatalf("asked: %+v", m)
		}
		here := place{channel: group, guild: guild, user: me}
		h.fake.press(here, "1939941 · RTX 4090 · lora-run")
		synctest.Wait()
		if h.fake.find("rental 1939941") == nil {
			t.Error("the choice is not taken")
		}
		h.Type("/order")
		synctest.Wait()
		h.Press("third")
		synctest.Wait()
		h.Answer("x")
		synctest.Wait()
		if h.fake.find("rental 3x") == nil {
			t.Error("no question follows the choice")
		}
		h.Type("/order")
		synctest.Wait()
		h.Press("Something else…")
		synctest.Wait()
		h.Answer("77")
		synctest.Wait()
		if h.fake.find("rental 77") == nil {
			t.Error("what is typed is not taken")
		}
	})
}
