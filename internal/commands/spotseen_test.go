package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestWhatOneViewSawAllSay: the bids that /spot reads are newer than what the watcher knew.
func TestWhatOneViewSawAllSay(t *testing.T) {
	w := withBid(t)
	w.api.book = bids(290, clores(305))
	spot := w.says("/spot")
	l := w.mem.ledgers["acct-1"]
	if r := l.Rental(spotID); r.Outbid.IsZero() || r.Burning() {
		t.Errorf("not known: %+v", r)
	}
	orders := w.says("/orders")
	if !strings.Contains(dump(spot), "utbid") || !strings.Contains(dump(orders), "utbid") || !strings.Contains(orders.Title, "burning 0.00") {
		t.Errorf("%s\n%s", dump(spot), dump(orders))
	}
	w.api.book = bids(290, clores(264))
	w.says("/spot")
	if l := w.mem.ledgers["acct-1"]; !l.Rental(spotID).Outbid.IsZero() {
		t.Error("leads again, and that is not known")
	}
}

// TestBidBelowTheFloor is refused before it is offered, also when it lowers.
func TestBidBelowTheFloor(t *testing.T) {
	w := withBid(t)
	v := w.says("/spot 1939977 bid:0.50/day")
	if v.Topic != "error" || !strings.Contains(dump(v), "1.00/day") {
		t.Error(dump(v))
	}
}

// TestRefusedBidThatLeads: nothing has to be taken back, the server is still one's own.
func TestRefusedBidThatLeads(t *testing.T) {
	w := withBid(t)
	r := spotted()
	v := w.told(rental.Event{Kind: rental.BidStuck, Order: spotID, Rental: &r, Price: dollars(50), Reason: string(clore.AmountTooLow)})
	if text := dump(v); strings.Contains(text, "Take bid back") || !strings.Contains(text, "still leads") {
		t.Error(text)
	}
}
