package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestUnlistedServerWasNotTaken(t *testing.T) {
	w := newWorld(t).withPreset()
	for _, v := range []chat.View{
		w.says("/rent #99999999"), w.view(w.dispatch(w.request(ana, chat.Pressed, "offer", chat.Args{"id": "99999999"}))),
	} {
		if text := dump(v); strings.Contains(text, "taken") || !strings.Contains(text, "#99999999 is not in the market") {
			t.Error(text)
		}
	}
}

func TestTimesThatCannotBeSayWhatCan(t *testing.T) {
	w := newWorld(t).withPreset()
	for _, run := range []string{"0h", "0m", "0d", "5m", "3001h", "200d", "99999999h", "99999999999999999999h"} {
		if v := dump(w.says("/rent 4090 run:" + run)); !strings.Contains(v, "10 minutes") || !strings.Contains(v, "3000 hours") {
			t.Errorf("%s: %s", run, v)
		}
	}
	if v := dump(w.says("/rent 4090 run:soon")); !strings.Contains(v, "soon") || !strings.Contains(v, "6h") {
		t.Error(v)
	}
}

// TestRefusedWordsNameNoParameter reads what a terminal says of a line that it cannot send.
func TestRefusedWordsNameNoParameter(t *testing.T) {
	w := newWorld(t).withKey()
	for _, line := range []string{"/key foo", "/order none", "/key add foo bar baz"} {
		_, _, err := chat.ParseLine(w.c.Commands(), line)
		if err == nil {
			t.Errorf("%s is understood", line)
			continue
		}
		t.Logf("%s: %v", line, err)
		for _, name := range []string{"do:", "order:", "key:"} {
			if strings.HasPrefix(err.Error(), name) {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}
