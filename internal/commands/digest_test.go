package commands_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestDigest(t *testing.T) {
	w := newWorld(t).withKey()
	var events []rental.Event
	w.ledger(func(l *rental.Ledger) {
		for i := range clore.OrderID(5) {
			r := running(1939941 + i)
			r.Probe.Down, r.Probe.Failure = start.Add(-3*time.Minute), "timeout"
			l.Rentals = append(l.Rentals, r)
			events = append(events, rental.Event{Kind: rental.Unreachable, User: ana, Account: "acct-1", Order: 1939941 + i, Rental: &r, At: start})
		}
	})
	digest := func(all ...rental.Event) (chat.View, error) {
		return w.c.Digest(t.Context(), ana.Direct(), all)
	}
	all, err := digest(events...)
	if err != nil {
		t.Fatal(err)
	}
	if err := chat.CheckView(all); err != nil {
		t.Error(err)
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = l.Rentals[:2] }) // the others have ended meanwhile
	some, err := digest(events...)
	if err != nil {
		t.Fatal(err)
	}
	one, err := digest(events[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "digest", all, some, one)
	if _, err := digest(events[2:]...); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("nothing to tell: %v", err)
	}
}
