package rental_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// allowed returns a ledger with the mandate "m".
func allowed(t *testing.T, change ...func(*rental.Mandate)) *rental.Ledger {
	t.Helper()
	l := ledger()
	m := mandate("m")
	for _, c := range change {
		c(&m)
	}
	if err := l.Allow(m, t0); err != nil {
		t.Fatal(err)
	}
	return &l
}

// found is a quote of a server for an hour, as the agent makes it for a mandate.
func found(id string, on clore.ServerID, now time.Time) rental.Quote {
	q := quote(id)
	q.Terms.Server, q.Terms.RunFor = on, time.Hour
	q.Made, q.Expires = now, now.Add(rental.QuoteTTL)
	return q
}

// buy buys server 88411 at t0 as intent "q".
func buy(t *testing.T, l *rental.Ledger) {
	t.Helper()
	if _, err := l.Buy("m", found("q", server, t0), t0); err != nil {
		t.Fatal(err)
	}
}

// place sends intent "q", and Clore says yes.
func place(t *testing.T, l *rental.Ledger) {
	t.Helper()
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	l.Accept("q", at(time.Second))
}

// rented returns a ledger whose mandate has order 1001, which does not answer yet.
func rented(t *testing.T, change ...func(*rental.Mandate)) *rental.Ledger {
	t.Helper()
	l := allowed(t, change...)
	buy(t, l)
	place(t, l)
	l.Observe(list(5*time.Second, order(1001)), at(5*time.Second))
	if l.Rental(1001) == nil {
		t.Fatal("the order was not recognised")
	}
	return l
}

// bars checks whether the mandate buys another server now.
func bars(t *testing.T, l *rental.Ledger, now time.Time, want error) {
	t.Helper()
	before := encode(*l)
	_, err := l.Buy("m", found(fmt.Sprint("other", now.Unix()), 7, now), now)
	if !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("buying: %v, want %v; %+v", err, want, l.Mandates)
	}
	if err != nil {
		var prev rental.Ledger
		if err := json.Unmarshal(before, &prev); err != nil {
			t.Fatal(err)
		}
		if len(l.Intents) != len(prev.Intents) {
			t.Error("a refusal left an intent")
		}
	}
}

func TestAllowWantsEveryBound(t *testing.T) {
	for name, spoil := range map[string]func(*rental.Mandate){
		"id":              func(m *rental.Mandate) { m.ID = "" },
		"cause":           func(m *rental.Mandate) { m.Cause = "" },
		"other cause":     func(m *rental.Mandate) { m.Cause = "whim" },
		"watch":           func(m *rental.Mandate) { m.Cause = rental.ForWatch },
		"watch of best":   func(m *rental.Mandate) { m.Watch = "w" },
		"order":           func(m *rental.Mandate) { m.Cause = rental.ForFallback },
		"order of best":   func(m *rental.Mandate) { m.After = 5 },
		"query":           func(m *rental.Mandate) { m.Query = " " },
		"long query":      func(m *rental.Mandate) { m.Query = strings.Repeat("x", 501) },
		"image":           func(m *rental.Mandate) { m.Preset.Image = "" },
		"price":           func(m *rental.Mandate) { m.Hour = 0 },
		"negative price":  func(m *rental.Mandate) { m.Hour = -1 },
		"absurd price":    func(m *rental.Mandate) { m.Hour = 1_000_001 * money.Coin },
		"total":           func(m *rental.Mandate) { m.Total = 0 },
		"negative total":  func(m *rental.Mandate) { m.Total = -5 },
		"count":           func(m *rental.Mandate) { m.Count = 0 },
		"many":            func(m *rental.Mandate) { m.Count, m.Tries = 9, 16 },
		"tries":           func(m *rental.Mandate) { m.Count, m.Tries = 3, 2 },
		"many tries":      func(m *rental.Mandate) { m.Tries = 17 },
		"time":            func(m *rental.Mandate) { m.RunFor = 0 },
		"negative time":   func(m *rental.Mandate) { m.RunFor = -time.Hour },
		"patience":        func(m *rental.Mandate) { m.Patience = -1 },
		"expiry":          func(m *rental.Mandate) { m.Until = time.Time{} },
		"past":            func(m *rental.Mandate) { m.Until = t0 },
		"late expiry":     func(m *rental.Mandate) { m.Until = at(24*time.Hour + 1) },
		"watch for weeks": func(m *rental.Mandate) { m.Cause, m.Watch, m.Until = rental.ForWatch, "w", at(7*24*time.Hour+1) },
	} {
		l := ledger()
		m := mandate("m")
		spoil(&m)
		if err := l.Allow(m, t0); !errors.Is(err, rental.ErrBounds) || len(l.Mandates) != 0 {
			t.Errorf("%s: %v, %d mandates", name, err, len(l.Mandates))
		}
	}
	l := ledger()
	m := armed("w", "w1")
	m.Count, m.Tries, m.Until, m.Hour = 8, 16, at(7*24*time.Hour), 1_000_000*money.Coin
	if err := l.Allow(m, t0); err != nil {
		t.Errorf("the widest bounds: %v", err)
	}
}

