package telegram_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

func TestLostAnswerLeavesNoSecretInSight(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		lost := map[string]bool{}
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method == "sendMessage" || method == "editMessageText" {
				if !lost[method] {
					lost[method] = true
					return &telegramtest.Fault{Broken: errors.New("connection reset by peer"), After: true}
				}
			}
			return nil
		})
		r.run()
		r.api.Write(me, me, "/login")
		wait(5 * time.Second)
		if r.gone(me, chattest.Canary) {
			t.Error("the secret was not shown")
		}
		wait(time.Hour)
		if !r.gone(me, chattest.Canary) {
			t.Error("the secret is still in sight")
		}
	})
}

// TestShownAgainWhileItIsHidden presses a button for the same secret in the moment in which the
// message is veiled over a slow network.
func TestShownAgainWhileItIsHidden(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/login")
		wait(time.Second)
		id := r.last(me).ID
		var slow atomic.Bool
		r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
			if method == "editMessageText" && strings.Contains(form["text"], "hidden again") && slow.CompareAndSwap(false, true) {
				time.Sleep(2 * time.Second)
				return &telegramtest.Fault{Code: 400, Text: "message can't be edited"}
			}
			return nil
		})
		wait(10*time.Minute - 500*time.Millisecond)
		r.api.PressData(me, me, "login")
		wait(2 * time.Second)
		if m := r.last(me); m.ID != id || !slow.Load() || r.gone(me, chattest.Canary) {
			t.Errorf("got %+v", m)
		}
		wait(time.Hour)
		if !r.gone(me, chattest.Canary) {
			t.Error("the secret is still in sight")
		}
	})
}

func TestSecretWithoutMarkup(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.api.Fail(func(_ string, form map[string]string) *telegramtest.Fault {
			if form["parse_mode"] == "HTML" {
				return &telegramtest.Fault{Code: 400, Text: "can't parse entities: x"}
			}
			return nil
		})
		v := chat.View{Title: "login", Body: chat.Text{chat.Spoiler(chattest.Canary)}}
		if _, err := r.front.Send(t.Context(), person(me), v); err != nil {
			t.Fatal(err)
		}
		if m := r.last(me); strings.Contains(r.api.Given(), ">"+chattest.Canary) == strings.Contains(m.Text, chattest.Canary) || !strings.Contains(m.Text, "(hidden; /orders shows it)") {
			t.Errorf("got %q", m.Text)
		}
		v.Fields = make([]chat.Field, 25)
		for i := range v.Fields {
			v.Fields[i] = chat.Field{Name: "f", Value: chat.Text{chat.A("x", "https://clore.ai/"+strings.Repeat("&", 400))}}
		}
		r.api.Fail(nil)
		if _, err := r.front.Send(t.Context(), person(me), v); err != nil {
			t.Fatal(err)
		}
		if m := r.last(me); strings.Contains(m.Text, chattest.Canary) {
			t.Errorf("got %q", m.Text)
		}
	})
}

func TestNoSecretIsEditedIntoACard(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		ref, err := r.front.Send(t.Context(), person(me), chat.View{Title: "card"})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []chat.View{{Title: "card", Guarded: true}, {Body: chat.Text{chat.Spoiler(chattest.Canary)}}} {
			kind(t, r.front.Edit(t.Context(), ref, v), chat.Rejected)
		}
		if m := r.last(me); m.Edits != 0 || m.Text != "card" {
			t.Errorf("got %+v", m)
		}
	})
}

// member has the bot let into a private chat or a group, out of which it was.
func (r *rig) member(chatID int64) {
	bot := map[string]any{"id": telegramtest.Bot, "is_bot": true, "first_name": "C"}
	kind := "private"
	if chatID < 0 {
		kind = "supergroup"
	}
	r.api.Push(map[string]any{"my_chat_member": map[string]any{
		"chat": map[string]any{"id": chatID, "type": kind}, "date": time.Now().Unix(),
		"from":            map[string]any{"id": me, "is_bot": false, "first_name": "N"},
		"old_chat_member": map[string]any{"status": "kicked", "user": bot, "until_date": 0},
		"new_chat_member": map[string]any{"status": "member", "user": bot},
	}})
}

// TestVeilIsRefused has the hiding of a secret refused, for a while or for good.
func TestVeilIsRefused(t *testing.T) {
	blocked := telegramtest.Fault{Code: 403, Text: "bot was blocked by the user"}
	nothing := func(*rig) {}
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		back  func(*rig)
		after time.Duration
	}{
		"let in again":  {blocked, func(r *rig) { r.member(me) }, 2 * time.Second},
		"writes again":  {blocked, func(r *rig) { r.api.Write(me, me, "/ping") }, 2 * time.Second},
		"unnoticed":     {blocked, nothing, time.Hour},
		"restart":       {blocked, (*rig).restart, time.Minute},
		"server down":   {telegramtest.Fault{Code: 500, Text: "Internal"}, nothing, 2 * time.Minute},
		"can't be done": {telegramtest.Fault{Code: 400, Text: "MESSAGE_ID_INVALID"}, nothing, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
				r.run()
				r.api.Write(me, me, "/login")
				wait(time.Minute)
				r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
					if method == "editMessageText" && strings.Contains(form["text"], "hidden again") {
						return &c.fault
					}
					return nil
				})
				wait(3 * time.Hour)
				r.api.Fail(nil)
				c.back(r)
				wait(c.after)
				if !r.gone(me, chattest.Canary) {
					t.Error("the secret is still in sight")
				}
				if n := r.api.Calls("editMessageText"); n > 200 {
					t.Errorf("tried %d times", n)
				}
			})
		})
	}
}
