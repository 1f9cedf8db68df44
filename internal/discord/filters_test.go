package discord_test

import (
	"testing"
	"time"
)

// TestFiltersInDiscord narrows a search with buttons and a menu.
func TestFiltersInDiscord(t *testing.T) {
	inDiscord(t, func(w *world, _ *func()) {
		w.Type("/market 4090")
		w.pass(10 * time.Second)
		for _, part := range []string{"Filters", "1×", "≤ ", "EU", "Back"} {
			w.Press(w.label(part))
			w.pass(10 * time.Second)
		}
		if !w.sees("Market · 1x4090 <=0.", "/h cc=EU") {
			t.Errorf("never narrowed:\n%s", &w.screen)
		}
	})
}