func TestAllowRefuses(t *testing.T) {
	frozen, rejected, full, after := ledger(), ledger(), ledger(), ledger()
	frozen.Freeze(t0)
	rejected.Account.Rejected = t0
	for i := range 20 {
		if err := full.Allow(mandate(fmt.Sprint(i)), t0); err != nil {
			t.Fatal(err)
		}
	}
	fallback := mandate("m")
	fallback.Cause, fallback.After = rental.ForFallback, 1001
	for name, c := range map[string]struct {
		l    *rental.Ledger
		m    rental.Mandate
		want error
	}{
		"rejected key": {&rejected, mandate("m"), rental.ErrKeyRejected},
		"twenty":       {&full, mandate("m"), rental.ErrManyMandates},
		"given":        {&full, mandate("3"), rental.ErrMandateTaken},
		"no order":     {&after, fallback, rental.ErrNoOrder},
	} {
		if err := c.l.Allow(c.m, t0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	over := (*rental.OverLimit)(nil)
	if err := frozen.Allow(mandate("m"), t0); !errors.As(err, &over) || over.Limit != rental.LimitFrozen {
		t.Errorf("frozen: %v", err)
	}
	if err := full.Revoke("3", t0); err != nil {
		t.Fatal(err)
	}
	if err := full.Allow(mandate("m"), t0); err != nil {
		t.Errorf("after one was taken back: %v", err)
	}
}

// What a mandate has done is not taken from whoever gives it.
func TestAllowBeginsAnew(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) {
		m.Over, m.Why, m.Not, m.Held = t0, rental.FinishDone, []clore.ServerID{server}, rental.LimitDay
		m.Purchases = []rental.Purchase{{Intent: "q", USD: -5 * money.Coin, State: rental.Failed}}
	})
	m := l.Mandate("m")
	if !m.Active() || m.Spent() != 0 || len(m.Not)+len(m.Purchases) != 0 || m.Why != "" || m.Held != "" || m.Made != t0 {
		t.Errorf("given: %+v", m)
	}
}

