package app_test

import (
	"regexp"
	"testing"
)

// TestFiltersInTelegram narrows a search with nothing but taps, in one message.
func TestFiltersInTelegram(t *testing.T) {
	inTelegram(t, func(w *telegrammer) {
		w.types("/market 4090")
		before := len(w.api.Messages(her))
		w.taps("Filters")
		for _, tap := range []string{"1×", "≤ ", "EU"} {
			w.taps(tap)
		}
		v := w.taps("Back")
		if narrow := regexp.MustCompile(`Market · 1x4090 (<|&lt;)=0\.\d+/h cc=EU`); !narrow.MatchString(v.Raw()) {
			t.Errorf("shows:\n%s", v.Raw())
		}
		if after := len(w.api.Messages(her)); after != before {
			t.Errorf("%d messages became %d", before, after)
		}
	})
}
