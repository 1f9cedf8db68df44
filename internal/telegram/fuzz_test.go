package telegram_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// FuzzView sends foreign text in every part of a view. The fake fails the test when Telegram
// could not read it, or would find it too long.
func FuzzView(f *testing.F) {
	f.Add(chattest.Hostile, 3)
	f.Add("a & b <c> \U0001F680", 2000)
	f.Add("\n\n@x", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if len(s) > 2000 {
			return
		}
		text := chat.Text{}
		for i := range min(max(n, 0), 300) {
			text = append(text, chat.Span{Kind: chat.SpanKind(i % 7), Text: s, URL: "https://clore.ai/"})
		}
		// Without the specification, which takes long to read: the golden files go through it.
		r := rigOn(t, telegramtest.New(t, ""), chattest.NewDispatcher())
		_, err := r.front.Send(t.Context(), r.User().Direct(), chat.View{
			Tone: chat.Tone(n % 5), Title: s, Body: text, Footer: s, Fields: []chat.Field{{Name: s, Value: text}},
			Rows: [][]chat.Control{{chat.Button(s, "x", nil), {Label: s, Copy: s}, {Label: s, URL: s}}},
		})
		if err != nil {
			t.Error(err)
		}
		if err := r.Sanitized(); err != nil {
			t.Error(err)
		}
	})
}
