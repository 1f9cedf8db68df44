package telegram_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// saying is a command with this answer.
func saying(name string, v chat.View) *chat.Command {
	return &chat.Command{Name: name, Summary: name, Run: func(context.Context, *chat.Request) (chat.Response, error) {
		return chat.Reply{View: v}, nil
	}}
}

// limited refuses, for ever, what comes after so many messages.
func limited(r *rig, after int) {
	r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
		if method != "sendMessage" {
			return nil
		}
		if after--; after >= 0 {
			return nil
		}
		return &telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600}
	})
}

// TestAnswerThatIsLimitedAtTheStop has Telegram refuse an answer until the program has ended: the
// next start delivers it, and does not run the command again.
func TestAnswerThatIsLimitedAtTheStop(t *testing.T) {
	long := chat.View{Title: "Long", Body: chat.Text{chat.P(rows(120))}, Rows: [][]chat.Control{{chat.Button("Again", "ping", nil)}}}
	for name, c := range map[string]struct {
		line    string
		arrived int // messages that arrive before
		want    int // all in all
		runs    int
		says    string
	}{
		"short":                   {"/ping one", 0, 1, 1, "pong one"},
		"the second of two":       {"/long", 1, 2, 1, "row 0119"},
		"a secret is shown again": {"/secret", 0, 1, 2, "It is " + chattest.Canary},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := chattest.NewDispatcher(append(commands(nil), saying("long", long), saying("secret", chat.View{
					Guarded: true, Body: chat.Text{chat.P("It is "), chat.Spoiler(chattest.Canary)},
				}))...)
				r := newRig(t, d)
				r.run()
				limited(r, c.arrived)
				r.api.Write(me, me, c.line)
				wait(time.Minute)
				if err := r.Stop(); err != nil {
					t.Error(err)
				}
				if n := len(r.ours(me)); n != c.arrived {
					t.Fatalf("%d messages before the stop", n)
				}
				r.api.Fail(nil)
				r.make()
				r.run()
				wait(time.Minute)
				r.restart() // nothing is left over for another start
				wait(time.Minute)
				all := r.ours(me)
				var text strings.Builder
				for _, m := range all {
					text.WriteString(m.Text + "\n")
				}
				if len(all) != c.want || len(d.Requests()) != c.runs || strings.Count(text.String(), c.says) != 1 {
					t.Errorf("%d messages, ran %d times:\n%s", len(all), len(d.Requests()), text.String())
				}
				if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 0 {
					t.Errorf("%d updates wait still", len(waiting))
				}
				_ = r.Stop()
			})
		})
	}
}

// TestPointerThatIsLimitedAtTheStop has only the message to the group wait for the next start.
func TestPointerThatIsLimitedAtTheStop(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		limited(r, 1)
		r.api.Write(me, group, "/mine")
		wait(time.Minute)
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
		r.api.Fail(nil)
		r.make()
		r.run()
		wait(time.Minute)
		if mine, theirs := len(r.ours(me)), len(r.ours(group)); mine != 1 || theirs != 1 || len(d.Of("mine")) != 1 {
			t.Errorf("%d and %d messages, ran %d times", mine, theirs, len(d.Of("mine")))
		}
	})
}

// slowly is the latency when only sending takes time.
func slowly(d time.Duration) func(string) time.Duration {
	return func(method string) time.Duration {
		if method == "sendMessage" {
			return d
		}
		return 0
	}
}

// TestMessageOnItsWayAtTheStop has a call end between the end of the grace and that of what a call
// may take in addition.
func TestMessageOnItsWayAtTheStop(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.api.Latency = slowly(12 * time.Second)
		r.run()
		wait(time.Second)
		r.api.Write(me, me, "/ping one")
		wait(500 * time.Millisecond)
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
		r.make()
		r.run()
		wait(time.Minute)
		if n := len(r.ours(me)); n != 1 || len(d.Of("ping")) != 1 {
			t.Errorf("%d messages, ran %d times", n, len(d.Of("ping")))
		}
	})
}

// TestAlertAtTheStop ends the context of an alert while it waits for its turn, and while it is on
// its way.
func TestAlertAtTheStop(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		ctx, cancel := context.WithCancel(t.Context())
		r.api.Latency = slowly(2 * time.Second)
		time.AfterFunc(time.Second, cancel)
		if _, err := r.front.Send(ctx, person(me), chat.View{Title: "on its way"}); err != nil || len(r.ours(me)) != 1 {
			t.Errorf("on its way: %v", err)
		}
		_, err := r.front.Send(ctx, person(me), chat.View{Title: "later"})
		kind(t, err, chat.Transient)
		if n := len(r.ours(me)); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestPressInAGroupThatIsCutShort does not say that the bot may not write to somebody.
func TestPressInAGroupThatIsCutShort(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, group, "/ping")
		wait(time.Second)
		limited(r, 0)
		r.api.PressData(me, group, "mine")
		wait(time.Minute)
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
		chattest.NewPerson(t, r).NeverSaw(telegram.English().NotStarted)
		r.api.Fail(nil)
		r.make()
		r.run()
		wait(time.Minute)
		if n := len(r.ours(me)); n != 1 || len(d.Of("mine")) != 1 {
			t.Errorf("%d messages, ran %d times", n, len(d.Of("mine")))
		}
	})
}
