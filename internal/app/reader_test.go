package app_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestViewsSayWhatTheirReaderHasSet has answers carry the language and the zone of /settings.
func TestViewsSayWhatTheirReaderHasSet(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7, Servers: 20}, func(w *world) {
		w.phone.do("/settings setting:language value:de")
		w.phone.do("/settings setting:zone value:Europe/Berlin")
		if v := w.phone.do("/market"); v.Locale != "de" || v.Zone != "Europe/Berlin" {
			t.Errorf("got %q and %q", v.Locale, v.Zone)
		}
	})
}
