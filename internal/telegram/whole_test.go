package telegram_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

func TestWhatIsCopiedIsNeverCut(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		const ssh, password = "ssh -p 22 root@host.example.com", "password123456"
		sent := 0
		for _, n := range []int{1800, 2035, 2050, 4000} {
			_, err := r.front.Send(t.Context(), person(me), chat.View{Title: "x", Body: chat.Text{
				chat.P(strings.Repeat("w ", n)), chat.C(ssh), chat.P(strings.Repeat(" v", n)), chat.Spoiler(password),
			}})
			var code, hidden []string
			for _, m := range r.ours(me)[sent:] {
				code, hidden = append(code, m.Form("code")...), append(hidden, m.Form("tg-spoiler")...)
			}
			if sent = len(r.ours(me)); err != nil || !slices.Equal(code, []string{ssh}) || !slices.Equal(hidden, []string{password}) {
				t.Errorf("%d: %v, %v, %v", n, code, hidden, err)
			}
		}
		long := strings.Repeat("c", 5000)
		for _, span := range []chat.Span{chat.C(long), chat.Spoiler(long)} { // what no message takes
			_, err := r.front.Send(t.Context(), person(me), chat.View{Body: chat.Text{chat.P("before "), span, chat.P(" after")}})
			if m := r.last(me); err != nil || m.Text != "before … after" {
				t.Errorf("got %q, %v", m.Text, err)
			}
		}
	})
}
