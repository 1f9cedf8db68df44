package rental_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// permits drives a ledger with mandates through whatever may happen, beside what really lives at
// Clore.
type permits struct {
	machine
	given int
	// dropped are mandates of which a person gave up an order that may appear after all, or
	// Clore refused one that does: with it they may end up with one more than they wanted. (The
	// agent waits so long after such a refusal that it would see the order.)
	dropped map[string]bool
}

func TestMandateMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &permits{
			machine: machine{ledger: ledger(), now: t0, last: 1000, sends: map[string]int{}, made: map[string]int{}},
			dropped: map[string]bool{},
		}
		m.commit(t)
		step := func(do func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) {
				before := m.prev.Mandates // a copy
				do(t)
				m.judge(t, before)
				m.commit(t)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"allow":   step(m.allow),
			"buy":     step(m.buy),
			"buys":    step(m.buy), // twice as often
			"take":    step(m.take),
			"create":  step(m.place),
			"creates": step(m.place),
			"revoke":  step(m.revoke),
			"freeze":  step(m.freeze),
			"limit":   step(m.limit),
			"restart": step(func(*rapid.T) { m.ledger.Restart(m.now) }),
			"poll":    step(m.poll),
			"polls":   step(m.poll),
			"probe":   step(m.probe),
			"pass":    step(m.pass),
			"tick":    step(m.tick),
			"cancel":  step(m.cancel),
			"deploy":  step(m.deploy),
			"end":     step(m.end),
			"web":     step(m.web),
			"dismiss": step(m.dismiss),
			"":        m.check,
		})
	})
}

func (m *permits) allow(t *rapid.T) {
	m.given++
	p := mandate(fmt.Sprint("m", m.given))
	p.Count = rapid.IntRange(1, 2).Draw(t, "count")
	p.Tries = p.Count + rapid.IntRange(0, 3).Draw(t, "more tries")
	p.Total = money.Coin / 10 * money.Amount(rapid.IntRange(1, 12).Draw(t, "total"))
	p.Hour = money.Coin / 100 * money.Amount(rapid.IntRange(5, 12).Draw(t, "hour"))
	p.Patience = time.Duration(rapid.IntRange(0, 20).Draw(t, "patience")) * time.Minute
	p.Until = m.now.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "until")) * time.Minute)
	if rapid.Bool().Draw(t, "watch") {
		p.Cause, p.Watch = rental.ForWatch, "w"
	}
	if err := m.ledger.Allow(p, m.now); err != nil && !errors.Is(err, rental.ErrManyMandates) && limitOf(err) != rental.LimitFrozen {
		t.Fatal(err)
	}
}

func limitOf(err error) rental.Limit {
	if over := (*rental.OverLimit)(nil); errors.As(err, &over) {
		return over.Limit
	}
	return ""
}

// buy buys any server at any price under any mandate, as the agent would not.
func (m *permits) buy(t *rapid.T) {
	m.taken++
	id := fmt.Sprint("m", rapid.IntRange(1, m.given+1).Draw(t, "mandate"))
	q := found(fmt.Sprint("q", m.taken), m.server(t), m.now)
	day := money.Coin * money.Amount(rapid.IntRange(1, 4).Draw(t, "price"))
	q.Terms.Price.Amount, q.Terms.USD = day, day
	var doubt bool
	for i := range m.ledger.Intents {
		in := &m.ledger.Intents[i]
		doubt = doubt || m.sends[in.ID] > 0 && in.Answered.IsZero() && in.State.Open() ||
			in.State == rental.Ambiguous || in.State == rental.Missing && !in.Dismissed
	}
	frozen := !m.ledger.Frozen.IsZero()
	_, err := m.ledger.Buy(id, q, m.now)
	if err != nil {
		return
	}
	p := m.ledger.Mandate(id)
	switch {
	case doubt, frozen:
		t.Fatalf("bought while in doubt (%v) or frozen (%v)", doubt, frozen)
	case !p.Active(), !m.now.Before(p.Until), day > 24*p.Hour, len(p.Purchases) > p.Tries, p.Spent() > p.Total:
		t.Fatalf("bought beyond the bounds at %v a day: %+v", day, p)
	}
}

