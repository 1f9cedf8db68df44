package rental_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// only returns the one purchase of the mandate.
func only(t *testing.T, l *rental.Ledger) rental.Purchase {
	t.Helper()
	m := l.Mandate("m")
	if m == nil || len(m.Purchases) != 1 {
		t.Fatalf("mandate: %+v", m)
	}
	return m.Purchases[0]
}

func finished(t *testing.T, l *rental.Ledger, want rental.Finish) {
	t.Helper()
	if m := l.Mandate("m"); m.Why != want || m.Over.IsZero() != (want == "") {
		t.Errorf("over at %v because of %q, want %q", m.Over, m.Why, want)
	}
}

// Nothing else is bought from a purchase until it is known that nothing came of it.
func TestNothingMoreUntilItIsSettled(t *testing.T) {
	l := allowed(t)
	buy(t, l)
	bars(t, l, t0, rental.ErrNotNow) // pending
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	bars(t, l, at(time.Second), rental.ErrNotNow) // sending
	l.Restart(at(time.Second))
	bars(t, l, at(2*time.Second), rental.ErrNotNow) // ambiguous
	for i := range 5 {
		observe(l, completed(3*time.Minute+time.Duration(i)*time.Minute))
	}
	if got := state(t, l, "q"); got != rental.Missing {
		t.Fatalf("state %s", got)
	}
	bars(t, l, at(8*time.Minute), rental.ErrNotNow) // missing, and nobody has given it up
	if err := l.Dismiss("q"); err != nil {
		t.Fatal(err)
	}
	bars(t, l, at(9*time.Minute), nil)
	if m := l.Mandate("m"); len(m.Purchases) != 2 || m.Purchases[0].State != rental.Failed || m.Purchases[0].USD != 0 {
		t.Errorf("purchases: %+v", m.Purchases)
	}
}

// Nor while the fate of an order is unclear that somebody confirmed by hand.
func TestNothingWhileAnotherOrderIsUnclear(t *testing.T) {
	l := sending(t)
	if err := l.Allow(mandate("m"), t0); err != nil {
		t.Fatal(err)
	}
	bars(t, l, at(time.Second), rental.ErrNotNow)
	l.Doubt("q", at(time.Second))
	bars(t, l, at(2*time.Second), rental.ErrNotNow)
	l.Observe(list(5*time.Second, order(1001)), at(5*time.Second))
	bars(t, l, at(6*time.Second), nil)
}

// An answer ends the mandate when all is bought, and what runs is left alone.
func TestAnswering(t *testing.T) {
	l := rented(t)
	if p := only(t, l); p.State != rental.Trying {
		t.Errorf("before it answers: %+v", p)
	}
	finished(t, l, "")
	l.Observe(list(time.Minute, deployed(1001)), at(time.Minute))
	l.Reached(1001, banner, at(2*time.Minute))
	if p := only(t, l); p.State != rental.Bought || p.USD <= 0 {
		t.Errorf("after: %+v", p)
	}
	finished(t, l, rental.FinishDone)
	bars(t, l, at(3*time.Minute), rental.ErrMandateOver)
	l.Tick(at(59 * time.Minute))
	if l.Rental(1001).Cancel != nil {
		t.Error("what answers is given up")
	}
}

// What does not answer within the patience is given up, with what was seen.
func TestPatience(t *testing.T) {
	l := rented(t)
	l.Observe(list(time.Minute, deployed(1001)), at(time.Minute))
	for i := range 11 {
		l.Reached(1001, miss("refused"), at(time.Duration(i+1)*time.Minute))
	}
	l.Tick(at(12*time.Minute + time.Second))
	if l.Rental(1001).Cancel != nil {
		t.Fatal("given up too soon: it began when Clore says, at two seconds")
	}
	l.Tick(at(12*time.Minute + 2*time.Second))
	c := l.Rental(1001).Cancel
	if c == nil || c.Reason != rental.ByRetry || !strings.Contains(c.Issue, "refused the connection 11 times from 2026-07-10 17:19 to 17:29 UTC") {
		t.Fatalf("given up: %+v", c)
	}
	if r := l.Rental(1001); r.Told.Stuck {
		t.Error("what is given up is called stuck, too")
	}
	bars(t, l, at(12*time.Minute+3*time.Second), rental.ErrNotNow) // it still costs money
	gone := completed(13*time.Minute, expired(1001, 13*time.Minute))
	observe(l, gone)
	if m := l.Mandate("m"); m.Purchases[0].State != rental.Failed || !slices.Equal(m.Not, []clore.ServerID{server}) {
		t.Fatalf("after its end: %+v", m)
	}
	if p := only(t, l); p.USD >= amount("0.19") || p.USD < amount("0.1") {
		t.Errorf("13 minutes and the creation fee are booked as %v", p.USD)
	}
	bars(t, l, at(14*time.Minute), nil)
}

// The bot wakes for it, though it looks at the orders seldom by then.
func TestPatienceWakes(t *testing.T) {
	l := rented(t, func(m *rental.Mandate) { m.Patience = 20 * time.Minute })
	now, ends := at(20*time.Minute), at(20*time.Minute+2*time.Second)
	l.Tick(now)
	next := rental.Next(l, rental.Volatile{Polled: now, Funded: now}, rental.DefaultPace(), now)
	if next.Do != rental.DoTick || !next.At.Equal(ends) {
		t.Errorf("next is %s at %v, want a tick at %v", next.Do, next.At, ends)
	}
}

