package telegram_test

import (
	"encoding/base64"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// key looks like one of Clore's.
const key = "CANARYabcdefghijklmnopqrstuv0123"

// gone reports whether no message of a chat shows a text.
func (r *rig) gone(chatID int64, text string) bool {
	for _, m := range r.api.Messages(chatID) {
		if strings.Contains(m.Text, text) {
			return false
		}
	}
	return true
}

// toBot are the fields of an answer to the newest message of the bot.
func (r *rig) toBot(chatID int64) map[string]any {
	return map[string]any{"reply_to_message": map[string]any{
		"message_id": r.last(chatID).ID, "date": 1, "chat": map[string]any{"id": chatID, "type": "supergroup"},
		"from": map[string]any{"id": telegramtest.Bot, "is_bot": true, "first_name": "C"},
	}}
}

func TestSecretsInGroups(t *testing.T) {
	anonymous := map[string]any{"sender_chat": map[string]any{"id": group, "type": "supergroup"}}
	asked := func(r *rig) {
		r.api.Write(me, group, "/key add")
		wait(time.Second)
	}
	picture := func(caption string) map[string]any {
		return map[string]any{"text": "", "caption": caption, "photo": []any{}}
	}
	for name, do := range map[string]func(r *rig){
		"anonymous admin":      func(r *rig) { r.api.Write(me, group, "/key add secret:"+chattest.Canary, anonymous) },
		"anonymous key":        func(r *rig) { r.api.Write(me, group, key, anonymous) },
		"answer to a pointer":  func(r *rig) { asked(r); r.api.Write(me, group, chattest.Canary, r.toBot(group)) },
		"key by itself":        func(r *rig) { r.api.Write(me, group, key) },
		"key while it's asked": func(r *rig) { asked(r); r.api.Write(me, group, " `"+key+"`\n") },
		"key to a pointer":     func(r *rig) { asked(r); r.api.Write(me, group, key, r.toBot(group)) },
		"slip":                 func(r *rig) { r.api.Write(me, group, "/kei add "+key) },
		"slip to this bot":     func(r *rig) { r.api.Write(me, group, "/kei@"+telegramtest.Name+" add "+chattest.Canary) },
		"unknown":              func(r *rig) { r.api.Write(me, group, "/apikey key="+key) },
		"mention":              func(r *rig) { r.api.Write(me, group, "@"+telegramtest.Name+" /key add "+chattest.Canary) },
		"mention with a key":   func(r *rig) { r.api.Write(me, group, "@"+telegramtest.Name+" "+key) },
		"caption":              func(r *rig) { r.api.Write(me, group, chattest.Canary, picture("/key add "+chattest.Canary)) },
		"caption of a key":     func(r *rig) { r.api.Write(me, group, key, picture(key)) },
		"another command":      func(r *rig) { r.api.Write(me, group, "/ping "+key) },
		"what is ours":         func(r *rig) { r.api.Write(me, group, "/ping key="+key) },
		"key in prose":         func(r *rig) { r.api.Write(me, group, "my key: "+key) },
		"key in prose to us":   func(r *rig) { r.api.Write(me, group, "@"+telegramtest.Name+" my key: "+key) },
		"key in a reply": func(r *rig) {
			r.api.Write(me, group, "/ping")
			wait(time.Second)
			d := r.toBot(group)
			r.api.Write(me, group, "my key: "+key, d)
		},
		"start":        func(r *rig) { r.api.Write(me, group, "/start "+key) },
		"start for us": func(r *rig) { r.api.Write(me, group, "/start@"+telegramtest.Name+" "+key) },
		"edited": func(r *rig) {
			id := r.api.Write(me, group, "hello")
			wait(time.Second)
			r.api.Edit(me, group, id, "my key: "+key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				wait(time.Second)
				do(r)
				wait(5 * time.Second)
				if !r.gone(group, "CANARY") || r.api.Calls("deleteMessage") != 1 {
					t.Error("it was not deleted")
				}
				if !strings.Contains(r.api.Given(), "replace it") {
					t.Error("nobody was warned")
				}
				if len(d.Of("key"))+len(d.Of("ping")) != 0 && name != "key in a reply" {
					t.Error("it ran")
				}
			})
		})
	}
}

