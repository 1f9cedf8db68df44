package telegram_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

const other = 666

// holdUp has Telegram ask for a long wait before anything goes to a chat, until release is called.
func holdUp(r *rig, chat string) (release func()) {
	r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
		if method == "sendMessage" && form["chat_id"] == chat {
			return &telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600}
		}
		return nil
	})
	return func() { r.api.Fail(nil) }
}

// with counts the bot's messages in a chat that say something.
func (r *rig) with(chatID int64, says string) int {
	n := 0
	for _, m := range r.ours(chatID) {
		if strings.Contains(m.Text, says) {
			n++
		}
	}
	return n
}

// TestLimitedMemberDoesNotHoldUpAGroup has one member's private chat be limited for ten minutes:
// the group goes on at once, and that member is answered when the time is over.
func TestLimitedMemberDoesNotHoldUpAGroup(t *testing.T) {
	say := telegram.English()
	for name, do := range map[string]func(*rig){
		"typed":    func(r *rig) { r.api.Write(other, group, "/mine") },
		"pressed":  func(r *rig) { r.api.PressData(other, group, "mine") },
		"question": func(r *rig) { r.api.Write(other, group, "/key") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				r.api.Write(me, group, "/ping zero") // there is a message to press on
				wait(time.Second)
				release := holdUp(r, "666")
				for range 3 {
					do(r)
				}
				r.api.Write(me, group, "/ping one")
				wait(6 * time.Second)
				if r.with(group, "pong one") != 1 {
					t.Errorf("the group waits: %v", r.ours(group))
				}
				if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 3 {
					t.Errorf("%d updates wait in the inbox", len(waiting))
				}
				release()
				wait(time.Hour)
				said := r.with(other, "for you") + r.with(other, "What?")
				if said != 3 || (name != "question" && len(d.Of("mine")) != 3) {
					t.Errorf("the member got %v", r.ours(other))
				}
				if name != "pressed" && r.with(group, say.Coming) != 3 {
					t.Errorf("the group got %v", r.ours(group))
				}
				if r.with(group, say.Moved)+r.with(group, say.NotStarted) != 0 {
					t.Errorf("the group was told twice: %v", r.ours(group))
				}
				if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 0 {
					t.Errorf("%d updates wait in the inbox still", len(waiting))
				}
			})
		})
	}
}

// TestAnswerOnItsWayToAMemberIsNotLost ends the program, or takes a copy of what it stored as a
// kill leaves it, while the answer to a member waits. The next run delivers it, and says nothing
// twice.
func TestAnswerOnItsWayToAMemberIsNotLost(t *testing.T) {
	for name, c := range map[string]struct {
		line, says string
		again      func(*rig)
		runs       int
	}{
		"stopped":          {"/mine", "for you", (*rig).restart, 1},
		"killed":           {"/mine", "for you", (*rig).kill, 1},
		"a secret":         {"/login", "login", (*rig).kill, 2},
		"question":         {"/key", "What?", (*rig).kill, 0},
		"question stopped": {"/key", "What?", (*rig).restart, 0},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				release := holdUp(r, "666")
				r.api.Write(other, group, c.line)
				wait(time.Minute)
				c.again(r)
				release()
				wait(time.Minute)
				r.restart()
				wait(time.Minute)
				if r.with(other, c.says) != 1 || len(d.Requests()) != c.runs {
					t.Errorf("ran %d times; the member got %v", len(d.Requests()), r.ours(other))
				}
				if n := len(r.ours(group)); n != 1 {
					t.Errorf("the group got %v", r.ours(group))
				}
				if waiting, _ := r.store.Waiting(t.Context(), telegramtest.Bot); len(waiting) != 0 {
					t.Errorf("%d updates wait in the inbox still", len(waiting))
				}
			})
		})
	}
}

// TestKilledBeforeTheGroupIsTold has the group be limited: a kill while the word to it waits does
// not have the member be answered again.
func TestKilledBeforeTheGroupIsTold(t *testing.T) {
	const both = "-1001234 666"
	for name, c := range map[string]struct {
		line, says, first string
		runs              int
	}{
		"the group":            {"/mine", "for you", "-1001234", 1},
		"the group, a secret":  {"/login", "login", "-1001234", 1},
		"the group, asked":     {"/key", "What?", "-1001234", 0},
		"both, then the group": {"/mine", "for you", both, 1},
		"both, a secret":       {"/login", "login", both, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				limit := func(chats string) {
					r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
						if method != "sendMessage" || !strings.Contains(chats, form["chat_id"]) {
							return nil
						}
						return &telegramtest.Fault{Code: 429, Text: "retry after 60", RetryAfter: 60}
					})
				}
				limit(c.first)
				r.api.Write(other, group, c.line)
				wait(10 * time.Second)
				limit("-1001234")
				wait(3 * time.Minute)
				if r.with(other, c.says) != 1 || len(r.ours(group)) != 0 {
					t.Fatalf("before the kill: %v, %v", r.ours(other), r.ours(group))
				}
				r.kill()
				limit("none")
				wait(5 * time.Minute)
				r.restart()
				wait(time.Minute)
				if r.with(other, c.says) != 1 || len(r.ours(group)) != 1 || len(d.Requests()) != c.runs {
					t.Errorf("ran %d times; the member got %v, the group %v", len(d.Requests()), r.ours(other), r.ours(group))
				}
			})
		})
	}
}

