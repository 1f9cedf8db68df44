package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// asksWord reports whether a view wants a word before it spends.
func asksWord(v chat.View) bool {
	for _, ctl := range v.Controls() {
		if ctl.Action.Command == "confirm" {
			return true
		}
	}
	return false
}

// spendsByTap reports whether a view spends with a tap.
func spendsByTap(v chat.View) bool {
	for _, ctl := range v.Controls() {
		if ctl.Action.Command == "take" || ctl.Action.Command == "do" {
			return true
		}
	}
	return false
}

// TestOddBidWantsAWord: a bid a day that was typed without its unit is read as one an hour, 24
// times too dear. One USD a day would lead.
func TestOddBidWantsAWord(t *testing.T) {
	for bid, odd := range map[string]bool{
		"2.90/day": false, "0.124": false, "3.10/day": true, "0.13": true, "2.4": true, "1.2/h": true,
	} {
		w := newWorld(t).withPreset()
		w.api.book = bids(0)
		v := w.says("/rent #88411 run:2h spot bid:" + bid)
		if asksWord(v) != odd || spendsByTap(v) == odd {
			t.Errorf("%s: asks for a word: %v\n%s", bid, asksWord(v), dump(v))
		}
	}
}

// TestOddBidWithoutTheBids judges by the host's least bid where Clore does not tell who bids.
func TestOddBidWithoutTheBids(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.book = nil
	if v := w.says("/rent #88411 run:2h spot bid:0.6/h"); !asksWord(v) || spendsByTap(v) {
		t.Error(dump(v))
	}
}

// TestDearBidWantsAWord: others bid as much, but so much is at stake that a tap is too little.
func TestDearBidWantsAWord(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.book = bids(0, dollars(2450))
	if v := w.says("/rent #88411 run:2h spot bid:24.6/day"); !asksWord(v) || strings.Contains(dump(v), "times what would lead") {
		t.Error(dump(v))
	}
	w.api.book = bids(0, dollars(1100))
	if v := w.says("/rent #88411 run:48h spot bid:12/day"); !asksWord(v) {
		t.Errorf("24 USD are planned:\n%s", dump(v))
	}
	if v := w.says("/rent #88411 run:2h spot bid:12/day"); asksWord(v) {
		t.Error(dump(v))
	}
}

func TestOddBidIsMadeByItsWord(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.book = bids(0)
	card := w.says("/rent #88411 run:2h spot bid:2.4")
	w.word(card, "yes")
	w.word(card, "BID 3")
	if n := len(w.intents()); n != 0 {
		t.Fatalf("%d intents without the word", n)
	}
	meant := w.view(w.press(card, "I meant"))
	placing := w.word(card, "bid 58")
	if n := len(w.intents()); n != 1 || w.intents()[0].Terms.Price != dollars(5760) || placing.Topic != "placing" {
		t.Fatalf("%d intents\n%s", n, dump(placing))
	}
	golden(t, "odd-bid", card, meant, placing)
}

// TestOddRaiseWantsAWord, and a lowering none, however high it still is.
func TestOddRaiseWantsAWord(t *testing.T) {
	w := withBid(t, outbid)
	w.api.book = bids(290, clores(305), dollars(228))
	card := w.says("/spot 1939977 bid:3.10")
	wrong := w.word(card, "yes")
	if spendsByTap(card) || w.mem.ledgers["acct-1"].Rentals[0].Bid != nil {
		t.Fatalf("raised without the word\n%s", dump(card))
	}
	meant := w.view(w.press(card, "I meant"))
	done := w.word(wrong, "bid 75")
	if b := w.mem.ledgers["acct-1"].Rentals[0].Bid; b == nil || b.Target != dollars(7440) {
		t.Fatalf("wish: %+v", b)
	}
	golden(t, "odd-raise", card, wrong, meant, done)
	w = withBid(t, func(r *rental.Rental) { r.Order.Price = dollars(7440) })
	w.api.book = bids(7440)
	if v := w.says("/spot 1939977 bid:70/day"); asksWord(v) || !spendsByTap(v) {
		t.Error(dump(v))
	}
}

// TestOddCeilingWantsAWord: the autopilot may bid up to it without asking.
func TestOddCeilingWantsAWord(t *testing.T) {
	w := withBid(t)
	ceiling := func(to string) chat.View {
		return w.view(w.dispatch(w.request(ana, chat.Typed, "autopilot", chat.Args{"order": "1939977", "mode": "defend", "to": to})))
	}
	if v := ceiling("0.3/h"); asksWord(v) || !spendsByTap(v) {
		t.Error(dump(v))
	}
	card := ceiling("3.2")
	if !asksWord(card) || spendsByTap(card) {
		t.Fatal(dump(card))
	}
	w.word(card, "BID")
	if p := w.mem.ledgers["acct-1"].Rentals[0].Pilot; p != nil {
		t.Fatalf("set without the word: %+v", p)
	}
	set := w.word(card, "BID 77")
	if p := w.mem.ledgers["acct-1"].Rentals[0].Pilot; p == nil || p.Ceiling != dollars(7680) {
		t.Errorf("pilot: %+v", p)
	}
	golden(t, "odd-ceiling", card, set)
}

// TestWordAgreesWithThePrice that stands above it, in unit and rounding.
func TestWordAgreesWithThePrice(t *testing.T) {
	for bid, want := range map[string][2]string{
		"24.002/day": {"24.00/day", "BID 24`: the number is the 24.00 USD a day"},
		"24.01/day":  {"24.01/day", "BID 25`: the number is the 24.01 USD a day"},
		"1.02/h":     {"24.48/day", "BID 25`: the number is the 24.48 USD a day"},
	} {
		w := newWorld(t).withPreset()
		w.api.book = bids(0, dollars(2450))
		if v := dump(w.says("/rent #88411 run:20h spot bid:" + bid)); !strings.Contains(v, want[0]) || !strings.Contains(v, want[1]) {
			t.Errorf("%s: want %v\n%s", bid, want, v)
		}
	}
	w := withBid(t)
	v := dump(w.view(w.dispatch(w.request(ana, chat.Typed, "autopilot", chat.Args{"order": "1939977", "mode": "defend", "to": "24.002/day"}))))
	if !strings.Contains(v, "Ceiling: 1.001 USD/h · 24.01/day") || !strings.Contains(v, "BID 25`: the number is the 24.01 USD a day") {
		t.Error(v)
	}
}
