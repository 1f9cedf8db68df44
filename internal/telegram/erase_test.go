package telegram_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// failing has the first calls of deleteMessage fail.
func (r *rig) failing(times int32, f telegramtest.Fault) {
	var n atomic.Int32
	r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
		if method == "deleteMessage" && n.Add(1) <= times {
			return &f
		}
		return nil
	})
}

// TestDeletionIsRepeated has a key pasted, and given as it was asked for, while deletions fail.
func TestDeletionIsRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		fault telegramtest.Fault
		times int32
		gone  time.Duration // after it
		told  string
	}{
		"busy":         {telegramtest.Fault{Code: 429, Text: "retry after 2", RetryAfter: 2}, 1, 4 * time.Second, "I deleted"},
		"busy longer":  {telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600}, 1, 11 * time.Minute, "I could not delete"},
		"proxy":        {telegramtest.Fault{Code: 502, Raw: "<html>"}, 2, 5 * time.Second, "I deleted"},
		"network":      {telegramtest.Fault{Broken: context.DeadlineExceeded}, 1, 4 * time.Second, "I deleted"},
		"answer lost":  {telegramtest.Fault{Broken: context.DeadlineExceeded, After: true}, 1, 4 * time.Second, "I deleted"},
		"down a while": {telegramtest.Fault{Code: 500, Text: "Internal"}, 20, 15 * time.Minute, "I could not delete"},
		"blocked":      {telegramtest.Fault{Code: 403, Text: "bot was blocked by the user"}, 3, 2 * time.Hour, "I could not delete"},
		"final":        {telegramtest.Fault{Code: 400, Text: "message can't be deleted"}, 1, -1, "I could not delete"},
	} {
		for way, write := range map[string]func(*rig){
			"pasted": func(r *rig) { r.api.Write(me, me, key) },
			"asked": func(r *rig) {
				r.api.Write(me, me, "/key add")
				wait(time.Second)
				r.api.Write(me, me, chattest.Canary)
			},
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
					r.failing(c.times, c.fault)
					r.run()
					wait(time.Second)
					write(r)
					wait(max(c.gone, time.Minute))
					if r.gone(me, "CANARY") != (c.gone > 0) {
						t.Errorf("deleted %v after %d calls", c.gone < 0, r.api.Calls("deleteMessage"))
					}
					if given := r.api.Given(); strings.Count(given, c.told) != 1 || strings.Count(given, "your message") != 1 {
						t.Errorf("told: %s", given)
					}
				})
			})
		}
	}
}

func TestDeletionGoesOnAfterARestart(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.failing(1, telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600})
		r.run()
		r.api.Write(me, me, key)
		wait(time.Minute)
		if r.gone(me, key) {
			t.Fatal("it was deleted before")
		}
		r.restart()
		wait(time.Minute)
		if !r.gone(me, key) {
			t.Error("it stays")
		}
		if r.restart(); r.api.Calls("deleteMessage") != 2 {
			t.Errorf("%d calls", r.api.Calls("deleteMessage"))
		}
	})
}

// TestDeletionIsNotBehindTheLane pastes keys while the chat's answers are held up.
func TestDeletionIsNotBehindTheLane(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method == "sendMessage" && r.api.Calls("sendMessage") == 1 {
				return &telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600}
			}
			return nil
		})
		r.run()
		for _, chatID := range []int64{me, group} {
			r.api.Write(me, chatID, "/ping")
			r.api.Write(me, chatID, key)
			r.api.Write(me, chatID, "/kei@"+telegramtest.Name+" add "+chattest.Canary)
		}
		wait(time.Second)
		if !r.gone(me, "CANARY") || !r.gone(group, "CANARY") || r.api.Calls("deleteMessage") != 4 {
			t.Errorf("%d calls", r.api.Calls("deleteMessage"))
		}
		wait(20 * time.Minute)
		if n := strings.Count(r.api.Given(), "I deleted"); n != 4 || r.api.Calls("deleteMessage") != 4 {
			t.Errorf("told %d times", n)
		}
		if len(d.Of("key")) != 0 {
			t.Error("it ran")
		}
	})
}

// TestAnswerThatIsErasedInVain leaves a question for a secret while the lane waits, and answers it.
func TestAnswerThatIsErasedInVain(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/key add")
		wait(time.Second)
		r.api.Latency = func(method string) time.Duration {
			if method == "sendMessage" {
				return time.Second
			}
			return 0
		}
		r.api.Write(me, me, "/cancel")
		r.api.Write(me, me, chattest.Canary)
		wait(10 * time.Second)
		if !r.gone(me, chattest.Canary) || !strings.Contains(r.api.Given(), "I deleted") || len(d.Of("key")) != 0 {
			t.Errorf("given %s", r.api.Given())
		}
	})
}
