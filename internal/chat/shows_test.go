package chat_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

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
