package notify

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

func TestSilence(t *testing.T) {
	at := func(minutes int) time.Time { return time.Date(2026, 11, 24, 12, minutes, 0, 0, time.UTC) }
	var s silence
	is := func(known rental.Outage, now, want int) {
		t.Helper()
		if since := s.broken(known, at(now)); !since.Equal(at(want)) {
			t.Errorf("at %d since %v, want %v", now, since, at(want))
		}
	}
	none := rental.Outage{}
	told := rental.Outage{Since: at(-8)}
	is(none, 0, 0)
	is(none, 4, 0)
	is(told, 5, -8) // from before a restart
	is(none, 6, -8)
	is(none, 20, 20) // nobody asked for long: what was in between is not known
	s.ended()
	is(none, 30, 30)
	is(told, 31, 30) // another account's, which has not heard yet that it is over
	is(rental.Outage{Since: at(-8), Over: at(2)}, 32, 30)
}
