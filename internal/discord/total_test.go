package discord_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestNoMessageIsTooLarge sends views near and beyond the limits of their parts: all texts together
// may have 6,000 characters, however they are divided.
func TestNoMessageIsTooLarge(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), nil)
	length := rapid.SampledFrom([]int{0, 1, 30, 80, 255, 256, 257, 1000, 1023, 1024, 1025, 2048, 4095, 4097, 6000, 9000})
	piece := rapid.SampledFrom([]string{"x", "*", "😀", "word ", "\n", "`", "# "})
	text := rapid.Custom(func(t *rapid.T) string {
		n, p := length.Draw(t, "length"), piece.Draw(t, "piece")
		return strings.Repeat(p, n/len(p)+1)[:n-n%len(p)]
	})
	span := rapid.Custom(func(t *rapid.T) chat.Span {
		return chat.Span{Kind: chat.SpanKind(rapid.IntRange(0, 4).Draw(t, "kind")), Text: text.Draw(t, "text")}
	})
	rapid.Check(t, func(t *rapid.T) {
		v := chat.View{Title: text.Draw(t, "title"), Footer: text.Draw(t, "footer"), Body: rapid.SliceOfN(span, 0, 2).Draw(t, "body")}
		for range rapid.SampledFrom([]int{0, 1, 5, 25, 30}).Draw(t, "fields") {
			v.Fields = append(v.Fields, chat.Field{Name: text.Draw(t, "name"), Value: chat.Text{span.Draw(t, "value")}})
		}
		var copies []chat.Control
		for range rapid.IntRange(0, 6).Draw(t, "copies") {
			copies = append(copies, chat.Control{Label: text.Draw(t, "label"), Copy: text.Draw(t, "copy")})
		}
		v.Rows = [][]chat.Control{copies}
		m := h.front.Rendered(v)
		h.fake.mu.Lock()
		defer h.fake.mu.Unlock()
		before := len(h.fake.faults)
		h.fake.checkMessage(m, true)
		if len(h.fake.faults) > before {
			faults := h.fake.faults[before:]
			h.fake.faults = h.fake.faults[:before]
			t.Fatalf("%q", faults)
		}
	})
}

// TestCopyIsWholeOrAbsent: a command that was cut must not be pasted into a shell.
func TestCopyIsWholeOrAbsent(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), nil)
	body := chat.Text{chat.P(strings.Repeat("x", 9000))}
	for _, n := range []int{10, 200, 1000, 1500, 5000} {
		command := "ssh " + strings.Repeat("y", n)
		m := string(h.front.Rendered(chat.View{Body: body, Rows: [][]chat.Control{{{Label: "Copy", Copy: command}}}}))
		if whole := strings.Contains(m, command); whole != (n <= 1000) || strings.Contains(m, "ssh ") != whole {
			t.Errorf("%d signs: whole %v", n, whole)
		}
	}
}
