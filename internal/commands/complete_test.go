package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// TestOldFiguresAreNotSuggested: names help whatever their age; numbers do not.
func TestOldFiguresAreNotSuggested(t *testing.T) {
	w := newWorld(t)
	suggested := func() string {
		t.Helper()
		all := w.c.Complete(t.Context(), w.request(ana, chat.Typed, "market", nil), "gpu", "4090")
		if len(all) == 0 {
			t.Fatal("nothing is suggested")
		}
		return all[0].Label
	}
	if got := suggested(); !strings.Contains(got, "4090 — ") {
		t.Errorf("suggested %q", got)
	}
	w.now = w.now.Add(3 * time.Hour)
	if got := suggested(); strings.Contains(got, "—") || !strings.Contains(got, "4090") {
		t.Errorf("after three hours: %q", got)
	}
}
