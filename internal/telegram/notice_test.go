package telegram_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// TestNoticesAreCleaned has notices with what deceives, and with nothing else.
func TestNoticesAreCleaned(t *testing.T) {
	for text, want := range map[string]string{
		"a\u202eb\x00c\u200bd \x1b[31m": "abcd [31m", "two\nlines": "two\nlines", "\u200b\u2060": "",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, chattest.NewDispatcher(&chat.Command{
				Name: "note", Summary: "x",
				Run: func(context.Context, *chat.Request) (chat.Response, error) { return chat.Notice{Text: text}, nil },
			}))
			got := ""
			r.api.Shown = func(e telegramtest.Event) { got += e.Notice }
			r.run()
			r.api.Write(me, me, "hello") // the first press may be an old one
			wait(time.Second)
			r.api.PressData(me, me, "note")
			wait(10 * time.Second)
			if all := r.api.Unanswered(); got != want || len(all) != 0 {
				t.Errorf("got %q, want %q; %v", got, want, all)
			}
			_ = r.Stop()
		})
	}
}
