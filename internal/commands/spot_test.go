package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

const spotID = clore.OrderID(1939977)

func dollars(cents int64) money.Money {
	return money.Money{Amount: money.Amount(cents) * money.Coin / 100, Currency: money.USD}
}

// spotted is a running rental with a bid of 2.90 USD a day on server 88411.
func spotted() rental.Rental {
	r := running(spotID)
	r.Order.Kind, r.Terms.Kind = clore.Spot, clore.Spot
	r.Order.Price, r.Terms.Price, r.Terms.USD, r.Label = dollars(290), dollars(290), 0, ""
	r.Charged.Creation = true
	return r
}

// bids are those on server 88411: the own one leads, a stranger bids 264 CLORE.
func bids(own int64, others ...money.Money) *clore.SpotMarket {
	m := &clore.SpotMarket{
		Exists: true, Online: true, Public: true, Floor: clore.Prices{dollars(100)},
		Rates: money.Rates{money.CLORE: money.Coin / 100},
	}
	best, mine := -1, dollars(own)
	for i, o := range others {
		usd, _ := m.Rates.USD(o)
		if usd >= mine.Amount {
			best = i
		}
		m.Offers = append(m.Offers, clore.SpotOffer{Order: clore.OrderID(9000 + i), Bid: o})
	}
	if best >= 0 {
		m.Offers[best].Active = true
	}
	if own > 0 {
		m.Offers = append(m.Offers, clore.SpotOffer{Order: spotID, Bid: mine, Mine: true, Active: best < 0})
	}
	return m
}

func clores(n int64) money.Money {
	return money.Money{Amount: money.Amount(n) * money.Coin, Currency: money.CLORE}
}

// withBid gives ana a rental with a bid.
func withBid(t *testing.T, change ...func(*rental.Rental)) *world {
	t.Helper()
	w := newWorld(t).withPreset()
	r := spotted()
	for _, f := range change {
		f(&r)
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
	w.api.book = bids(290, clores(264), dollars(228))
	return w
}

func outbid(r *rental.Rental) {
	r.Outbid, r.Since, r.Stage, r.Order.Container = start.Add(-time.Minute), time.Time{}, rental.Listed, 0
	r.Order.Hosts, r.Order.Ports = nil, nil
}

func TestSpotViews(t *testing.T) {
	w := withBid(t)
	leads := w.says("/spot 1939977")
	w.api.book = bids(290, clores(305), dollars(228))
	golden(t, "spot", leads, w.says("/spot"))
	w = withBid(t, outbid)
	w.api.book = bids(290, clores(305), dollars(228))
	lost := w.says("/spot #88411")
	w.api.book.Offers[0].Active, w.board.snapshot = false, marketWithRented(88411)
	rented := w.says("/spot 88411")
	w.api.book.Offers[0].Bid.Currency = "DOGE"
	golden(t, "spot-outbid", lost, rented, w.says("/spot 1939977"), w.says("/orders"), w.says("/order 1939977"))
	w = newWorld(t).withPreset()
	w.api.book = bids(0, clores(305))
	golden(t, "spot-server", w.says("/spot"), w.says("/spot 88411"), w.says("/spot #88412 bid:0.13/h"), w.says("/rent #88411 spot bid:3.10/day"),
		w.says("/rent #88411 bid:0.001"), w.says("/spot nonsense"))
}

func TestSpotByLabel(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) { r.Label = "lora-run" })
	if v := w.says("/spot Lora-Run"); v.Topic != "spot" || !strings.Contains(v.Title, "1939977") {
		t.Errorf("got\n%s", dump(v))
	}
}

func TestSpotWishes(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) {
		r.Bid = &rental.Bid{
			Target: dollars(265), By: rental.Person, Asked: start, Next: start.Add(7*time.Minute + 40*time.Second),
			Step: dollars(5), Error: string(clore.LowerLater),
		}
		r.Pilot = &rental.Pilot{Mode: rental.Save, Ceiling: dollars(384), Stuck: rental.LimitCeiling}
	})
	later := w.says("/spot")
	w.ledger(func(l *rental.Ledger) {
		l.Rentals[0].Bid = &rental.Bid{Target: dollars(310), By: rental.Person, Asked: start, Next: start}
	})
	raising := w.says("/spot")
	w.ledger(func(l *rental.Ledger) {
		l.Rentals[0].Bid, l.Rentals[0].Pilot = nil, &rental.Pilot{Mode: rental.Defend, Ceiling: dollars(384)}
		l.Rentals[0].NoBid = &rental.NoBid{Target: dollars(90), Reason: string(clore.AmountTooLow), Min: dollars(100), At: start}
	})
	refused, orders := w.says("/spot"), w.says("/orders")
	w.api.book = bids(290, dollars(400)) // more than the autopilot may bid
	golden(t, "spot-wish", later, raising, refused, orders, w.says("/spot"))
	w.api.book = bids(290, clores(264), dollars(228))
	w.ledger(func(l *rental.Ledger) { l.Rentals[0].Bid = &rental.Bid{Target: dollars(310)} })
	w.press(raising, "Stay at")
	if b := w.mem.ledgers["acct-1"].Rentals[0].Bid; b != nil {
		t.Errorf("the wish stays: %+v", b)
	}
}

