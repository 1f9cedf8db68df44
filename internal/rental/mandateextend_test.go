package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// twoOf returns a ledger whose mandate wants two rentals for a total, and has the first one: an
// hour at 2 USD a day, which is counted as 0.190625 USD.
func twoOf(t *testing.T, total string, change ...func(*rental.Mandate)) *rental.Ledger {
	t.Helper()
	l := rented(t, append(change, func(m *rental.Mandate) { m.Count, m.Total = 2, amount(total) })...)
	observe(l, list(time.Minute, deployed(1001)))
	l.Reached(1001, banner, at(2*time.Minute))
	if p := only(t, l); p.State != rental.Bought {
		t.Fatalf("purchase %+v", p)
	}
	return l
}

func stopsAt(t *testing.T, l *rental.Ledger, stop, now time.Duration) {
	t.Helper()
	to := at(stop)
	if stop == 0 {
		to = time.Time{}
	}
	if err := l.SetStop(1001, to, at(now)); err != nil {
		t.Fatal(err)
	}
}

// about checks what the mandate counts, to a hundredth of a USD.
func about(t *testing.T, l *rental.Ledger, what, want string) {
	t.Helper()
	if got := l.Mandate("m").Spent(); got < amount(want)-money.Coin/100 || got > amount(want)+money.Coin/100 {
		t.Errorf("%s: counts %v, want about %s", what, got, want)
	}
}

// More time for what a mandate bought counts towards its total, so that the next purchase cannot
// take all orders together beyond it. An hour costs 0.0875 with the fee.
func TestMoreTimeCounts(t *testing.T) {
	l := twoOf(t, "0.45")
	about(t, l, "bought", "0.19")
	stopsAt(t, l, 2*time.Hour, 3*time.Minute)
	about(t, l, "an hour more", "0.28")
	over := (*rental.OverLimit)(nil)
	if _, err := l.Buy("m", found("q2", 7, at(4*time.Minute)), at(4*time.Minute)); !errors.As(err, &over) || over.Limit != rental.LimitMandate {
		t.Errorf("another one: %v", err)
	}
	stopsAt(t, l, time.Hour, 5*time.Minute)
	about(t, l, "taken back", "0.19")
	finished(t, l, "")
	bars(t, l, at(6*time.Minute), nil)
}

// When nothing is left for another one, it is over.
func TestMoreTimeEndsIt(t *testing.T) {
	for name, stop := range map[string]time.Duration{"four hours": 4 * time.Hour, "no stop time": 0} {
		l := twoOf(t, "0.45")
		stopsAt(t, l, stop, 3*time.Minute)
		finished(t, l, rental.FinishMoney)
		if l.Rental(1001).Cancel != nil {
			t.Errorf("%s: what runs is cancelled", name)
		}
	}
	l := twoOf(t, "0.45")
	observe(l, list(3*time.Minute, func() clore.Order { o := deployed(1001); o.MaxRental = 0; return o }()))
	stopsAt(t, l, 0, 4*time.Minute) // not even the host's longest rental is an end
	finished(t, l, rental.FinishMoney)
	about(t, l, "without any end", "0.45")
	if err := l.AskCancel(1001, rental.ByUser, "", at(5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	end := expired(1001, 6*time.Minute)
	end.Spend = usd("0.01")
	observe(l, completed(7*time.Minute, end))
	about(t, l, "over: what it really cost", "0.01")
}

// The estimate of a rental that nobody touched stays: what is booked by started minutes must not
// keep the second one from being bought.
func TestItsOwnTimeCountsOnce(t *testing.T) {
	l := twoOf(t, "0.45")
	was := only(t, l).USD
	for m := range 59 {
		d := time.Duration(m+2) * time.Minute
		o := deployed(1001)
		o.Spend.Amount = amount("2").MulDiv(int64(d+time.Minute), int64(24*time.Hour))
		observe(l, list(d, o))
		l.Tick(at(d))
		if got := only(t, l).USD; got != was {
			t.Fatalf("after %v it is counted as %v, not %v", d, got, was)
		}
	}
}

// A look that shows nothing new changes nothing, whatever the plan is.
func TestLooksDoNotMoveTheCount(t *testing.T) {
	for _, stop := range []time.Duration{90 * time.Minute, 3 * time.Hour, 0} {
		l := twoOf(t, "5")
		stopsAt(t, l, stop, 3*time.Minute)
		observe(l, list(9*time.Minute, deployed(1001)))
		was := only(t, l).USD
		observe(l, list(9*time.Minute+15*time.Second, deployed(1001)))
		l.Tick(at(9*time.Minute + 20*time.Second))
		if got := only(t, l).USD; got != was {
			t.Errorf("stop %v: %v, then %v", stop, was, got)
		}
	}
}

// A coin that rises is nobody's extension: the price counts at the rate at which it was agreed. More
// time counts with it, and what was really paid too.
func TestARisingCoinIsNoExtension(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) { m.Count, m.Total = 2, amount("0.30") })
	q := found("q", server, t0)
	q.Terms.Price, q.Terms.USD = coins(400), amount("2")
	q.Rates = money.Rates{money.CLORE: amount("0.005")}
	if _, err := l.Buy("m", q, t0); err != nil {
		t.Fatal(err)
	}
	place(t, l)
	o := deployed(1001)
	o.Price, o.Spend, o.CreationFee = coins(400), coins(0), coins(0)
	observe(l, list(time.Minute, o))
	l.Reached(1001, banner, at(2*time.Minute))
	was := only(t, l).USD
	l.Rates = money.Rates{money.CLORE: amount("0.02")}
	observe(l, list(3*time.Minute, o))
	if got := only(t, l).USD; got != was {
		t.Errorf("four times the rate: counts %v, not %v", got, was)
	}
	finished(t, l, "")
	stopsAt(t, l, 2*time.Hour, 4*time.Minute)
	if got := only(t, l).USD; got < was+amount("0.05") {
		t.Errorf("an hour more: counts %v after %v", got, was)
	}
}

