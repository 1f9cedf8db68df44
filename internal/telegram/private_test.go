package telegram_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

func TestSecretIsHiddenAgain(t *testing.T) {
	for name, between := range map[string]func(*rig){
		"running":   func(*rig) {},
		"restarted": (*rig).restart,
		"down":      func(r *rig) { _ = r.Stop(); time.Sleep(time.Hour); r.make(); r.run() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
				r.run()
				r.api.Write(me, me, "/login")
				wait(time.Second)
				m := r.last(me)
				if !m.Protected || !slices.Equal(m.Form("tg-spoiler"), []string{chattest.Canary}) {
					t.Fatalf("got %+v", m)
				}
				wait(5 * time.Minute)
				between(r)
				wait(6 * time.Minute)
				m = r.last(me)
				if strings.Contains(m.Text, chattest.Canary) || !strings.Contains(m.Text, "hidden again") || len(m.Labels()) != 1 {
					t.Errorf("after ten minutes: %+v", m)
				}
			})
		})
	}
}

func TestSecretTakesNoUnprotectedPlace(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/open")
		wait(time.Second)
		panel := r.last(me).ID
		r.Press("Show")
		wait(time.Second)
		m := r.last(me)
		if m.ID == panel || !m.Protected {
			t.Errorf("got %+v", m)
		}
	})
}

func TestGroupsGetNoSecret(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		_, err := r.front.Send(t.Context(), chat.Address{Platform: chat.Telegram, ChatID: "-1001234#5"},
			chat.View{Title: "oops", Body: chat.Text{chat.Spoiler(chattest.Canary)}})
		if m := r.last(group); err != nil || m.Thread != 5 || strings.Contains(m.Text, chattest.Canary) {
			t.Errorf("got %+v, %v", m, err)
		}
	})
}

func TestSecretAnswerIsDeleted(t *testing.T) {
	for _, stays := range []bool{false, true} {
		inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
			r.api.CannotDelete = stays
			r.run()
			r.api.Write(me, me, "/key add")
			wait(time.Second)
			r.api.Write(me, me, chattest.Canary)
			wait(time.Second)
			said := false
			for _, m := range r.api.Messages(me) {
				if m.From == me && strings.Contains(m.Text, chattest.Canary) && !stays {
					t.Error("the person's message is still there")
				}
				said = said || strings.Contains(m.Text, "delete")
			}
			if keys := d.Of("key"); !said || len(keys) != 1 || keys[0].Args["secret"] != chattest.Canary {
				t.Errorf("said so: %v; requests %d", said, len(keys))
			}
		})
	}
}

func TestSecretAfterTheQuestionExpired(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/key add")
		wait(20 * time.Minute)
		r.api.Write(me, me, chattest.Canary)
		wait(time.Second)
		for _, m := range r.api.Messages(me) {
			if strings.Contains(m.Text, chattest.Canary) {
				t.Errorf("still in sight: %+v", m)
			}
		}
		if len(d.Of("key")) != 0 || !strings.Contains(r.last(me).Text, "too long") {
			t.Errorf("got %q", r.last(me).Text)
		}
	})
}

func TestSecretTypedInALine(t *testing.T) {
	for _, line := range []string{
		"/key add secret:" + chattest.Canary, "/key add " + chattest.Canary, "/key " + chattest.Canary, "/key@" + telegramtest.Name + " add " + chattest.Canary,
	} {
		for _, where := range []int64{me, group} {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				r.api.Write(me, where, line)
				wait(time.Second)
				for _, m := range r.api.Messages(where) {
					if strings.Contains(m.Text, chattest.Canary) {
						t.Errorf("%s: still in sight: %q", line, m.Text)
					}
				}
				if len(d.Of("key")) != 0 {
					t.Error("it ran")
				}
				if said := r.api.Given(); where == group && !strings.Contains(said, "replace it") {
					t.Errorf("the group was not warned: %s", said)
				}
			})
		}
	}
}

func TestQuestionSurvivesRestart(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/key")
		wait(time.Second)
		r.restart()
		r.Press("Add")
		wait(time.Second)
		r.restart()
		r.Answer(chattest.Canary)
		wait(time.Second)
		if keys := d.Of("key"); len(keys) != 1 || keys[0].Args["what"] != "add" || keys[0].Args["secret"] != chattest.Canary {
			t.Errorf("got %d requests", len(keys))
		}
	})
}

