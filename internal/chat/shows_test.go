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
