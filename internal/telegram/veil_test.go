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