func TestWithoutPatienceItWaits(t *testing.T) {
	l := rented(t, func(m *rental.Mandate) { m.Patience = 0 })
	l.Tick(at(50 * time.Minute))
	if l.Rental(1001).Cancel != nil {
		t.Error("given up")
	}
}

// A person's cancellation, and taking the mandate back, end it; and what runs goes on.
func TestPeopleEndIt(t *testing.T) {
	l := rented(t)
	if err := l.AskCancel(1001, rental.ByUser, "", at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	finished(t, l, rental.FinishUser)
	bars(t, l, at(2*time.Minute), rental.ErrMandateOver)
	l = rented(t)
	if err := l.Revoke("m", at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	finished(t, l, rental.FinishUser)
	l.Tick(at(30 * time.Minute))
	if l.Rental(1001).Cancel != nil {
		t.Error("taken back, and what runs is given up")
	}
	l = allowed(t)
	buy(t, l)
	if err := l.Revoke("m", t0); err != nil {
		t.Fatal(err)
	}
	if got := state(t, l, "q"); got != rental.Withdrawn {
		t.Errorf("what was not sent is %s", got)
	}
}

// A server that Clore refuses is not asked for again, and costs a try, but no money. What was not
// sent, or only put off, costs none.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		reason string
		tries  int
		barred bool // for good
	}{
		{string(clore.OwnServer), 1, true},
		{"something new", 1, true},
		{rental.ReasonRefused, 1, true},
		{string(clore.ServerRented), 1, false},
		{string(clore.ServerOffline), 1, false},
		{string(clore.NotEnoughBalance), 1, false},
		{rental.ReasonBusy, 0, false},
		{rental.ReasonNotSent, 0, false},
	} {
		l := allowed(t)
		buy(t, l)
		if err := l.BeginSend("q", 1000, t0); err != nil {
			t.Fatal(err)
		}
		l.Refuse("q", c.reason, at(time.Second))
		m := l.Mandate("m")
		if len(m.Purchases) != c.tries || m.Spent() != 0 || len(m.Not) > 0 != c.barred {
			t.Errorf("%s: %+v", c.reason, m)
		}
		if !m.Active() {
			t.Errorf("%s ends it", c.reason)
		}
	}
}

func TestTriesEnd(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) { m.Tries = 1 })
	buy(t, l)
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	l.Refuse("q", string(clore.ServerOffline), at(time.Second))
	finished(t, l, rental.FinishTries)
}

// The total is measured by what a failed try really cost.
func TestTheRestOfTheTotal(t *testing.T) {
	for _, c := range []struct {
		total money.Amount
		want  rental.Finish
	}{{amount("0.30"), ""}, {amount("0.20"), rental.FinishMoney}} {
		l := rented(t, func(m *rental.Mandate) { m.Total = c.total })
		l.Tick(at(13 * time.Minute))
		dead := expired(1001, 13*time.Minute)
		dead.Spend = usd("0.018")
		observe(l, completed(13*time.Minute, dead))
		finished(t, l, c.want)
	}
}

// The time ends it: what was not sent is withdrawn, what is underway goes on and counts.
func TestUntil(t *testing.T) {
	short := func(m *rental.Mandate) { m.Until = at(time.Minute) }
	l := allowed(t, short)
	l.Tick(at(time.Minute - 1))
	finished(t, l, "")
	l.Tick(at(time.Minute))
	finished(t, l, rental.FinishExpired)

	l = allowed(t, short)
	buy(t, l)
	l.Tick(at(time.Minute))
	finished(t, l, rental.FinishExpired)
	if got := state(t, l, "q"); got != rental.Withdrawn {
		t.Errorf("what was not sent is %s", got)
	}

	l = rented(t, short)
	l.Tick(at(time.Minute))
	finished(t, l, "")
	l.Observe(list(2*time.Minute, deployed(1001)), at(2*time.Minute))
	l.Reached(1001, banner, at(3*time.Minute))
	finished(t, l, rental.FinishDone)
}

// An order that appears after it was given up counts: the one that took its place is not sent.
func TestLateOrderCounts(t *testing.T) {
	l := allowed(t)
	buy(t, l)
	place(t, l)
	for i := range 5 {
		observe(l, completed(3*time.Minute+time.Duration(i)*time.Minute))
	}
	if err := l.Dismiss("q"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Buy("m", found("q2", 7, at(8*time.Minute)), at(8*time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.Observe(list(9*time.Minute, order(1001)), at(9*time.Minute))
	if got := state(t, l, "q2"); got != rental.Withdrawn {
		t.Errorf("the second is %s", got)
	}
	if p := only(t, l); p.Intent != "q" || p.State != rental.Trying {
		t.Errorf("purchases: %+v", p)
	}
}

// A mandate that is over shows for a day, and for as long as what it bought runs.
func TestForgetting(t *testing.T) {
	l := allowed(t)
	if err := l.Revoke("m", t0); err != nil {
		t.Fatal(err)
	}
	l.Prune(at(24*time.Hour - 1))
	if l.Mandate("m") == nil {
		t.Error("forgotten within a day")
	}
	l.Prune(at(24 * time.Hour))
	if l.Mandate("m") != nil {
		t.Error("kept for more than a day")
	}
	l = rented(t)
	if err := l.Revoke("m", t0); err != nil {
		t.Fatal(err)
	}
	l.Prune(at(48 * time.Hour))
	if l.Mandate("m") == nil {
		t.Error("forgotten while what it bought runs")
	}
}