// TestHalfAnAnswerToAMember is limited after the first of two messages: the next run sends the
// second only, an hour later, and does not take the command for one that came too late.
func TestHalfAnAnswerToAMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := saying("long", chat.View{Title: "Long", Body: chat.Text{chat.P(rows(120))}})
		long.Private = true
		d := chattest.NewDispatcher(append(commands(nil), long)...)
		r := newRig(t, d)
		r.run()
		wait(5 * time.Minute)
		n := 0
		r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
			if method != "sendMessage" || form["chat_id"] != "666" {
				return nil
			}
			if n++; n == 1 {
				return nil
			}
			return &telegramtest.Fault{Code: 429, Text: "retry after 600", RetryAfter: 600}
		})
		r.api.Write(other, group, "/long")
		wait(time.Minute)
		_ = r.Stop()
		wait(time.Hour)
		r.api.Fail(nil)
		r.make()
		r.run()
		wait(time.Minute)
		all := r.ours(other)
		if len(all) != 2 || !strings.Contains(all[0].Text, "row 0000") || !strings.Contains(all[1].Text, "row 0119") || len(d.Of("long")) != 1 {
			t.Errorf("ran %d times; the member got %v", len(d.Of("long")), all)
		}
		if len(r.ours(group)) != 1 {
			t.Errorf("the group got %v", r.ours(group))
		}
		_ = r.Stop()
	})
}

// TestMemberIsAnsweredAtTheStop has a command end when no lane takes anything any more.
func TestMemberIsAnsweredAtTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		all := commands(held)
		all[1].Private = true
		r := newRig(t, chattest.NewDispatcher(all...))
		r.run()
		r.api.Write(other, group, "/hold")
		wait(time.Second)
		time.AfterFunc(time.Second, func() { close(held) })
		_ = r.Stop()
		if r.with(other, "held") != 1 || r.with(group, telegram.English().Moved) != 1 {
			t.Errorf("the member got %v, the group %v", r.ours(other), r.ours(group))
		}
	})
}

// TestMemberWhoIsNotReachedAfterAll is told how to let the bot write, also when that turns out
// late.
func TestMemberWhoIsNotReachedAfterAll(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		release := holdUp(r, "666")
		r.api.Write(other, group, "/mine")
		wait(time.Minute)
		release()
		r.api.Block(other)
		wait(time.Hour)
		say := telegram.English()
		if r.with(group, say.Coming) != 1 || r.with(group, say.NotStarted) != 1 {
			t.Errorf("the group got %v", r.ours(group))
		}
	})
}

// TestPrivateAnswersKeepTheirOrder has an answer for a member wait behind what the private chat is
// at.
func TestPrivateAnswersKeepTheirOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		release := holdUp(r, "666")
		r.api.Write(other, other, "/ping first")
		wait(time.Second)
		r.api.Write(other, group, "/mine")
		wait(time.Second)
		r.api.Write(other, other, "/ping last")
		release()
		wait(time.Hour)
		all := r.ours(other)
		if len(all) != 3 || all[0].Text != "pong first" || all[1].Text != "for you" || all[2].Text != "pong last" {
			t.Errorf("got %v", all)
		}
	})
}

// TestNoticeInAGroupNeedsNoPointer has a private command say only a word to whoever pressed.
func TestNoticeInAGroupNeedsNoPointer(t *testing.T) {
	held := make(chan struct{})
	close(held)
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		for _, c := range d.Commands() {
			if c.Name == "hold" {
				c.Private, c.Run = true, commands(held)[1].Run
			}
		}
		r.run()
		r.api.Write(me, group, "/ping")
		wait(time.Second)
		r.api.PressData(me, group, "hold")
		wait(time.Second)
		chattest.NewPerson(t, r).Sees("held")
		if n := len(r.ours(group)); n != 1 {
			t.Errorf("the group got %v", r.ours(group))
		}
	})
}

// TestNothingIsDoneWithoutRoomForItsAnswer: one whose private chat takes nothing for long, and who
// goes on to ask, gets an answer to all that was done.
func TestNothingIsDoneWithoutRoomForItsAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		release := holdUp(r, "666")
		for range 90 {
			r.api.Write(other, group, "/mine")
			wait(time.Second)
		}
		release()
		wait(2 * time.Hour)
		if ran, answered := len(d.Of("mine")), r.with(other, "for you"); ran == 0 || ran != answered {
			t.Errorf("%d were done, %d answered", ran, answered)
		}
	})
}
