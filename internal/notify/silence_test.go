package notify

import (
	"testing"
	"time"
)

func TestSilence(t *testing.T) {
	at := func(minutes int) time.Time { return time.Date(2026, 11, 24, 12, minutes, 0, 0, time.UTC) }
	var s silence
	is := func(now, want int) {
		t.Helper()
		if since := s.broken(at(now)); !since.Equal(at(want)) {
			t.Errorf("at %d since %v, want %v", now, since, at(want))
		}
	}
	is(0, 0)
	is(4, 0)
	is(20, 20) // nobody asked for long: what was in between is not known
	is(21, 20)
	s.ended()
	is(30, 30)
}