func TestSecretsInPrivate(t *testing.T) {
	then := func(before ...string) func(*rig) {
		return func(r *rig) {
			for _, text := range before {
				r.api.Write(me, me, text)
				wait(time.Second)
			}
		}
	}
	for name, do := range map[string]func(*rig){
		"nothing asked":       then(key),
		"left":                then("/key add", "/cancel", key),
		"after another":       then("/key add", "/mine", key),
		"slip":                then("/kei add " + chattest.Canary),
		"slip with a key":     then("/kie add " + key),
		"another command":     then("/ping " + key),
		"without a slash":     then("key " + key),
		"another, without":    then("ping " + key),
		"in prose":            then("my key is " + key + ", thanks"),
		"to another question": then("/key", key),
		"named, to another":   then("/key", "key: "+key),
		"in brackets":         then("(" + key + ")"),
		"exclaimed":           then("key\n\n" + key + "!"),
		"typographic":         then("“" + key + "”"),
		"invisible":           then("key:\u200b" + key),
		"parted invisibly":    then("my key: " + key[:7] + "\u200b" + key[7:] + "."),
		"parameter":           then("api_key=" + key + "&x=1"),
		"start":               then("/start " + key),
		"what is ours":        then("/ping key=" + key),
		"twice":               then(key + "\n" + key),
		"edited": func(r *rig) {
			id := r.api.Write(me, me, "/ping one")
			wait(time.Second)
			r.api.Edit(me, me, id, "/ping two")
			wait(time.Second)
			r.api.Edit(me, me, id, "key: "+key)
		},
		"caption": func(r *rig) {
			then("/key add")(r)
			r.api.Write(me, me, chattest.Canary, map[string]any{"text": "", "caption": chattest.Canary, "photo": []any{}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				wait(time.Second)
				do(r)
				wait(5 * time.Second)
				if !r.gone(me, "CANARY") || r.api.Calls("deleteMessage") != 1 || !strings.Contains(r.api.Given(), "I deleted") {
					t.Error("it was not deleted, or nobody was told")
				}
				if strings.Contains(r.api.Given(), key) {
					t.Error("it was repeated")
				}
				if n := len(d.Of("key")); (n == 1) != (name == "caption") || (len(d.Of("ping")) == 1) != (name == "edited") {
					t.Errorf("key ran %d times", n)
				}
			})
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		wait(time.Second)
		link := base64.RawURLEncoding.EncodeToString([]byte("ping|n=12345678901234567"))
		if len(link) != len(key) {
			t.Fatal("it is not as long as a key")
		}
		more := map[string]any{"text": "", "caption": "look", "photo": []any{}}
		for _, chatID := range []int64{me, group} {
			for _, text := range []string{
				"/ping two", "/kei", "/weather in Leipzig", "hello", "/start " + link, strings.ToLower(key) + "4",
				"/ping sum=" + strings.ToLower(key), "/ping https://x.example/" + key, "/ping AAAA+" + key + "/x",
				"@" + telegramtest.Name + " /ping three",
			} {
				r.api.Write(me, chatID, text)
				wait(time.Second)
			}
			r.api.Write(me, chatID, "", maps.Clone(more))
			wait(time.Second)
		}
		if r.api.Calls("deleteMessage") != 0 || len(d.Of("ping")) != 12 {
			t.Errorf("%d were deleted, %d ran", r.api.Calls("deleteMessage"), len(d.Of("ping")))
		}
	})
}

// TestServiceMessagesAreNoAnswers pins a message, and has messages deleted by a timer, while a
// secret is asked for.
func TestServiceMessagesAreNoAnswers(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		r.run()
		r.api.Write(me, me, "/key add")
		wait(time.Second)
		sent := r.api.Calls("sendMessage")
		chats := map[string]any{"id": me, "type": "private"}
		for name, what := range map[string]map[string]any{
			"pinned_message":                    {"message_id": 1, "date": 1, "chat": chats},
			"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400},
		} {
			r.api.Write(me, me, "", map[string]any{name: what})
			wait(time.Second)
		}
		if r.api.Calls("sendMessage") != sent || r.api.Calls("deleteMessage") != 0 {
			t.Errorf("given %s", r.api.Given())
		}
		r.api.Write(me, me, chattest.Canary)
		wait(time.Second)
		if len(d.Of("key")) != 1 {
			t.Error("the question was closed")
		}
	})
}