func TestRaising(t *testing.T) {
	w := withBid(t, outbid)
	w.api.book = bids(290, clores(305), dollars(228))
	v := w.says("/spot")
	sure := w.view(w.press(v, "Raise to"))
	if r := w.mem.ledgers["acct-1"].Rentals[0]; r.Bid != nil {
		t.Fatalf("raised without asking: %+v", r.Bid)
	}
	if w.pressAs(eve, sure, "Raise to"); w.mem.ledgers["acct-1"].Rentals[0].Bid != nil {
		t.Fatal("eve raises")
	}
	asked := w.view(w.press(sure, "Raise to"))
	b := w.mem.ledgers["acct-1"].Rentals[0].Bid
	if b == nil || b.Target != dollars(306) || b.By != rental.Person {
		t.Fatalf("wish: %+v", b)
	}
	golden(t, "spot-raise", sure, asked, w.view(w.press(sure, "Raise to")), w.view(w.press(v, "+0.01")))
}

func TestLowering(t *testing.T) {
	w := withBid(t)
	safe := w.view(w.press(w.says("/spot"), "Lower to"))
	loses := w.says("/spot 1939977 bid:0.10/h")
	golden(t, "spot-lower", safe, w.view(w.press(safe, "Lower to")), loses)
	if b := w.mem.ledgers["acct-1"].Rentals[0].Bid; b == nil || b.Target != dollars(265) {
		t.Errorf("wish: %+v", b)
	}
}

// A raise that was confirmed late must not become a lowering.
func TestRaiseThatWasOvertaken(t *testing.T) {
	w := withBid(t, outbid)
	sure := w.says("/spot 1939977 bid:3.06/day")
	w.ledger(func(l *rental.Ledger) {
		l.Rentals[0].Order.Price, l.Rentals[0].Terms.Price = dollars(310), dollars(310)
	})
	v := w.view(w.press(sure, "Raise to"))
	if r := w.mem.ledgers["acct-1"].Rentals[0]; r.Bid != nil || v.Topic != "error" {
		t.Errorf("wish %+v, said\n%s", r.Bid, dump(v))
	}
}

func TestBidRefusals(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) {
		r.Book = &rental.Book{Floor: dollars(100)}
		r.Pilot = &rental.Pilot{Ceiling: dollars(300)}
	})
	w.ledger(func(l *rental.Ledger) { l.Rentals = append(l.Rentals, running(1939941)) })
	var views []chat.View
	for _, line := range []string{
		"/spot 1939977 bid:0.01/h", "/spot 1939977 bid:1/h", "/spot 1939977 bid:cheap", "/spot 1939977 bid:2.9/day",
		"/spot 1939977 bid:1BTC/d", "/spot 1939941 bid:1/h",
	} {
		views = append(views, w.says(line))
	}
	w.ledger(func(l *rental.Ledger) { l.Limits.Hour = money.Coin / 8 })
	views = append(views, w.says("/spot 1939977 bid:2.98/day"))
	w.ledger(func(l *rental.Ledger) { l.Freeze(start) })
	views = append(views, w.says("/spot 1939977 bid:2.95/day"))
	w.ledger(func(l *rental.Ledger) { l.Account.Rejected = start })
	golden(t, "spot-refused", append(views, w.says("/spot 1939977 bid:0.12/h"))...)
	if b := w.mem.ledgers["acct-1"].Rentals[0].Bid; b != nil {
		t.Errorf("wish: %+v", b)
	}
}

func TestAutopilot(t *testing.T) {
	w := withBid(t)
	v := w.view(w.press(w.says("/spot"), "Autopilot"))
	sure := w.view(w.press(v, "Defend ≤ 0.134"))
	if w.mem.ledgers["acct-1"].Rentals[0].Pilot != nil {
		t.Fatal("set without asking")
	}
	if w.pressAs(eve, sure, "Bid for me"); w.mem.ledgers["acct-1"].Rentals[0].Pilot != nil {
		t.Fatal("eve sets it")
	}
	set := w.view(w.press(sure, "Bid for me"))
	p := w.mem.ledgers["acct-1"].Rentals[0].Pilot
	if p == nil || p.Mode != rental.Defend || p.Ceiling != dollars(320) {
		t.Fatalf("pilot: %+v", p)
	}
	now := w.says("/autopilot 1939977")
	typed := w.view(w.dispatch(w.request(ana, chat.Typed, "autopilot", chat.Args{"order": "1939977", "mode": "save", "to": "0.1/h"})))
	golden(t, "autopilot", v, sure, set, now, typed, w.says("/spot"), w.says("/orders"))
	if notice, ok := w.press(now, "Only tell me").(chat.Notice); !ok || !strings.Contains(notice.Text, "off") {
		t.Errorf("said %#v", notice)
	}
	if p := w.mem.ledgers["acct-1"].Rentals[0].Pilot; p == nil || p.Mode != rental.Hold {
		t.Errorf("pilot: %+v", p)
	}
}

