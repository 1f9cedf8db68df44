package rental_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// path is a way on which money can be spent.
type path struct {
	of    string                               // the method of Ledger, or "Desk." and that of Desk, that it goes through
	ready func(t *testing.T, l *rental.Ledger) // what is there before, while nothing is limited
	spend func(l *rental.Ledger) error
	// more are the limits in whose terms it spends more than before. A freeze always counts.
	more []rental.Limit
	// gives is what a refusal may change: a wish that is not allowed any more is given up.
	gives func(l *rental.Ledger)
}

const (
	perRental = rental.LimitRental
	perDay    = rental.LimitDay
	perMonth  = rental.LimitMonth
	perHour   = rental.LimitHour
	parallel  = rental.LimitParallel
)

// guardAt is when the paths are gone.
const guardAt = 30 * time.Minute

// paths are all ways on which money can be spent. TestEveryMethodIsJudged fails for a method that
// spends and is on none of them.
func paths() map[string]path {
	anew := []rental.Limit{perRental, perDay, perMonth, perHour, parallel}
	longer := []rental.Limit{perRental, perDay, perMonth}
	dearer := []rental.Limit{perRental, perDay, perMonth, perHour}
	take := func(change func(*rental.Terms)) func(*rental.Ledger) error {
		return func(l *rental.Ledger) error {
			_, err := l.Take(guardQuote("q", change), at(guardAt))
			return err
		}
	}
	stop := func(to time.Duration) func(*rental.Ledger) error {
		return func(l *rental.Ledger) error { return l.SetStop(1001, at(to), at(guardAt)) }
	}
	bid := func(by rental.Bidder) func(*rental.Ledger) error {
		return func(l *rental.Ledger) error { return l.AskBid(1001, usd("3"), by, at(guardAt)) }
	}
	buy := func(l *rental.Ledger) error {
		_, err := l.Buy("m", guardQuote("q", func(t *rental.Terms) { t.RunFor = time.Hour }), at(guardAt))
		return err
	}
	return map[string]path{
		"a tap":                 {of: "Take", ready: hasNothing, spend: take(nil), more: anew},
		"a tap without an end":  {of: "Take", ready: hasNothing, spend: take(func(t *rental.Terms) { t.RunFor = 0 }), more: anew},
		"a bid":                 {of: "Take", ready: hasNothing, spend: take(func(t *rental.Terms) { t.Kind = clore.Spot }), more: anew},
		"sending what was kept": {of: "BeginSend", ready: hasTaken, spend: sendsIt, more: anew},
		"a later stop":          {of: "SetStop", ready: hasOnDemand, spend: stop(5 * time.Hour), more: longer},
		"no stop": {of: "SetStop", ready: hasOnDemand, more: longer, spend: func(l *rental.Ledger) error {
			return l.SetStop(1001, time.Time{}, at(guardAt))
		}},
		"a stop taken back":      {of: "SetStop", ready: hasStopped, spend: stop(5 * time.Hour), more: longer},
		"a later stop of a bid":  {of: "SetStop", ready: hasLead, more: longer, spend: stop(5 * time.Hour)},
		"a raise":                {of: "AskBid", ready: hasLead, spend: bid(rental.Person), more: dearer},
		"a raise while it waits": {of: "AskBid", ready: hasWaiting, spend: bid(rental.Person), more: dearer},
		"the autopilot":          {of: "AskBid", ready: hasLead, spend: bid(rental.Autopilot), more: dearer},
		"asking for a raise": {of: "BeginBid", ready: hasWish, more: dearer, spend: func(l *rental.Ledger) error {
			_, err := l.BeginBid(1001, at(guardAt))
			return err
		}, gives: func(l *rental.Ledger) { l.Rental(1001).Bid, l.Rental(1001).NoBid = nil, nil }},
		"an armed watch": {of: "Buy", ready: hasPermission(rental.ForWatch), spend: buy, more: anew},
		"rent best":      {of: "Buy", ready: hasPermission(rental.ForBest), spend: buy, more: anew},
		"a fallback":     {of: "Buy", ready: hasFallback, spend: buy, more: anew},
		"a new permission": {of: "Allow", ready: hasNothing, spend: func(l *rental.Ledger) error {
			return l.Allow(mandate("m"), at(guardAt))
		}},
		"a new fallback": {of: "SetFallback", ready: hasLead, spend: func(l *rental.Ledger) error {
			return l.SetFallback(1001, mandate("m"), at(guardAt))
		}},
	}
}