// Nor does one of a bid that waits with a stop time, whether it has led or not.
func TestLooksDoNotMoveTheCountOfABid(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) { m.Count, m.Total, m.Patience = 2, amount("40"), 0 })
	q := found("q", server, t0)
	q.Terms.Kind = clore.Spot
	if _, err := l.Buy("m", q, t0); err != nil {
		t.Fatal(err)
	}
	place(t, l)
	waiting := order(1001)
	waiting.Kind, waiting.Spend.Amount = clore.Spot, 0
	observe(l, list(5*time.Second, waiting))
	still := func(what string, from time.Duration) {
		t.Helper()
		was := only(t, l).USD
		for d := from; d < from+45*time.Second; d += 15 * time.Second {
			observe(l, list(d, waiting))
			l.Tick(at(d))
			if got := only(t, l).USD; got != was {
				t.Fatalf("%s: %v after %v, not %v", what, got, d, was)
			}
		}
	}
	still("as bought", 20*time.Second)
	stopsAt(t, l, 10*time.Hour, 2*time.Minute)
	about(t, l, "ten hours", "0.94")
	still("a stop time", 3*time.Minute)
	r := l.Rental(1001)
	r.Outbid = at(time.Hour) // it has led for a while
	observe(l, list(time.Hour, waiting))
	about(t, l, "nine hours are left", "0.86")
	still("outbid", time.Hour+time.Minute)
	stopsAt(t, l, 9*time.Hour, 5*time.Hour)
	about(t, l, "four hours from now", "0.44")
	still("outbid, and another stop time", 5*time.Hour+time.Minute)
}

// A raised bid counts like more time, and so does one that is only wished for.
func TestAHigherBidCounts(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) { m.Count, m.Total = 2, amount("0.45") })
	q := found("q", server, t0)
	q.Terms.Kind = clore.Spot
	if _, err := l.Buy("m", q, t0); err != nil {
		t.Fatal(err)
	}
	place(t, l)
	bid := func(price string) clore.Order {
		o := deployed(1001)
		o.Kind, o.Price = clore.Spot, usd(price)
		return o
	}
	observe(l, list(5*time.Second, bid("2")))
	l.Reached(1001, banner, at(time.Minute))
	about(t, l, "bought", "0.19")
	if err := l.AskBid(1001, usd("4"), rental.Person, at(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	about(t, l, "a wish", "0.27")
	l.BidTaken(1001, usd("4"), at(3*time.Minute))
	observe(l, list(4*time.Minute, bid("4")))
	about(t, l, "raised", "0.27")
	l.BidTaken(1001, usd("1"), at(15*time.Minute))
	observe(l, list(16*time.Minute, bid("1")))
	about(t, l, "lowered", "0.19") // never less than was agreed, until it is over
}
