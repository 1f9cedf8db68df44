package telegram_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// rows are n numbered lines of some 60 characters.
func rows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "row %04d %s\n", i, strings.Repeat("word ", 10))
	}
	return b.String()
}

// ours are the bot's messages in a chat.
func (r *rig) ours(chatID int64) []telegramtest.Message {
	return slices.DeleteFunc(r.api.Messages(chatID), func(m telegramtest.Message) bool { return m.From != telegramtest.Bot })
}

func TestLongTextBecomesSeveralMessages(t *testing.T) {
	const link, password, ssh = "https://clore.ai/a", "password123456", "ssh -p 22 root@host.example.com"
	config := "Host a\n" + strings.Repeat("  Option yes\n", 250)
	text := rows(150)
	v := chat.View{
		Title: "Log", Body: chat.Text{
			chat.P(text), chat.A("a link of several words", link), chat.P(" then " + strings.Repeat("x ", 1990)), chat.C(ssh),
			chat.P("\n"), chat.Pre(config), chat.Spoiler(password), chat.P("\nend of it"),
		},
		Rows: [][]chat.Control{{chat.Button("Again", "ping", nil)}},
	}
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		ref, err := r.front.Send(t.Context(), person(me), v)
		if err != nil {
			t.Fatal(err)
		}
		all := r.ours(me)
		var seen strings.Builder
		for i, m := range all {
			seen.WriteString(m.Text + "\n")
			if last := i == len(all)-1; (len(m.Labels()) > 0) != last || m.Silent == (i == 0) || !m.Protected || (last && fmt.Sprint(m.ID) != ref.MessageID) {
				t.Errorf("message %d of %d: buttons %v, silent %v, protected %v", i, len(all), m.Labels(), m.Silent, m.Protected)
			}
			if i > 0 && i < 3 && !strings.HasPrefix(m.Text, "row ") {
				t.Errorf("message %d does not begin with a line: %.40q", i, m.Text)
			}
		}
		for i := range 150 {
			if !strings.Contains(seen.String(), fmt.Sprintf("row %04d ", i)) {
				t.Errorf("row %d is lost", i)
			}
		}
		found := map[string]bool{}
		for _, m := range all {
			for _, e := range m.Entities {
				found[e.Kind+" "+strings.TrimSpace(e.Text)] = true
			}
		}
		for _, want := range []string{"a a link of several words", "code " + ssh, "pre " + strings.TrimSpace(config), "tg-spoiler " + password} {
			if !found[want] {
				t.Errorf("not in one piece: %.60q", want)
			}
		}
	})
}

func TestBlockLongerThanAMessageGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		text := rows(200)
		if _, err := r.front.Send(t.Context(), person(me), chat.View{Title: "Log", Body: chat.Text{chat.P("All:"), chat.Pre(text)}}); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, m := range r.ours(me) {
			for _, part := range m.Form("pre") {
				lines = append(lines, strings.Split(strings.Trim(part, "\n"), "\n")...)
			}
		}
		var want []string
		for l := range strings.Lines(text) {
			want = append(want, strings.TrimSpace(l))
		}
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		if !slices.Equal(lines, want) {
			t.Errorf("%d lines in blocks, want %d", len(lines), len(want))
		}
	})
}

func TestTextWithoutEndIsFolded(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		if _, err := r.front.Send(t.Context(), person(me), chat.View{Body: chat.Text{chat.P(rows(5000))}}); err != nil {
			t.Fatal(err)
		}
		all := r.ours(me)
		text := all[len(all)-1].Text
		kept := 0
		for _, m := range all {
			kept += strings.Count(m.Text, "row ")
		}
		if len(all) != 8 || !strings.HasSuffix(text, fmt.Sprintf("word\n… lines left out: %d", 5000-kept)) {
			t.Errorf("%d messages with %d rows, the last ends with %q", len(all), kept, text[len(text)-80:])
		}
	})
}

func TestEditIsFoldedAtALine(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		ref, err := r.front.Send(t.Context(), person(me), chat.View{Title: "Log"})
		if err != nil {
			t.Fatal(err)
		}
		v := chat.View{Title: "Log", Body: chat.Text{chat.P(rows(150))}, Footer: "the foot", Fields: []chat.Field{{Name: "Field", Value: chat.Text{chat.P("value")}}}}
		if err := r.front.Edit(t.Context(), ref, v); err != nil {
			t.Fatal(err)
		}
		all := r.ours(me)
		kept := strings.Count(all[0].Text, "row ")
		if want := fmt.Sprintf("word\n… lines left out: %d\nField: value\nthe foot", 150-kept); len(all) != 1 || !strings.HasSuffix(all[0].Text, want) || kept < 60 {
			t.Errorf("%d messages, %d rows, it ends with %q", len(all), kept, all[0].Text[len(all[0].Text)-100:])
		}
	})
}

// TestPartIsNotSentTwice has the second of several messages fail, as an alert that is tried again.
func TestPartIsNotSentTwice(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		calls := 0
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method != "sendMessage" {
				return nil
			}
			if calls++; calls == 2 {
				return &telegramtest.Fault{Broken: errors.New("network unreachable")}
			}
			return nil
		})
		v := func(at string) chat.View {
			return chat.View{Key: "12", Title: "Log " + at, Body: chat.Text{chat.P(rows(120))}}
		}
		_, err := r.front.Send(t.Context(), person(me), v("one"))
		kind(t, err, chat.Transient)
		time.Sleep(time.Minute)
		if _, err := r.front.Send(t.Context(), person(me), v("two")); err != nil {
			t.Fatal(err)
		}
		all := r.ours(me)
		if n := strings.Count(all[0].Text+all[1].Text, "row "); len(all) != 2 || n != 120 {
			t.Errorf("%d messages with %d rows", len(all), n)
		}
		if _, err := r.front.Send(t.Context(), person(me), v("three")); err != nil || len(r.ours(me)) != 4 {
			t.Errorf("the next one: %d messages, %v", len(r.ours(me)), err)
		}
	})
}

// TestFormsArePartedInTime has more code and links than a message may have, and a secret last.
func TestFormsArePartedInTime(t *testing.T) {
	long := "https://clore.ai/" + strings.Repeat("x", 300)
	for name, span := range map[string]func(n int) chat.Span{
		"code":     func(n int) chat.Span { return chat.C(fmt.Sprint("c", n)) },
		"bold":     func(n int) chat.Span { return chat.B(fmt.Sprint("b", n)) },
		"links":    func(n int) chat.Span { return chat.A(fmt.Sprint("a", n), long) },
		"commands": func(int) chat.Span { return chat.P("/ping") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
				r.run()
				wait(time.Second)
				var v chat.View
				for n := range 130 {
					v.Body = append(v.Body, span(n), chat.P([]string{" ", "\n"}[n/10%2]))
				}
				v.Body = append(v.Body, chat.Spoiler(chattest.Canary))
				if _, err := r.front.Send(t.Context(), person(me), v); err != nil {
					t.Fatal(err)
				}
				all := r.api.Messages(me)
				if last := all[len(all)-1]; len(all) < 2 || len(last.Form("tg-spoiler")) != 1 {
					t.Errorf("%d messages", len(all))
				}
				for _, m := range all {
					if n := len(m.Entities) + strings.Count(m.Text, "/ping"); n > 100 {
						t.Errorf("%d forms in a message", n)
					}
				}
			})
		})
	}
}
