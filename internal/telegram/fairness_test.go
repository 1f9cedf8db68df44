package telegram_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// limit has messages to some chats be refused for half an hour.
func (r *rig) limit(chats ...string) {
	r.api.Fail(func(m string, form map[string]string) *telegramtest.Fault {
		for _, c := range chats {
			if m == "sendMessage" && form["chat_id"] == c {
				return &telegramtest.Fault{Code: 429, Text: "retry after 1800", RetryAfter: 1800}
			}
		}
		return nil
	})
}

// TestThreeCannotSilenceTheBot has three people flood their own chats.
func TestThreeCannotSilenceTheBot(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.limit("661", "662", "663")
		r.run()
		for user := int64(661); user <= 663; user++ {
			r.api.Write(user, user, "/ping")
		}
		wait(time.Second)
		r.api.Write(me, me, "/ping hello")
		wait(11 * time.Second)
		if r.last(me).Text != "pong hello" {
			t.Errorf("got %q", r.last(me).Text)
		}
		if _, err := r.front.Send(t.Context(), person(8), chat.View{Title: "ready"}); err != nil {
			t.Errorf("an alert: %v", err)
		}
		r.limit()
	})
}

// TestOneCannotHoldUpAGroup has a member's private chat be closed to the bot for now.
func TestOneCannotHoldUpAGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.api.Fail(func(m string, form map[string]string) *telegramtest.Fault {
			if m == "sendMessage" && form["chat_id"] == "666" {
				return &telegramtest.Fault{Code: 403, Text: "bot can't send messages to the user"}
			}
			return nil
		})
		r.run()
		r.api.Write(666, group, "/mine")
		r.api.Write(666, group, "/mine")
		r.api.Write(me, group, "/ping hello")
		wait(15 * time.Second)
		if r.with(group, "pong hello") != 1 || r.with(group, telegram.English().NotStarted) != 2 {
			t.Errorf("got %v", r.ours(group))
		}
	})
}

// TestPaceAfterRestart has the bot be restarted while it tells groups much.
func TestPaceAfterRestart(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		published(r)
		r.run()
		wait(5 * time.Minute)
		sent := make(chan int)
		burst := func() {
			for g := range 4 {
				go func() {
					n := 0
					for range 15 {
						ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
						_, err := r.front.Send(ctx, chat.Address{Platform: chat.Telegram, ChatID: fmt.Sprint(-100 - g)}, chat.View{Title: "alert"})
						cancel()
						if err == nil {
							n++
						}
					}
					sent <- n
				}()
			}
			for range 4 {
				if n := <-sent; n != 15 {
					t.Errorf("%d of 15 alerts were sent", n)
				}
			}
		}
		burst()
		r.restart()
		wait(time.Second)
		r.api.Write(me, -100, "/ping") // somebody waits
		wait(2 * time.Second)
		if r.last(-100).Text != "pong" {
			t.Errorf("got %q", r.last(-100).Text)
		}
		burst()
		if n := r.api.Refused(); n > 0 {
			t.Errorf("%d were refused", n)
		}
	})
}