func TestBuyKeepsTheBounds(t *testing.T) {
	type change = func(*rental.Quote)
	for name, c := range map[string]struct {
		change change
		limit  rental.Limit
	}{
		"fits":        {func(*rental.Quote) {}, ""},
		"at most":     {func(q *rental.Quote) { q.Terms.Price, q.Terms.USD = usd("2.4"), amount("2.4") }, ""},
		"dearer":      {func(q *rental.Quote) { q.Terms.Price, q.Terms.USD = usd("2.400000001"), amount("2.400000001") }, rental.LimitHour},
		"no worth":    {func(q *rental.Quote) { q.Terms.USD = 0 }, rental.LimitRate},
		"beyond":      {func(q *rental.Quote) { q.Terms.USD = -1 }, rental.LimitRate},
		"shorter":     {func(q *rental.Quote) { q.Terms.RunFor = time.Minute }, ""},
		"longer":      {func(q *rental.Quote) { q.Terms.RunFor = time.Hour + 1 }, "bounds"},
		"without end": {func(q *rental.Quote) { q.Terms.RunFor = 0 }, "bounds"},
	} {
		l := allowed(t)
		q := found("q", server, t0)
		c.change(&q)
		_, err := l.Buy("m", q, t0)
		over := (*rental.OverLimit)(nil)
		switch {
		case c.limit == "" && err != nil, c.limit == "bounds" && !errors.Is(err, rental.ErrBounds):
			t.Errorf("%s: %v", name, err)
		case c.limit != "" && c.limit != "bounds" && (!errors.As(err, &over) || over.Limit != c.limit):
			t.Errorf("%s: %v, want limit %q", name, err, c.limit)
		}
		if bought := len(l.Intents) == 1 && len(l.Mandate("m").Purchases) == 1; bought != (err == nil) {
			t.Errorf("%s: %v, and bought is %v", name, err, bought)
		}
	}
}

// An hour at 2 USD a day costs 0.083333 USD, 5 % of it, two minutes' grace and 0.10 USD.
func TestBuyKeepsTheTotal(t *testing.T) {
	cost := rental.CostAtMost(amount("0.083333334"), clore.OnDemand, time.Hour)
	if cost < amount("0.19") || cost > amount("0.191") {
		t.Fatalf("an hour costs %v", cost)
	}
	for name, c := range map[string]struct {
		total money.Amount
		fits  bool
	}{"enough": {cost, true}, "too little": {cost - amount("0.00001"), false}} {
		l := allowed(t, func(m *rental.Mandate) { m.Total = c.total })
		_, err := l.Buy("m", found("q", server, t0), t0)
		over := (*rental.OverLimit)(nil)
		if fits := err == nil; fits != c.fits || !fits && (!errors.As(err, &over) || over.Limit != rental.LimitMandate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBuyNeedsTheMandate(t *testing.T) {
	l := allowed(t)
	if _, err := l.Buy("x", found("q", server, t0), t0); !errors.Is(err, rental.ErrNoMandate) {
		t.Errorf("unknown: %v", err)
	}
	bars(t, l, at(2*time.Hour), rental.ErrMandateOver)
	l = allowed(t)
	if err := l.Revoke("m", t0); err != nil {
		t.Fatal(err)
	}
	bars(t, l, t0, rental.ErrMandateOver)
	l = allowed(t)
	l.Freeze(t0)
	over := (*rental.OverLimit)(nil)
	if _, err := l.Buy("m", found("q", server, t0), t0); !errors.As(err, &over) || over.Limit != rental.LimitFrozen {
		t.Errorf("frozen: %v", err)
	}
	l.Unfreeze()
	bars(t, l, t0, nil)
}

// The limits of the account hold for what a mandate buys.
func TestBuyKeepsTheLimits(t *testing.T) {
	for limit, set := range map[rental.Limit]rental.Limits{
		rental.LimitDay: {Day: amount("0.1")}, rental.LimitMonth: {Month: amount("0.1")}, rental.LimitRental: {Rental: amount("0.1")},
		rental.LimitHour: {Hour: amount("0.05")}, rental.LimitParallel: {Parallel: 1},
	} {
		l := allowed(t)
		if limit == rental.LimitParallel {
			l = running(t)
			if err := l.Allow(mandate("m"), t0); err != nil {
				t.Fatal(err)
			}
		}
		l.SetLimits(set)
		_, err := l.Buy("m", found("q2", 7, at(6*time.Second)), at(6*time.Second))
		over := (*rental.OverLimit)(nil)
		if !errors.As(err, &over) || over.Limit != limit || len(l.Mandate("m").Purchases) != 0 {
			t.Errorf("%s: %v, %+v", limit, err, l.Mandate("m").Purchases)
		}
	}
}
