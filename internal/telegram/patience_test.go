package telegram_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

func TestAnswerSurvivesALongOutage(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"cut":     {Broken: errors.New("network unreachable")},
		"limited": {Code: 429, Text: "retry after 600", RetryAfter: 600},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				end := time.Now().Add(10 * time.Minute)
				r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
					if method == "sendMessage" && time.Now().Before(end) {
						return &fault
					}
					return nil
				})
				r.run()
				r.api.Write(me, me, "/ping one")
				wait(5 * time.Minute)
				if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 1 {
					t.Errorf("%d wait in the inbox", len(waiting))
				}
				wait(10 * time.Minute)
				if r.last(me).Text != "pong one" || len(d.Of("ping")) != 1 {
					t.Errorf("got %q, ran %d times", r.last(me).Text, len(d.Of("ping")))
				}
			})
		})
	}
}

func TestLongPauseOfOneChatIsItsOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.run()
		r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
			if method != "sendMessage" {
				return nil
			}
			switch form["chat_id"] {
			case "11", "12":
				return &telegramtest.Fault{Code: 429, Text: "retry after 1", RetryAfter: 1}
			case "-13":
				return &telegramtest.Fault{Code: 429, Text: "retry after 3600", RetryAfter: 3600}
			}
			return nil
		})
		for _, to := range []chat.Address{person(11), person(12), {Platform: chat.Telegram, ChatID: "-13"}} {
			_, err := r.front.Send(t.Context(), to, chat.View{Title: "x"})
			kind(t, err, chat.RateLimited)
		}
		r.api.Write(me, me, "/ping one")
		wait(5 * time.Second)
		if !strings.Contains(r.last(me).Text, "pong") {
			t.Error("everybody waits for one group")
		}
	})
}

func TestAlertsLeaveAGroupRoomForAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.run()
		var sent atomic.Int32
		for range 20 {
			go func() {
				_, err := r.front.Send(t.Context(), chat.Address{Platform: chat.Telegram, ChatID: "-1001234"}, chat.View{Title: "x"})
				if err == nil {
					sent.Add(1)
				}
			}()
		}
		wait(30 * time.Second)
		if sent.Load() != 15 {
			t.Errorf("%d alerts in half a minute", sent.Load())
		}
		r.api.Write(me, group, "/ping one")
		wait(2 * time.Second)
		if m := r.last(group); m.Text != "pong one" {
			t.Errorf("got %q", m.Text)
		}
		wait(2 * time.Minute)
		if sent.Load() != 20 || r.api.Refused() != 0 {
			t.Errorf("%d alerts, %d refused", sent.Load(), r.api.Refused())
		}
	})
}

func TestBusyGroupLosesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		published(r)
		r.run()
		wait(time.Second)
		for i := range 120 { // of 30 people within a minute: six minutes' worth
			r.api.Write(int64(100+i%30), group, "/ping")
			time.Sleep(500 * time.Millisecond)
		}
		wait(10 * time.Minute)
		if n := len(d.Of("ping")); n != 120 || r.api.Refused() != 0 {
			t.Errorf("%d of 120 commands ran, %d refused", n, r.api.Refused())
		}
	})
}

func TestAFullLaneSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d)
		r.run()
		r.api.Write(me, me, "/hold")
		wait(time.Second)
		for range 64 {
			r.api.Write(me, me, "/ping")
		}
		wait(time.Second)
		r.restart()
		close(held)
		wait(time.Minute)
		if n := len(d.Of("ping")); n != 64 {
			t.Errorf("%d of 64 ran", n)
		}
		_ = r.Stop()
	})
}

func TestQuestionInAGroupIsToWhoeverAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		close(held)
		d := chattest.NewDispatcher(append(commands(nil), buying(held))...)
		r := newRig(t, d)
		r.run()
		wait(time.Second)
		var forced []string
		r.api.Fail(func(_ string, form map[string]string) *telegramtest.Fault {
			if strings.Contains(form["reply_markup"], "force_reply") {
				forced = append(forced, fmt.Sprint(strings.Contains(form["text"], `<a href="tg://user?id=7">N</a>: `),
					strings.Contains(form["reply_markup"], `"selective":true`), strings.Contains(form["reply_parameters"], `"allow_sending_without_reply":true`)))
			}
			return nil
		})
		r.api.Write(me, group, "/ping")
		wait(time.Second)
		r.api.PressData(me, group, "buy") // no message of the person's
		wait(time.Second)
		r.api.Write(me, group, "4090", r.toBot(group))
		wait(time.Second)
		if want := []string{"true true false", "false true true"}; !slices.Equal(forced, want) {
			t.Errorf("got %q", forced)
		}
		_ = r.Stop()
	})
}