func TestOldAndForeignQuestions(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/key")
		wait(time.Second)
		data := r.last(me).Buttons[0][0].Data
		r.Press("Add")
		wait(time.Second)
		r.api.PressData(me, me, data) // again: the question is another one now
		r.api.PressData(8, 8, data)   // somebody else's forgery
		r.api.PressData(me, me, data[:len(data)-1]+"99")
		r.api.PressData(me, me, "?x.y.z")
		wait(time.Second)
		r.Answer("/cancel")
		wait(time.Second)
		if len(d.Of("key")) != 0 || !strings.Contains(r.last(me).Text, "Left it") {
			t.Errorf("got %q", r.last(me).Text)
		}
	})
}

func TestPrivateAnswerFromAGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, group, "/mine")
		wait(time.Second)
		pointer := r.last(group)
		if !strings.Contains(r.last(me).Text, "for you") || pointer.Reply == 0 ||
			!strings.HasPrefix(pointer.Buttons[0][0].URL, "https://t.me/"+telegramtest.Name+"?start=") {
			t.Errorf("private %q, pointer %+v", r.last(me).Text, pointer)
		}
		r.api.Block(me)
		r.api.Write(me, group, "/mine")
		wait(time.Second)
		if m := r.last(group); !strings.Contains(m.Text, "press Start") || len(m.Labels()) != 1 {
			t.Errorf("got %+v", m)
		}
		r.api.PressData(me, group, "mine")
		wait(time.Second)
	})
}

func TestWhatGroupsTalkAbout(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		wait(time.Second)
		for _, text := range []string{"hello", "/ping@another_bot", "/weather", "ping", ""} {
			r.api.Write(me, group, text)
		}
		wait(time.Second)
		if n := len(r.api.Messages(group)); n != 5 || len(r.store.updates) > 1 {
			t.Errorf("%d messages, %d updates stored", n, len(r.store.updates))
		}
		r.api.Write(me, group, "/PING@"+strings.ToUpper(telegramtest.Name)+"  two ", map[string]any{"message_thread_id": 9, "is_topic_message": true})
		wait(time.Second)
		if got := d.Of("ping"); len(got) != 1 || got[0].Args["n"] != "two" || got[0].Space != "-1001234" || got[0].Direct || r.last(group).Thread != 9 {
			t.Errorf("got %+v", got)
		}
		r.api.Write(me, group, "/ping", map[string]any{"sender_chat": map[string]any{"id": group, "type": "supergroup"}})
		wait(time.Second)
		if len(d.Of("ping")) != 1 || !strings.Contains(r.last(group).Text, "as yourself") {
			t.Error("a group has no rights of its own")
		}
	})
}

func TestMigratedGroup(t *testing.T) {
	const fresh = -1009999
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		wait(time.Second)
		r.api.Migrate(group, fresh)
		to := chat.Address{Platform: chat.Telegram, ChatID: "-1001234"}
		for range 2 {
			if _, err := r.front.Send(t.Context(), to, chat.View{Title: "news"}); err != nil {
				t.Fatal(err)
			}
			r.restart()
			wait(time.Second)
		}
		if n := len(r.api.Messages(fresh)); n != 2 || r.api.Calls("sendMessage") != 3 || r.store.moved["-1001234"] != "-1009999" {
			t.Errorf("%d messages, %d calls, moved %v", n, r.api.Calls("sendMessage"), r.store.moved)
		}
		r.api.Push(map[string]any{"message": map[string]any{
			"message_id": 5, "date": 1, "chat": map[string]any{"id": -77, "type": "group"}, "from": map[string]any{"id": me, "first_name": "N"},
			"migrate_to_chat_id": -1007777,
		}})
		wait(time.Second)
		if r.store.moved["-77"] != "-1007777" {
			t.Errorf("moved %v", r.store.moved)
		}
	})
}