func TestBidAlerts(t *testing.T) {
	w := withBid(t, outbid)
	taken := &rental.Book{At: start, Top: clores(305), TopUSD: dollars(305).Amount, Floor: dollars(100), Taken: true}
	var views []chat.View
	tell := func(e rental.Event, change func(*rental.Rental)) {
		w.ledger(func(l *rental.Ledger) {
			change(&l.Rentals[0])
			r := l.Rentals[0]
			e.Rental, e.Order = &r, spotID
		})
		views = append(views, w.told(e))
	}
	lost := rental.Event{Kind: rental.Outbid, Card: "bid:1939977:1"}
	tell(lost, func(r *rental.Rental) { r.Book = taken })
	tell(lost, func(r *rental.Rental) {
		r.Pilot = &rental.Pilot{Mode: rental.Defend, Ceiling: dollars(384)}
		r.Bid = &rental.Bid{Target: dollars(306), By: rental.Autopilot, Asked: start}
	})
	tell(lost, func(r *rental.Rental) {
		r.Bid, r.Book = nil, &rental.Book{At: start, Rented: true, Floor: dollars(100)}
	})
	tell(lost, func(r *rental.Rental) { r.Book = nil })
	stuck := rental.Event{Kind: rental.BidStuck, Reason: string(rental.LimitCeiling), Price: dollars(290)}
	tell(stuck, func(r *rental.Rental) {
		r.Book, r.Pilot = taken, &rental.Pilot{Mode: rental.Defend, Ceiling: dollars(300), Stuck: rental.LimitCeiling}
	})
	tell(rental.Event{Kind: rental.BidStuck, Reason: string(rental.LimitDay), Price: dollars(310)}, func(r *rental.Rental) { r.Pilot = nil })
	tell(rental.Event{Kind: rental.BidStuck, Reason: string(clore.AmountTooLow), Price: dollars(90)}, func(*rental.Rental) {})
	again := func(r *rental.Rental) { *r = spotted() }
	tell(rental.Event{Kind: rental.Leading, Card: "bid:1939977:1", Price: dollars(306)}, again)
	tell(rental.Event{Kind: rental.Leading, Price: dollars(306)}, again)
	tell(rental.Event{Kind: rental.HasEnded}, func(r *rental.Rental) { r.Stage, r.Reason, r.EndedAt = rental.Ended, rental.ByOutbid, start })
	golden(t, "spot-alerts", views...)
}

func TestOvertakenBidAlertsAreNotTold(t *testing.T) {
	w := withBid(t)
	r := spotted()
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.Outbid, Order: spotID, Rental: &r}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("told that it is outbid: %v", err)
	}
	w = withBid(t, outbid)
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.Leading, Order: spotID, Rental: &r}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("told that it leads: %v", err)
	}
}

func TestFallback(t *testing.T) {
	w := withBid(t)
	w.ledger(func(l *rental.Ledger) {
		l.Rentals[0].Pilot = &rental.Pilot{Mode: rental.Defend, Ceiling: dollars(320)}
	})
	sure := w.view(w.press(w.says("/autopilot 1939977"), "Then on demand"))
	if w.pressAs(eve, sure, "Allow up to"); len(w.mem.ledgers["acct-1"].Mandates) != 0 {
		t.Fatal("eve allows it")
	}
	set := w.view(w.press(sure, "Allow up to"))
	l := w.mem.ledgers["acct-1"]
	if len(l.Mandates) != 1 || l.Rentals[0].Pilot.Fallback != l.Mandates[0].ID || l.Mandates[0].After != spotID {
		t.Fatalf("mandates %+v, pilot %+v", l.Mandates, l.Rentals[0].Pilot)
	}
	golden(t, "fallback", sure, set, w.view(w.press(sure, "Allow up to")), w.says("/spot"), w.says("/permissions"))
	w.press(w.says("/autopilot 1939977"), "Only tell me")
	if l := w.mem.ledgers["acct-1"]; l.Mandates[0].Active() || l.Rentals[0].Pilot.Fallback != "" {
		t.Errorf("the fallback stays: %+v", l.Mandates[0])
	}
}

// TestHoldNamesTheFallback: it goes with the autopilot, and that is said.
func TestHoldNamesTheFallback(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) {
		r.Pilot = &rental.Pilot{Mode: rental.Defend, Ceiling: dollars(320), Fallback: "m1"}
	})
	resp := w.dispatch(w.request(ana, chat.Pressed, "autopilot", chat.Args{"order": "1939977", "mode": "hold"}))
	if n, ok := resp.(chat.Notice); !ok || !strings.Contains(n.Text, "fallback on demand is taken back") {
		t.Errorf("said %#v", resp)
	}
}
