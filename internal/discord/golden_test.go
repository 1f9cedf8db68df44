package discord_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

var update = flag.Bool("update", false, "write the golden files")

func views() map[string]chat.View {
	at := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	return map[string]chat.View{
		"card": {
			Tone: chat.Good, Title: "RTX 4090 ×2 · #88411", Body: chat.Text{
				chat.P("Ready since "), chat.At(at), chat.P(".\n"), chat.Pre("ssh -p 22022 root@host.example\n"),
				chat.B("Password: "), chat.Spoiler("hunter2"), chat.P(" · "), chat.A("Web (https)", "https://host.example/a_(b)?q=1"),
			},
			Fields: []chat.Field{
				{Name: "Price", Value: chat.Text{chat.P("0.42 USD/h")}},
				{Name: "Order", Value: chat.Text{chat.C("1939941")}},
				{Name: "Image", Value: chat.Text{chat.P("cloreai/jupyter:ubuntu24.04-v2 with tools")}},
			},
			Footer: "Ends at 21:00 · my_server",
			Rows: [][]chat.Control{
				{chat.Button("Extend", "stop", chat.Args{"order": "1939941", "in": "+2h"}).Styled(chat.Good), chat.Button("Cancel", "cancel", chat.Args{"order": "1939941"}).Styled(chat.Danger)},
				{{Label: "Open", URL: "https://clore.ai/"}, {Label: "SSH", Copy: "ssh -p 22022 root@host.example"}},
			},
		},
		"menu": {Title: "Market", Tone: chat.Muted, Silent: true, Rows: [][]chat.Control{{{
			Label: "Sort", Param: "s", Action: chat.Action{Command: "market", Args: chat.Args{"q": "4090"}},
			Choices: []chat.Choice{{Label: "by price", Value: "price"}, {Label: "by reliability", Value: "rel"}},
		}}}},
		"hostile":  {Title: chattest.Hostile, Body: chat.Text{chat.P(chattest.Hostile), chat.C("a`b"), chat.Pre("```\n@everyone"), chat.Spoiler("x||y")}},
		"lines":    {Body: chat.Text{chat.P("1"), chat.P(". no list\nb"), chat.P("# no heading, so not escaped"), chat.Pre("block"), chat.P("# no heading")}},
		"empty":    {},
		"buttons":  {Title: "many", Rows: [][]chat.Control{many(7), many(7), many(12)}},
		"too long": {Title: strings.Repeat("_", 300), Body: chat.Text{chat.Pre(strings.Repeat("0123456789\n", 600))}, Footer: "footer"},
	}
}

func many(n int) []chat.Control {
	row := make([]chat.Control, n)
	for i := range row {
		row[i] = chat.Button(strings.Repeat("x", i+1), "ping", chat.Args{"n": strings.Repeat("y", i+1)})
	}
	return row
}

func TestViews(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), nil)
	for name, v := range views() {
		if _, err := h.front.Send(t.Context(), h.User().Direct(), v); err != nil {
			t.Fatal(err)
		}
		h.fake.mu.Lock()
		body := h.fake.requests[len(h.fake.requests)-1].body
		h.fake.mu.Unlock()
		golden(t, strings.ReplaceAll(name, " ", ""), body)
	}
	if err := h.Sanitized(); err != nil {
		t.Error(err)
	}
}

func TestRegisteredCommands(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), nil)
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	for _, r := range h.fake.requests {
		if r.method == "PUT" {
			golden(t, "commands", r.body)
		}
	}
}

func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	path := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(path, pretty.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%s", name, diff)
	}
}

// TestAnyViewIsAccepted sends views of any kind and length: the fake checks every limit.
func TestAnyViewIsAccepted(t *testing.T) {
	h := startWith(t, chattest.NewDispatcher(commands()...), nil)
	piece := rapid.SampledFrom([]string{chattest.Hostile, "a", "||", "`", "\\", "**", "\n# x", "😀", strings.Repeat("long ", 900), "https://x.example/", ""})
	text := rapid.Map(rapid.SliceOfN(piece, 0, 3), func(all []string) string { return strings.Join(all, "") })
	span := rapid.Custom(func(t *rapid.T) chat.Span {
		return chat.Span{
			Kind: chat.SpanKind(rapid.IntRange(0, 6).Draw(t, "kind")), Text: text.Draw(t, "text"),
			URL: rapid.SampledFrom([]string{"https://clore.ai/(x)", "javascript:1", ""}).Draw(t, "url"), Time: time.Unix(1790000000, 0),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		v := chat.View{Title: text.Draw(t, "title"), Footer: text.Draw(t, "footer"), Body: rapid.SliceOfN(span, 0, 4).Draw(t, "body")}
		for range rapid.IntRange(0, 30).Draw(t, "fields") {
			v.Fields = append(v.Fields, chat.Field{Name: text.Draw(t, "name"), Value: rapid.SliceOfN(span, 0, 3).Draw(t, "value")})
		}
		for range rapid.IntRange(0, 7).Draw(t, "rows") {
			row := []chat.Control{{Label: text.Draw(t, "label"), Action: chat.Action{Command: "ping"}}, {Label: text.Draw(t, "copy label"), Copy: text.Draw(t, "copy")}}
			v.Rows = append(v.Rows, row)
		}
		m := h.front.Rendered(v)
		h.fake.mu.Lock()
		defer h.fake.mu.Unlock()
		before := len(h.fake.faults)
		h.fake.checkMessage(m, true)
		if len(h.fake.faults) > before {
			t.Fatalf("%q", h.fake.faults[before:])
		}
		var shown message
		if err := json.Unmarshal(m, &shown); err != nil {
			t.Fatal(err)
		}
		for _, e := range shown.Embeds {
			texts := []string{e.Title, e.Description}
			for _, f := range e.Fields {
				texts = append(texts, f.Name, f.Value)
			}
			for _, s := range texts {
				if wrong := read(s).wrong; len(wrong) > 0 || deceptive(s) {
					t.Fatalf("%q in %q", wrong, s)
				}
			}
		}
	})
}