func guardQuote(id string, change func(*rental.Terms)) rental.Quote {
	q := quote(id)
	q.Expires, q.Terms.RunFor, q.Terms.Server = at(time.Hour), 3*time.Hour, 99
	if change != nil {
		change(&q.Terms)
	}
	return q
}

func hasNothing(*testing.T, *rental.Ledger) {}

func hasTaken(t *testing.T, l *rental.Ledger) {
	t.Helper()
	if _, err := l.Take(guardQuote("q", nil), at(guardAt)); err != nil {
		t.Fatal(err)
	}
}

func sendsIt(l *rental.Ledger) error { return l.BeginSend("q", 2000, at(guardAt)) }

// hasListed makes an order known that stops after two hours.
func hasListed(t *testing.T, l *rental.Ledger, change func(*clore.Order)) {
	t.Helper()
	o := deployed(1001)
	o.MaxRental = 0
	change(&o)
	orders := ordersOf(l)
	l.Observe(rental.Poll{At: at(time.Minute), Orders: append(orders, o)}, at(time.Minute))
	if err := l.SetStop(1001, at(2*time.Hour), at(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

func hasOnDemand(t *testing.T, l *rental.Ledger) { t.Helper(); hasListed(t, l, func(*clore.Order) {}) }

func hasStopped(t *testing.T, l *rental.Ledger) {
	t.Helper()
	hasOnDemand(t, l)
	if err := l.SetStop(1001, at(10*time.Minute), at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.Tick(at(guardAt))
	if l.Rental(1001).Cancel == nil {
		t.Fatal("it was not stopped")
	}
}

func hasLead(t *testing.T, l *rental.Ledger) {
	t.Helper()
	hasListed(t, l, func(o *clore.Order) { o.Kind = clore.Spot })
	if l.Rental(1001).Since.IsZero() {
		t.Fatal("the bid does not run")
	}
}

func hasWaiting(t *testing.T, l *rental.Ledger) {
	t.Helper()
	hasListed(t, l, func(o *clore.Order) {
		o.Kind, o.Spend, o.Container, o.Hosts, o.Ports = clore.Spot, usd("0"), 0, nil, nil
	})
	if !l.Rental(1001).Since.IsZero() {
		t.Fatal("the bid runs")
	}
}

func hasWish(t *testing.T, l *rental.Ledger) {
	t.Helper()
	hasLead(t, l)
	if err := l.AskBid(1001, usd("3"), rental.Person, at(guardAt)); err != nil {
		t.Fatal(err)
	}
}

func hasPermission(cause rental.Cause) func(*testing.T, *rental.Ledger) {
	return func(t *testing.T, l *rental.Ledger) {
		t.Helper()
		m := mandate("m")
		if m.Cause = cause; cause == rental.ForWatch {
			m.Watch = "w"
		}
		if err := l.Allow(m, t0); err != nil {
			t.Fatal(err)
		}
	}
}

// hasFallback is a fallback whose bid is gone.
func hasFallback(t *testing.T, l *rental.Ledger) {
	t.Helper()
	hasLead(t, l)
	m := mandate("m")
	m.Cause, m.After = rental.ForFallback, 1001
	if err := l.Allow(m, at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := l.AskCancel(1001, rental.ByOutbid, "", at(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	others := slices.DeleteFunc(ordersOf(l), func(o clore.Order) bool { return o.ID == 1001 })
	for _, d := range []time.Duration{3 * time.Minute, 4 * time.Minute} {
		l.Observe(rental.Poll{At: at(d), Orders: others}, at(d))
	}
	if l.Rental(1001) != nil {
		t.Fatal("the bid is still there")
	}
}

// household returns a ledger with one small rental that is about to end, beside which the path is
// gone, ready for the path.
func (p path) household(t *testing.T) *rental.Ledger {
	t.Helper()
	l := ledger()
	small := order(500)
	small.Price, small.Server, small.MaxRental = usd("0.1"), 5, 0
	l.Observe(list(time.Second, small), at(time.Second))
	if err := l.SetStop(500, at(40*time.Minute), at(time.Second)); err != nil {
		t.Fatal(err)
	}
	p.ready(t, &l)
	l.Ended = nil
	return &l
}

// ledgerCopy returns a ledger that shares nothing with l.
func ledgerCopy(l *rental.Ledger) *rental.Ledger {
	c := store(encode(*l)).ledger
	return &c
}

// planWorth returns the most that a plan has in the terms of a limit.
func planWorth(p rental.Plan, kind rental.Limit) money.Amount {
	var most money.Amount
	for i := range p.Items {
		switch kind {
		case perRental:
			most = max(most, p.Items[i].Total)
		case perHour:
			most = max(most, p.Items[i].Hour)
		}
	}
	switch kind {
	case perDay:
		for _, sum := range p.Days {
			most = max(most, sum)
		}
	case perMonth:
		for _, sum := range p.Months {
			most = max(most, sum)
		}
	case parallel:
		most = money.Amount(len(p.Items))
	}
	return most
}

func guardLimit(kind rental.Limit, to money.Amount) rental.Limits {
	switch kind {
	case perRental:
		return rental.Limits{Rental: to}
	case perDay:
		return rental.Limits{Day: to}
	case perMonth:
		return rental.Limits{Month: to}
	case perHour:
		return rental.Limits{Hour: to}
	default:
		return rental.Limits{Parallel: int(to)}
	}
}

// TestEveryPathIsGuarded goes over all paths and limits: at a limit of what it comes to a path is
// open, one unit below it is refused and leaves everything as it was; and a limit in whose terms
// it spends no more than before does not stand in its way, however narrow.
func TestEveryPathIsGuarded(t *testing.T) {
	for name, p := range paths() {
		t.Run(name, func(t *testing.T) {
			before := p.household(t)
			after := ledgerCopy(before)
			if err := p.spend(after); err != nil {
				t.Fatalf("without limits: %v", err)
			}
			for _, kind := range []rental.Limit{perRental, perDay, perMonth, perHour, parallel} {
				had, would := planWorth(before.Plan(at(guardAt)), kind), planWorth(after.Plan(at(guardAt)), kind)
				if !slices.Contains(p.more, kind) {
					p.passes(t, before, guardLimit(kind, 1))
					continue
				}
				if kind != parallel && p.of != "BeginSend" && p.of != "BeginBid" && had >= would {
					t.Errorf("%s: %v before and %v after", kind, had, would)
				}
				p.passes(t, before, guardLimit(kind, would))
				p.refused(t, before, guardLimit(kind, would-1), kind, would)
			}
			frozen := ledgerCopy(before)
			frozen.Freeze(at(guardAt))
			p.refusedOn(t, frozen, rental.LimitFrozen, 0, 0)
		})
	}
}

func (p path) passes(t *testing.T, before *rental.Ledger, m rental.Limits) {
	t.Helper()
	l := ledgerCopy(before)
	l.SetLimits(m)
	if err := p.spend(l); err != nil {
		t.Errorf("limits %+v: %v", m, err)
	}
}

func (p path) refused(t *testing.T, before *rental.Ledger, m rental.Limits, kind rental.Limit, would money.Amount) {
	t.Helper()
	l := ledgerCopy(before)
	l.SetLimits(m)
	p.refusedOn(t, l, kind, would-1, would)
}

func (p path) refusedOn(t *testing.T, l *rental.Ledger, kind rental.Limit, most, would money.Amount) {
	t.Helper()
	was := ledgerCopy(l)
	err := p.spend(l)
	over := (*rental.OverLimit)(nil)
	if !errors.As(err, &over) {
		t.Fatalf("%s: %v", kind, err)
	}
	if over.Limit != kind || over.Cap != most || over.Would != would {
		t.Errorf("%s: refused with %+v, want %v of %v", kind, over, would, most)
	}
	if p.gives != nil {
		p.gives(was)
		p.gives(l)
	}
	if got, want := string(encode(*l)), string(encode(*was)); got != want {
		t.Errorf("%s: a refusal changed\n%s\nto\n%s", kind, want, got)
	}
}
