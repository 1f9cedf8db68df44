package chat_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestView_Shows(t *testing.T) {
	v := chat.View{
		Body:   chat.Text{chat.P("see "), chat.A("host", "https://host.example"), chat.C("ssh root@host")},
		Fields: []chat.Field{{Name: "Config", Value: chat.Text{chat.Pre("Host a\n  Port 1\n")}}},
	}
	for text, want := range map[string]bool{
		"https://host.example": true, "Host a\n  Port 1": true, "host": false, "ssh root@host": false, "": false,
	} {
		if got := v.Shows(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestHides(t *testing.T) {
	for name, c := range map[string]struct {
		view chat.View
		want bool
	}{
		"nothing":    {chat.View{}, false},
		"plain":      {chat.View{Body: chat.Text{chat.P("a")}, Fields: []chat.Field{{Value: chat.Text{chat.C("b")}}}}, false},
		"in a body":  {chat.View{Body: chat.Text{chat.P("a"), chat.Spoiler("b")}}, true},
		"in a field": {chat.View{Body: chat.Text{chat.P("a")}, Fields: []chat.Field{{}, {Value: chat.Text{chat.Spoiler("b")}}}}, true},
	} {
		if got := c.view.Hides(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
