package telegram_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// countLate counts the messages that say that something came too late.
func (r *rig) countLate(chatID int64) int {
	n := 0
	for _, m := range r.ours(chatID) {
		n += strings.Count(m.Text, telegram.English().Late)
	}
	return n
}

// TestDownForHours has people write and press while the bot is away.
func TestDownForHours(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		r.api.Write(8, 8, "/key add") // asks for the key
		wait(2 * time.Minute)
		_ = r.Stop()
		r.api.Write(me, me, "/ping old")
		r.api.Press(me, me, "Again")
		r.api.Press(me, me, "Again")
		r.api.Write(me, group, "/ping old")
		r.api.Write(me, group, "not for the bot")
		r.api.Write(8, 8, "short secret")
		wait(3 * time.Hour)
		r.api.Write(9, 9, "/ping fresh")
		wait(time.Second)
		before := len(d.Requests())
		r.make()
		r.run()
		wait(time.Minute)
		if all := d.Requests()[before:]; len(all) != 1 || all[0].Args["n"] != "fresh" {
			t.Errorf("it did %+v", all)
		}
		if mine, theirs := r.countLate(me), r.countLate(group); mine != 1 || theirs != 1 {
			t.Errorf("told %d and %d times", mine, theirs)
		}
		for _, m := range r.api.Messages(8) {
			if m.Text == "short secret" {
				t.Error("a secret was left in the chat")
			}
		}
		r.api.Write(8, 8, "hello") // the question is closed
		wait(time.Second)
		if m := r.last(8); !strings.Contains(m.Text, "I understand commands") {
			t.Errorf("got %q", m.Text)
		}
		if n := r.api.Forgotten(); n != 2 {
			t.Errorf("%d presses were too old", n)
		}
		r.late = 2
	})
}

// TestDownForAMoment has them do so while it is updated.
func TestDownForAMoment(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		wait(2 * time.Minute)
		_ = r.Stop()
		r.api.Press(me, me, "Again")
		r.api.Write(me, me, "/ping two")
		wait(10 * time.Minute)
		r.make()
		r.run()
		wait(time.Minute)
		if n := len(d.Of("ping")); n != 3 || r.countLate(me) != 0 {
			t.Errorf("%d pings, %d told", n, r.countLate(me))
		}
		r.late = 1
	})
}

// TestPressAtTheEndOfALongAbsence is a press like any other.
func TestPressAtTheEndOfALongAbsence(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/ping")
		wait(2 * time.Minute)
		_ = r.Stop()
		wait(3 * time.Hour)
		r.api.Press(me, me, "Again")
		wait(5 * time.Second)
		r.make()
		r.run()
		wait(time.Minute)
		if n := len(d.Of("ping")); n != 2 {
			t.Errorf("%d pings", n)
		}
	})
}

func TestNetworkCutForHours(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		var cut atomic.Bool
		r.api.Fail(func(string, map[string]string) *telegramtest.Fault {
			if cut.Load() {
				return &telegramtest.Fault{Broken: errors.New("no route to host")}
			}
			return nil
		})
		r.run()
		wait(time.Minute)
		cut.Store(true)
		wait(time.Minute)
		r.api.Write(me, me, "/ping old")
		wait(3 * time.Hour)
		r.api.Write(me, me, "/ping new")
		cut.Store(false)
		wait(time.Minute)
		if all := d.Of("ping"); len(all) != 1 || all[0].Args["n"] != "new" || r.countLate(me) != 1 {
			t.Errorf("%d pings, %d told", len(all), r.countLate(me))
		}
	})
}

// TestWrongClock has the bot's clock be a day ahead: that must not make it deaf.
func TestWrongClock(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		wait(time.Minute)
		for i := range 3 {
			r.api.Write(me, me, fmt.Sprint("/ping ", i))
			wait(10 * time.Minute)
		}
		if n := len(d.Of("ping")); n != 3 {
			t.Errorf("%d of 3 were answered", n)
		}
	}, func(o *telegram.Options) {
		o.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	})
}

// TestMoreThanFits has many people write while all are held: what has no room waits in the inbox
// and is answered, in order, without a restart.
func TestMoreThanFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		d := chattest.NewDispatcher(commands(held)...)
		r := newRig(t, d, func(o *telegram.Options) { o.Queue = 10 })
		r.run()
		const people, each = 20, 5
		for user := range int64(people) {
			r.api.Write(100+user, 100+user, "/hold")
		}
		for n := range each {
			for user := range int64(people) {
				r.api.Write(100+user, 100+user, fmt.Sprint("/ping ", n))
			}
		}
		r.api.PressData(100, 100, "ping")
		wait(time.Minute)
		if n := len(d.Of("ping")); n != 0 {
			t.Fatalf("%d pings while all are held", n)
		}
		close(held)
		wait(time.Minute)
		order := map[string]string{}
		for _, q := range d.Of("ping") {
			order[q.User.ID] += q.Args["n"]
		}
		for user, got := range order {
			if got != "01234" {
				t.Errorf("user %s: %s", user, got)
			}
		}
		if len(order) != people || len(d.Of("ping")) != people*each+1 {
			t.Errorf("%d people, %d pings", len(order), len(d.Of("ping")))
		}
		r.api.Write(me, me, "/ping")
		wait(time.Second)
		if r.last(me).Text != "pong" {
			t.Errorf("got %q", r.last(me).Text)
		}
		if all := r.api.Unanswered(); len(all) > 0 {
			t.Errorf("presses without their answer: %v", all)
		}
		_ = r.Stop()
		if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 0 {
			t.Errorf("%d updates wait still", len(waiting))
		}
	})
}
