package telegram_test

import (
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

const freshGroup = -1009999

// becomesSuper gives the group another ID, as Telegram tells it in both chats.
func becomesSuper(r *rig) {
	r.api.Migrate(group, freshGroup)
	for id, what := range map[int64]map[string]any{
		group: {"migrate_to_chat_id": freshGroup}, freshGroup: {"migrate_from_chat_id": group},
	} {
		m := map[string]any{
			"message_id": 1, "date": time.Now().Unix(), "chat": map[string]any{"id": id, "type": "supergroup", "title": "G"},
			"from": map[string]any{"id": me, "first_name": "N"},
		}
		maps.Copy(m, what)
		r.api.Push(map[string]any{"message": m})
	}
	wait(time.Second)
}

// findsOut gives the group another ID, which the bot learns when it sends an alert.
func findsOut(r *rig) {
	r.api.Migrate(group, freshGroup)
	if _, err := r.front.Send(r.t.Context(), chat.Address{Platform: chat.Telegram, ChatID: "-1001234"}, chat.View{Title: "news"}); err != nil {
		r.t.Error(err)
	}
}

// TestQuestionMovesWithItsGroup has a group become a supergroup while somebody there is asked.
func TestQuestionMovesWithItsGroup(t *testing.T) {
	for name, moves := range map[string]func(*rig){
		"told": becomesSuper, "found out": findsOut,
		"restarted after": func(r *rig) { becomesSuper(r); r.restart(); wait(time.Second) },
		"killed after":    func(r *rig) { becomesSuper(r); r.kill(); wait(time.Second) },
		// The question was not written down anew before the kill.
		"killed within": func(r *rig) {
			prompts := r.store.copied().notes["telegram-prompt"]
			becomesSuper(r)
			left := r.store.copied()
			left.notes["telegram-prompt"] = prompts
			_ = r.Stop()
			r.store = left
			r.make()
			r.run()
			wait(time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				held := make(chan struct{})
				close(held)
				d := chattest.NewDispatcher(append(commands(nil), buying(held))...)
				r := newRig(t, d)
				r.run()
				r.api.Write(me, group, "/buy")
				wait(time.Second)
				reply := r.toBot(group)
				moves(r)
				r.api.Write(me, freshGroup, "4090", reply)
				wait(time.Second)
				m := r.last(freshGroup)
				if !strings.Contains(m.Text, "How much?") {
					t.Fatalf("the answer was not heard: %+v", m)
				}
				r.api.Write(me, freshGroup, "7", r.toBot(freshGroup))
				wait(time.Second)
				got := d.Of("buy")
				if len(got) != 1 || got[0].Args["what"] != "4090" || got[0].Args["much"] != "7" || got[0].Space != "-1009999" {
					t.Errorf("got %+v", got)
				}
				r.restart()
				wait(time.Second)
				r.api.Write(me, freshGroup, "8", r.toBot(freshGroup))
				wait(time.Second)
				if n := len(d.Of("buy")); n != 1 || len(r.store.copied().notes["telegram-prompt"]) != 0 {
					t.Errorf("the question is still open: ran %d times", n)
				}
				_ = r.Stop()
			})
		})
	}
}

// choosing is a question with buttons, and another one behind it.
func choosing() *chat.Command {
	held := make(chan struct{})
	close(held)
	c := buying(held)
	c.Name = "pick"
	c.Params[0].Choices = []chat.Choice{{Label: "4090", Value: "4090"}}
	return c
}

// TestPressFromBeforeTheMove presses a button of a message that stayed in the old group: what it
// leads to comes in the new one, as a new message.
func TestPressFromBeforeTheMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := chattest.NewDispatcher(append(commands(nil), choosing())...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, group, "/ping old")
		r.api.Write(me, group, "/pick")
		wait(time.Second)
		becomesSuper(r)
		r.api.Write(8, freshGroup, "/ping new")
		wait(time.Second)
		edits := r.api.Calls("editMessageText")
		r.api.Press(me, group, "4090")
		r.api.Press(me, group, "Again")
		wait(time.Second)
		all := r.ours(freshGroup)
		if len(all) != 3 || !strings.Contains(all[1].Text, "How much?") || all[2].Text != "pong oldx" || r.api.Calls("editMessageText") != edits {
			t.Errorf("got %v", all)
		}
		for _, m := range all[1:] {
			if m.Reply != 0 {
				t.Errorf("it answers message %d, which is another one there", m.Reply)
			}
		}
		_ = r.Stop()
	})
}

// TestCardsStayBehind edits a message of the old group: its number is that of another message in
// the new one, so that the card has to begin anew there.
func TestCardsStayBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		ref, err := r.front.Send(t.Context(), chat.Address{Platform: chat.Telegram, ChatID: "-1001234"}, chat.View{Title: "card"})
		if err != nil {
			t.Fatal(err)
		}
		r.api.Migrate(group, freshGroup)
		for range 2 { // as it learns of the move, and when it knows
			kind(t, r.front.Edit(t.Context(), ref, chat.View{Title: "changed"}), chat.Rejected)
		}
		fresh, err := r.front.Send(t.Context(), ref.Address, chat.View{Title: "anew"})
		if err != nil || fresh.ChatID != "-1009999" {
			t.Errorf("got %+v, %v", fresh, err)
		}
		if err := r.front.Edit(t.Context(), fresh, chat.View{Title: "changed"}); err != nil {
			t.Error(err)
		}
	})
}

// TestQuestionThatIsGone has the message of a question be deleted: the next one comes anew.
func TestQuestionThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, chattest.NewDispatcher(append(commands(nil), choosing())...))
		r.run()
		r.api.Write(me, me, "/pick")
		wait(time.Second)
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method == "editMessageText" {
				return &telegramtest.Fault{Code: 400, Text: "message to edit not found"}
			}
			return nil
		})
		r.Press("4090")
		wait(time.Second)
		if m := r.last(me); !strings.Contains(m.Text, "How much?") {
			t.Errorf("got %q", m.Text)
		}
		_ = r.Stop()
	})
}
