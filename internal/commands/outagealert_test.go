package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestOutageViews(t *testing.T) {
	w := newWorld(t).withKey()
	o := rental.Outage{Since: start.Add(-6 * time.Minute)}
	down := w.told(rental.Event{Kind: rental.CloreDown, Outage: &o})
	over := o
	over.Over = start.Add(6 * time.Minute)
	golden(t, "outage", down, w.told(rental.Event{Kind: rental.CloreDown, Outage: &over}))
	if !down.Silent {
		t.Error("an outage that nobody can do anything about rings")
	}
	if list := w.says("/settings alerts"); !strings.Contains(dump(list), "Clore does not answer: *silent*") {
		t.Error(dump(list))
	}
	p := w.mem.profiles[ana]
	p.Levels = map[string]account.Level{string(rental.CloreDown): account.Off}
	w.mem.profiles[ana] = p
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.CloreDown, Outage: &o}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("told what is off: %v", err)
	}
}