// TestMoveThatIsNotKept has the store fail: the message arrives, and the next one tells it again.
func TestMoveThatIsNotKept(t *testing.T) {
	const fresh = -1009999
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.api.Migrate(group, fresh)
		to := chat.Address{Platform: chat.Telegram, ChatID: "-1001234"}
		for _, fails := range []bool{true, true, false, false} {
			r.store.fail(fails)
			if _, err := r.front.Send(t.Context(), to, chat.View{Title: "news"}); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(r.api.Messages(fresh)); n != 4 || r.api.Calls("sendMessage") != 7 || r.store.moved["-1001234"] != "-1009999" {
			t.Errorf("%d messages, %d calls, moved %v", n, r.api.Calls("sendMessage"), r.store.moved)
		}
	})
}

func TestLetInAndPutOut(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		change := func(id int64, from, to string) {
			member := func(status string) map[string]any {
				m := map[string]any{"status": status, "user": map[string]any{"id": telegramtest.Bot, "is_bot": true, "first_name": "C"}}
				if status == "kicked" {
					m["until_date"] = 0
				}
				return m
			}
			r.api.Push(map[string]any{"my_chat_member": map[string]any{
				"chat": map[string]any{"id": id, "type": "private"}, "from": map[string]any{"id": me, "first_name": "N"}, "date": 1,
				"old_chat_member": member(from), "new_chat_member": member(to),
			}})
		}
		change(me, "member", "kicked")
		change(me, "kicked", "member")
		change(group, "left", "member")
		change(group, "member", "left")
		wait(time.Second)
		if !slices.Equal(r.store.woken, []chat.Address{r.User().Direct()}) {
			t.Errorf("woken: %v", r.store.woken)
		}
		if all := r.api.Messages(group); len(all) != 1 || !strings.Contains(all[0].Text, "rent GPUs") {
			t.Errorf("greeting: %+v", all)
		}
	})
}

func TestLinksToTheBot(t *testing.T) {
	start := &chat.Command{Name: "start", Summary: "Begin", Run: commands(nil)[3].Run}
	code := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	d := chattest.NewDispatcher(append(commands(nil), start)...)
	r := newRig(t, d)
	r.run()
	p := chattest.NewPerson(t, r)
	for payload, ran := range map[string]string{
		code("ping|n=9"): "ping", code("key|secret=" + chattest.Canary): "start", code("login"): "start",
		"private": "start", "%%%": "start", code("ping|x=1"): "start", code("ping|"): "start", "": "start",
	} {
		before := len(d.Of(ran))
		p.Type("/start " + payload)
		p.SeesAnything()
		if len(d.Of(ran)) != before+1 {
			t.Errorf("%q did not run %s", payload, ran)
		}
	}
}

func TestMenus(t *testing.T) {
	languages := []string{"ru", "el"}
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		r.run()
		wait(time.Second)
		menus := r.api.Menus()
		names := func(list []telegramtest.Command) (all []string) {
			for _, c := range list {
				all = append(all, c.Command)
			}
			return all
		}
		if got := names(menus["all_private_chats/"]); !slices.Equal(got, []string{"ping", "hold", "mine", "login", "open", "key"}) {
			t.Errorf("private: %v", got)
		}
		if got := names(menus["all_group_chats/ru"]); !slices.Equal(got, []string{"ping", "hold", "open"}) {
			t.Errorf("groups: %v", got)
		}
		if got := menus["all_private_chats/ru"][0].Description; got != "ru ping" {
			t.Errorf("in Russian: %q", got)
		}
		calls := r.api.Calls("setMyCommands")
		r.restart()
		wait(time.Second)
		if again := r.api.Calls("setMyCommands"); calls != 9 || again != calls || r.api.Calls("deleteMyCommands") != 0 {
			t.Errorf("%d calls, then %d", calls, again)
		}
		languages = []string{"ru"} // Greek is no more
		r.restart()
		wait(time.Second)
		r.restart()
		wait(time.Second)
		menus = r.api.Menus()
		if menus["all_private_chats/el"] != nil || len(menus) != 6 || r.api.Calls("deleteMyCommands") != 3 || r.api.Calls("setMyCommands") != calls {
			t.Errorf("%d menus, %d calls to delete", len(menus), r.api.Calls("deleteMyCommands"))
		}
	}, func(o *telegram.Options) {
		o.Languages = languages
		o.Summary = func(language, command string) string { return language + " " + command }
	})
}
