package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// A permission ends with its watch, and is never made longer by it.
func TestEndWithWatch(t *testing.T) {
	give := func() *rental.Ledger {
		l := ledger()
		for id, watch := range map[string]string{"m": "w1", "other": "w2"} {
			if err := l.Allow(armed(id, watch), t0); err != nil {
				t.Fatal(err)
			}
		}
		return &l
	}
	l := give()
	l.EndWithWatch("w1", at(time.Hour), at(time.Minute))
	if m := l.Mandate("m"); !m.Active() || !m.Until.Equal(at(time.Hour)) {
		t.Errorf("of a watch that ends sooner: %+v", m)
	}
	l.EndWithWatch("w1", at(90*time.Minute), at(time.Minute))
	l.EndWithWatch("", t0, at(time.Minute))
	if m := l.Mandate("m"); !m.Active() || !m.Until.Equal(at(time.Hour)) {
		t.Errorf("of one that ends later: %+v", m)
	}
	buy(t, l)
	l.EndWithWatch("w1", at(2*time.Minute), at(2*time.Minute))
	finished(t, l, rental.FinishExpired)
	if got := state(t, l, "q"); got != rental.Withdrawn {
		t.Errorf("what was not sent is %s", got)
	}
	if m := l.Mandate("other"); !m.Active() || !m.Until.Equal(at(2*time.Hour)) {
		t.Errorf("another watch's: %+v", m)
	}
	l = give() // what is underway may yet be what was wanted
	buy(t, l)
	place(t, l)
	l.EndWithWatch("w1", at(time.Minute), at(time.Minute))
	finished(t, l, "")
	bars(t, l, at(2*time.Minute), rental.ErrMandateOver)
}
