package terminal_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/terminal"
)

// rendered returns what a terminal prints for a view that is sent to it.
func rendered(t *testing.T, v chat.View, o terminal.Options) string {
	t.Helper()
	var out strings.Builder
	o.In, o.Out, o.Zone, o.Now = strings.NewReader(""), &out, time.UTC, noon
	tty := terminal.New(o)
	if _, err := tty.Send(t.Context(), chat.User{Platform: chat.Terminal, ID: "local"}.Direct(), v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRender(t *testing.T) {
	for _, tt := range []struct {
		name string
		view chat.View
		want string
	}{
		{"title and text", chat.View{Title: "T", Body: chat.Text{chat.P("a "), chat.B("b"), chat.P(" c\n\nd\n")}}, "T\na b c\n\nd\n"},
		{"loud tones", chat.View{Tone: chat.Warning, Title: "T"}, "! T\n"},
		{"block", chat.View{Body: chat.Text{chat.P("a\n"), chat.Pre("x  y\n\nz\n"), chat.P("b")}}, "a\nx  y\n\nz\nb\n"},
		{"links", chat.View{Body: chat.Text{
			chat.A("site", "https://clore.ai"), chat.P(" "), chat.A("", "https://a.org"), chat.P(" "), chat.A("bad", "ftp://a.org"),
		}}, "site <https://clore.ai> https://a.org bad\n"},
		{"times", chat.View{Body: chat.Text{
			chat.At(noon().Add(5 * time.Minute)), chat.P("\n"), chat.At(noon().Add(-26 * time.Hour)), chat.P("\n"),
			chat.At(noon().Add(75*24*time.Hour + time.Hour)), chat.P("\n"), chat.At(noon().Add(45 * time.Second)), chat.P("\n"),
			chat.At(noon().Add(3*time.Hour + 4*time.Minute)),
		}}, "12:05 (in 5m)\nMon 23 Nov 10:00 (1d 2h ago)\n7 Feb 2027 13:00 (in 75d)\n12:00 (in 45s)\n15:04 (in 3h 4m)\n"},
		{"fields", chat.View{Fields: []chat.Field{
			{Name: "漢字", Value: chat.Text{chat.P("wide")}},
			{Name: "Price", Value: chat.Text{chat.P("one\ntwo")}},
			{Name: "A name longer than the column", Value: chat.Text{chat.P("x")}},
			{Name: "None"},
		}}, "漢字   wide\nPrice  one\n       two\nA name longer than the column  x\nNone\n"},
		{"hidden", chat.View{Body: chat.Text{chat.P("pw "), chat.Spoiler("CANARY")}}, "pw ▒▒▒▒▒▒\n[a1] Show\n"},
		{"controls", chat.View{Title: "T", Rows: [][]chat.Control{
			{chat.Button("One", "x", nil), chat.Button("Two", "y", nil), {Label: "Site", URL: "https://clore.ai"}},
			{{Label: "Copy", Copy: "ssh x"}},
			{{Label: "Pick", Param: "p", Action: chat.Action{Command: "x"}, Choices: []chat.Choice{{Label: "Three", Value: "3"}}}},
		}}, "T\nSite <https://clore.ai>\n[a1] One   [a2] Two\nCopy: ssh x\nPick:\n  [a3] Three\n"},
		{"forged controls", chat.View{
			Title: "[1] Yes", Body: chat.Text{chat.P("x [a12] [1/8] [x] []")},
			Rows: [][]chat.Control{{chat.Button("No [2] Yes", "x", nil)}},
		}, "(1) Yes\nx (a12) [1/8] [x] []\n[a1] No (2) Yes\n"},
		{"foreign text", chat.View{Title: "a\nb\x1b[2J", Body: chat.Text{chat.P("x\u202ey\x07\r\nz\tw\xff")}}, "a b[2J\nxy\nz w\ufffd\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rendered(t, tt.view, terminal.Options{})
			if diff := cmp.Diff("a: "+tt.want+"\n", got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRender_color(t *testing.T) {
	got := rendered(t, chat.View{Tone: chat.Good, Title: "T", Footer: "f", Body: chat.Text{chat.C("c")}}, terminal.Options{Color: true})
	want := "\x1b[36ma: \x1b[0m\x1b[32mT\x1b[0m\n\x1b[36mc\x1b[0m\n\x1b[2mf\x1b[0m\n\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestColorWanted(t *testing.T) {
	env := func(set map[string]string) func(string) string { return func(k string) string { return set[k] } }
	for _, tt := range []struct {
		set  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm"}, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
	} {
		if got := terminal.ColorWanted(env(tt.set)); got != tt.want {
			t.Errorf("%v: %v", tt.set, got)
		}
	}
}

func TestPhrases(t *testing.T) {
	var out strings.Builder
	tty := terminal.New(terminal.Options{
		In: strings.NewReader("nosuch\n99\n"), Out: &out, Now: noon,
		Phrases: terminal.Phrases{Unknown: "Was ist „%s“?"},
	})
	if err := tty.Run(t.Context(), chattest.NewDispatcher()); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "Was ist „nosuch“?") || !strings.Contains(got, "There is no control 99") {
		t.Errorf("got %q", got)
	}
}

// colours are the only escape sequences that a terminal may print.
var colours = regexp.MustCompile(`\x1b\[\d+m`)

func FuzzRender(f *testing.F) {
	for _, s := range []string{chattest.Hostile, "plain", "\x1b[2J", "\u009b31m", "a\r\nb\x00", "\u202e\u2066", "\xff\xfe", "[1] Forged   [2] x"} {
		f.Add(s, "https://clore.ai/"+s, true)
	}
	f.Fuzz(func(t *testing.T, s, address string, color bool) {
		s = strings.ReplaceAll(s, "wait", "") // it would
		action := chat.Action{Command: s}
		v := chat.View{
			Title: s, Footer: s, Tone: chat.Danger,
			Body: chat.Text{
				chat.P(s), chat.B(s), chat.C(s), chat.Pre(s), chat.Spoiler(s), chat.A(s, address), chat.P(s), {Kind: chat.When, Text: s},
			},
			Fields: []chat.Field{{Name: s, Value: chat.Text{chat.P(s), chat.Pre(s)}}},
			Rows: [][]chat.Control{
				{{Label: s, Action: action}, {Label: s, URL: address}, {Label: s, Copy: s}},
				{{Label: s, Param: s, Action: action, Choices: []chat.Choice{{Label: s, Value: s}}}},
			},
		}
		var out strings.Builder
		tty := terminal.New(terminal.Options{
			In: strings.NewReader("show\n" + s + "\na1\n"), Out: &out, Color: color, Zone: time.UTC, Now: noon,
		})
		to := chat.User{Platform: chat.Terminal, ID: "local"}.Direct()
		ref, err := tty.Send(t.Context(), to, v)
		if err != nil {
			t.Fatal(err)
		}
		v.Title, v.Body = s+s, v.Body[1:]
		if err := tty.Edit(t.Context(), ref, v); err != nil {
			t.Fatal(err)
		}
		_ = tty.Run(t.Context(), chattest.NewDispatcher(&chat.Command{Name: "x", Params: []chat.Param{{Name: "p", Summary: s, Required: true}}}))
		text := out.String()
		if color {
			text = colours.ReplaceAllString(text, "")
		}
		if err := sanitized(strings.ReplaceAll(text, "\ufffd", "?")); err != nil {
			t.Fatal(err)
		}
	})
}
