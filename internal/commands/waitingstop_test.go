package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

// TestWaitingBidSaysWhenItStops: its planned time counts from when it wins.
func TestWaitingBidSaysWhenItStops(t *testing.T) {
	w := withBid(t, outbid, func(r *rental.Rental) {
		r.Outbid, r.StopAt, r.StopSet, r.Terms.RunFor, r.Intent = time.Time{}, time.Time{}, time.Time{}, 6*time.Hour, "intent-1"
	})
	card := w.told(rental.Event{Kind: rental.Progress, Intent: "intent-1", Order: 1939977})
	for name, v := range map[string]string{
		"/order": dump(w.says("/order 1939977")), "/orders": dump(w.says("/orders")), "card": dump(card),
		"quote": dump(w.says("/rent #88412 spot run:6h")), "extend": dump(w.says("/extend 1939977 none")),
	} {
		if strings.Contains(v, "no stop time") || !strings.Contains(v, "6 h from when it wins") && !strings.Contains(v, "stops 6 h after it wins") {
			t.Errorf("%s:\n%s", name, v)
		}
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals[0].StopSet = start }) // it was let run without an end
	if v := dump(w.says("/order 1939977")); !strings.Contains(v, "when you stop it") {
		t.Error(v)
	}
}
