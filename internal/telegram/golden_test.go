package telegram_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

var update = flag.Bool("update", false, "write the golden files")

// views are of every part that a view can have, and of every way in which one can be too much.
func views(now time.Time) map[string]chat.View {
	quote := chat.View{
		Tone: chat.Warning, Title: "Quote · #88412 · 1× RTX 4090", Footer: "Valid for 1 min 30 s",
		Body: chat.Text{chat.P("on-demand · "), chat.B("DE"), chat.P("\nUntil "), chat.At(now.Add(90 * time.Second)), chat.P(", since "), chat.At(now.Add(-50 * time.Hour))},
		Fields: []chat.Field{
			{Name: "Price", Value: chat.Text{chat.P("0.125 USD/h <&> more")}},
			{Name: "Image", Value: chat.Text{chat.C("cloreai/jupyter:<24>"), chat.P(" · ports 22")}},
			{Name: "Config", Value: chat.Text{chat.Pre("Host clore-1\n  Port 22\n")}},
			{Name: "Web", Value: chat.Text{chat.A("a & b", "https://clore.ai/?a=1&b=2"), chat.P(" "), chat.A("bad", "javascript:x")}},
			{Name: "Password", Value: chat.Text{chat.Spoiler("p<w>&d")}},
		},
		Rows: [][]chat.Control{
			{chat.Button("Rent", "take", chat.Args{"quote": "id1"}).Styled(chat.Good), chat.Button("Stop", "stop", nil).Styled(chat.Danger)},
			{{Label: "Web", URL: "https://clore.ai/"}, {Label: "Copy ssh", Copy: "ssh -p 22 root@host"}, {Label: "Bad", URL: "ftp://x"}},
			{{Label: "Sort by…", Param: "s", Action: chat.Action{Command: "list"}, Choices: []chat.Choice{
				{Label: "price", Value: "price"}, {Label: "reliability", Value: "rel"}, {Label: "VRAM", Value: "vram"}, {Label: "newest", Value: "new"},
			}}},
		},
	}
	return map[string]chat.View{
		"quote":   quote,
		"card":    {Tone: chat.Good, Title: "✅ Ready", Body: chat.Text{chat.P("It runs.")}, Silent: true},
		"danger":  {Tone: chat.Danger, Body: chat.Text{chat.P("All is lost.")}},
		"empty":   {},
		"guarded": {Title: "Login", Guarded: true, Body: chat.Text{chat.P("Open: "), chat.C("ssh -p 22 root@host")}},
		"hostile": {
			Title: chattest.Hostile, Body: chat.Text{chat.P("@everyone mail@host (@me) "), chat.B(chattest.Hostile), chat.Pre(chattest.Hostile), chat.Spoiler(chattest.Hostile)},
			Fields: []chat.Field{{Name: chattest.Hostile, Value: chat.Text{chat.C(chattest.Hostile)}}},
			Rows:   [][]chat.Control{{chat.Button(chattest.Hostile, "x", nil), chat.Button("", "y", nil)}},
		},
		"long": {
			Title: strings.Repeat("title ", 100), Footer: "the end",
			Body:   chat.Text{chat.P(strings.Repeat("words & <more> ", 400)), chat.Pre(strings.Repeat("row 🚀\n", 900))},
			Fields: []chat.Field{{Name: "kept", Value: chat.Text{chat.P(strings.Repeat("& ", 900))}}},
		},
		"fields":  {Title: "many", Fields: manyFields()},
		"buttons": {Title: "many", Rows: manyButtons()},
	}
}

func manyFields() []chat.Field {
	var all []chat.Field
	for i := range 25 {
		all = append(all, chat.Field{Name: fmt.Sprint("field ", i), Value: chat.Text{chat.A(strings.Repeat("<", 300), "https://clore.ai/"+strings.Repeat("&", 400))}})
	}
	return all
}

func manyButtons() [][]chat.Control {
	var all [][]chat.Control
	for i := range 30 {
		all = append(all, []chat.Control{
			chat.Button(fmt.Sprint("a", i), "x", chat.Args{"i": fmt.Sprint(i)}), chat.Button(strings.Repeat("b", 100), "y", nil),
			chat.Button("too long", "z", chat.Args{"i": strings.Repeat("i", 64)}),
			{Label: "copied", Copy: strings.Repeat("c", 257)},
			chat.Button("d", "d", nil), chat.Button("e", "e", nil),
		})
	}
	return all
}

// TestGolden sends every view and keeps what Telegram got, and what people see of it.
func TestGolden(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		for name, v := range views(time.Now()) {
			var sent strings.Builder
			r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
				sent.WriteString("--- " + method + "\n" + written(form)) // a secret comes by an edit
				return nil
			})
			if _, err := r.front.Send(t.Context(), r.User().Direct(), v); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			compare(t, name, sent.String())
		}
	})
}

func written(form map[string]string) string {
	var b strings.Builder
	for _, name := range []string{"parse_mode", "disable_notification", "protect_content", "link_preview_options"} {
		if form[name] != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, form[name])
		}
	}
	b.WriteString("\n" + form["text"] + "\n\n")
	var markup struct {
		Rows [][]json.RawMessage `json:"inline_keyboard"`
	}
	_ = json.Unmarshal([]byte(form["reply_markup"]), &markup)
	for _, row := range markup.Rows {
		for _, button := range row {
			fmt.Fprintf(&b, "%s ", button)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}
