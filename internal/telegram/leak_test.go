package telegram_test

import (
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
				if len(d.Of("key"))+len(d.Of("ping")) != 0 {
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
				if n := len(d.Of("key")); (n == 1) != (name == "caption") || len(d.Of("ping")) != 0 {
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
		more := map[string]any{"text": "", "caption": "look", "photo": []any{}}
		for _, chatID := range []int64{me, group} {
			for _, text := range []string{
				"/ping two", "/kei", "/weather in Leipzig", "hello", "/start " + key, strings.ToLower(key) + "4",
				"@" + telegramtest.Name + " /ping three",
			} {
				r.api.Write(me, chatID, text)
				wait(time.Second)
			}
			r.api.Write(me, chatID, "", maps.Clone(more))
			wait(time.Second)
		}
		if r.api.Calls("deleteMessage") != 0 || len(d.Of("ping")) != 4 {
			t.Errorf("%d were deleted, %d ran", r.api.Calls("deleteMessage"), len(d.Of("ping")))
		}
	})
}
