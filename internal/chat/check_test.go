package chat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestCheckView(t *testing.T) {
	long := strings.Repeat("x", 5000)
	button := func(label, value string) chat.Control {
		return chat.Button(label, "do", chat.Args{"v": value})
	}
	menu := chat.Control{
		Label: "Pick", Param: "v", Action: chat.Action{Command: "do"},
		Choices: []chat.Choice{{Label: "One", Value: "1"}, {Label: "Two", Value: "2"}},
	}
	rows := func(controls ...chat.Control) chat.View {
		return chat.View{Title: "t", Rows: [][]chat.Control{controls}}
	}
	noParam := menu
	noParam.Param = ""
	for _, tt := range []struct {
		name string
		view chat.View
		want string // "" is no fault
	}{
		{"plain", chat.View{Title: "t", Body: chat.Text{chat.P("x"), chat.At(time.Unix(1, 0))}}, ""},
		{"controls", rows(button("a", "1"), button("b", "2")), ""},
		{"menu", rows(menu), ""},
		{"link", chat.View{Body: chat.Text{chat.A("x", "https://clore.ai")}}, ""},
		{"empty", chat.View{}, "empty view"},
		{"long title", chat.View{Title: long}, "title of 5000"},
		{"long body", chat.View{Body: chat.Text{chat.P(long)}}, "5000 characters of text"},
		{"long field", chat.View{Fields: []chat.Field{{Name: "a", Value: chat.Text{chat.P(long)}}}}, `field "a" of 5000`},
		{"many fields", chat.View{Fields: make([]chat.Field, 26)}, "26 fields"},
		{"nameless field", chat.View{Title: "t", Fields: []chat.Field{{}}}, "without a name"},
		{"many rows", chat.View{Title: "t", Rows: make([][]chat.Control, 6)}, "6 rows"},
		{"empty row", rows(), "row 0 of 0"},
		{"long row", rows(make([]chat.Control, 6)...), "row 0 of 6"},
		{"no label", rows(button("", "1")), "without a label"},
		{"long label", rows(button(long, "1")), "label of a control of 5000"},
		{"no action", rows(chat.Control{Label: "a"}), "0 of action"},
		{"two actions", rows(chat.Control{Label: "a", URL: "https://x.org", Copy: "x"}), "2 of action"},
		{"long action", rows(button("a", long)), "longer than 64 bytes"},
		{"twins", rows(button("a", "1"), button("b", "1")), "does what another does"},
		{"script", chat.View{Body: chat.Text{chat.A("x", "javascript:alert(1)")}}, "link to"},
		{"script button", rows(chat.Control{Label: "a", URL: "http://evil.org"}), "leads to"},
		{"menu and button", rows(menu, button("a", "3")), "shares its row"},
		{"menu without parameter", rows(noParam), "without a parameter"},
		{"no time", chat.View{Body: chat.Text{{Kind: chat.When}}}, "moment without a time"},
		{"astral", chat.View{Title: strings.Repeat("😀", 129)}, "title of 258"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := chat.CheckView(tt.view)
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLinkOK(t *testing.T) {
	for address, want := range map[string]bool{
		"https://clore.ai/x?y=1#z":                  true,
		"http://127.0.0.1:8080/":                    true,
		"http://localhost:1/":                       true,
		"https://abc.localhost:44":                  true,
		"http://abc.localhost:44":                   true,
		"http://[::1]:80/":                          true,
		"http://clore.ai":                           false,
		"https://":                                  false,
		"javascript:alert(1)":                       false,
		"data:text/html,x":                          false,
		"https://user:pw@clore.ai":                  false,
		"https://clore.ai/\x1b[31m":                 false,
		"https://clore.ai/a b":                      false,
		"https://clоre.ai":                          false, // Cyrillic о
		"https://x.org/\u202egpj.exe":               false,
		"https://x.org/" + strings.Repeat("a", 600): false,
		"http://localhost.evil.org":                 false,
	} {
		if got := chat.LinkOK(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 漢 👍🏽":                "plain é 漢 👍🏽",
		"a\tb\nc\r\n":                 "a b\nc\n",
		"\x1b[31mred\x1b[0m\x07":      "[31mred[0m",
		"\u009b31mc1":                 "31mc1",
		"\u202eevil\u2066x\u200f":     "evilx",
		"zero\u200bwidth\ufeff":       "zerowidth",
		"\u3164hidden\u115f":          "hidden",
		"👩\u200d💻":                    "👩\u200d💻",
		"bad\xff\xfe":                 "bad\ufffd",
		"line\u2028separator":         "line separator",
		"tag\U000e0041\U000e007f end": "tag end",
	} {
		if got := chat.Clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := chat.CleanLine("a\nb\x1b"); got != "a b" {
		t.Errorf("line: %q", got)
	}
}

func TestUser(t *testing.T) {
	u := chat.User{Platform: chat.Telegram, ID: "1:2"}
	if got := u.String(); got != "telegram:1:2" {
		t.Errorf("got %q", got)
	}
	if id, ok := u.Direct().DirectUser(); !ok || id != u.ID {
		t.Errorf("direct address of %q", id)
	}
	if _, ok := (chat.Address{ChatID: "-100"}).DirectUser(); ok {
		t.Error("a group was taken for a private chat")
	}
}

func TestArgs_With(t *testing.T) {
	a := chat.Args{"x": "1"}
	b := a.With("y", "2").With("x", "")
	if len(a) != 1 || len(b) != 1 || b["y"] != "2" {
		t.Errorf("a %v, b %v", a, b)
	}
}