// take is a person who rents by hand, beside the mandates.
func (m *permits) take(t *rapid.T) {
	m.taken++
	q := found(fmt.Sprint("q", m.taken), m.server(t), m.now)
	if _, err := m.ledger.Take(q, m.now); err != nil && limitOf(err) == "" && !errors.Is(err, rental.ErrManyIntents) {
		t.Fatal(err)
	}
}

// place sends the first pending intent, unless it is not to be sent any more.
func (m *permits) place(t *rapid.T) {
	for i := range m.ledger.Intents {
		in := m.ledger.Intents[i]
		if in.State != rental.Pending {
			continue
		}
		err := m.ledger.BeginSend(in.ID, m.last, m.now)
		switch {
		case err == nil:
			m.send(t, &in)
			if x := m.ledger.Intent(in.ID); x.Reason == string(clore.ServerRented) {
				m.dropped[in.Mandate] = true
			}
		case limitOf(err) != "":
			m.ledger.Withdraw(in.ID, rental.ReasonLimit, "", m.now)
		case !errors.Is(err, rental.ErrUnsettled):
			t.Fatal(err)
		}
		return
	}
}

func (m *permits) revoke(t *rapid.T) {
	_ = m.ledger.Revoke(fmt.Sprint("m", rapid.IntRange(1, m.given+1).Draw(t, "mandate")), m.now)
}

func (m *permits) freeze(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "freeze") == 0 {
		m.ledger.Freeze(m.now)
	} else {
		m.ledger.Unfreeze()
	}
}

func (m *permits) limit(t *rapid.T) {
	m.ledger.SetLimits(rental.Limits{Day: money.Coin / 4 * money.Amount(rapid.IntRange(0, 8).Draw(t, "a day"))})
}

func (m *permits) dismiss(t *rapid.T) {
	id := fmt.Sprint("q", rapid.IntRange(1, m.taken+1).Draw(t, "intent"))
	if in := m.ledger.Intent(id); in != nil && m.ledger.Dismiss(id) == nil {
		m.dropped[in.Mandate] = true
	}
}

// judge compares the mandates with those of before a step.
func (m *permits) judge(t *rapid.T, before []rental.Mandate) {
	for i := range before {
		was := &before[i]
		now := m.ledger.Mandate(was.ID)
		if now == nil {
			if was.Active() || m.now.Sub(was.Over) < 24*time.Hour {
				t.Fatalf("%s was forgotten", was.ID)
			}
			continue
		}
		if !was.Active() && (now.Over != was.Over || now.Why != was.Why || len(now.Purchases) > len(was.Purchases)) {
			t.Fatalf("over, and changed from %+v to %+v", was, now)
		}
		for _, id := range was.Not {
			if !slices.Contains(now.Not, id) {
				t.Fatalf("server %d is forgiven", id)
			}
		}
	}
	for i := range m.ledger.Mandates {
		m.within(t, &m.ledger.Mandates[i])
	}
}

// within checks a mandate against its bounds and against what lives.
func (m *permits) within(t *rapid.T, p *rental.Mandate) {
	counted := 0
	for _, x := range p.Purchases {
		if x.State != rental.Failed {
			counted++
		}
	}
	switch {
	case len(p.Purchases) > p.Tries:
		t.Fatalf("%d orders: %+v", len(p.Purchases), p)
	case counted > p.Count && !m.dropped[p.ID]:
		t.Fatalf("%d count: %+v", counted, p)
	case p.Active() && !m.now.Before(p.Until) && counted == 0 && m.ledgerSettled():
		t.Fatalf("does not end: %+v", p)
	}
	for i := range m.ledger.Rentals {
		r := &m.ledger.Rentals[i]
		known := slices.ContainsFunc(p.Purchases, func(x rental.Purchase) bool { return x.Intent == r.Intent })
		if in := m.ledger.Intent(r.Intent); in != nil && in.Mandate == p.ID && !known {
			t.Fatalf("order %d is not among the purchases of %+v", r.Order.ID, p)
		}
	}
}

// ledgerSettled reports whether a tick has nothing more to do.
func (m *permits) ledgerSettled() bool {
	next := store(encode(m.ledger)).ledger
	next.Tick(m.now)
	return bytes.Equal(encode(next), encode(m.ledger))
}
