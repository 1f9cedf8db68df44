package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

const (
	// lookAgain is when a mandate for which nothing was found looks again.
	lookAgain = time.Minute
	// buyRetry is the longest pause after purchases of which nothing came, poorRetry the one
	// after Clore said that there is not enough money in any of the coins.
	buyRetry  = 2 * time.Minute
	poorRetry = 15 * time.Minute
	// takenRetry is for a server that somebody is said to have: it may be the very order that
	// was asked for. Until then a list shows it, which is read before the next is placed.
	takenRetry = 20 * time.Second
)

// nextBuy returns the purchase that may be made first. None is before the orders were looked at
// since the bot was started.
func (l *Ledger) nextBuy(v Volatile, now time.Time) Step {
	var s Step
	if v.Polled.IsZero() {
		return s
	}
	for i := range l.Mandates {
		m := &l.Mandates[i]
		if m.Cause == ForWatch && !slices.Contains(v.Ripe, m.ID) || !l.mayBuy(m, now) {
			continue
		}
		at := later(later(m.Made, l.pause(m)), v.BuyAt[m.ID])
		if s.At.IsZero() || at.Before(s.At) {
			s = Step{Do: DoBuy, Mandate: m.ID, At: at}
		}
	}
	return s
}

// pause returns until when a mandate waits after purchases of which nothing came: longer with
// each one that still shows.
func (l *Ledger) pause(m *Mandate) time.Time {
	var until time.Time
	coins := m.Pay
	if len(coins) == 0 {
		coins = money.Currencies()
	}
	broke := !slices.ContainsFunc(coins, func(c money.Currency) bool { return !l.poor(c) })
	n := 0
	for i := range l.Intents {
		in := &l.Intents[i]
		if in.Mandate != m.ID || !in.nothing() {
			continue
		}
		n++
		wait := backoff(n, buyRetry)
		switch {
		case broke && in.Reason == string(clore.NotEnoughBalance):
			wait = poorRetry
		case in.claims():
			wait = max(wait, takenRetry)
		}
		until = later(until, in.Settled.Add(wait))
	}
	return until
}

// mandateAt returns when the time alone changes something about the mandates, or the zero time.
func (l *Ledger) mandateAt() time.Time {
	var first time.Time
	for i := range l.Mandates {
		m := &l.Mandates[i]
		first = sooner(first, l.forgetAt(m))
		idle := true
		for j := range m.Purchases {
			p := &m.Purchases[j]
			if p.State != Trying {
				continue
			}
			in := l.Intent(p.Intent)
			idle = idle && in != nil && in.State == Pending
			if r := l.Of(p.Intent); r != nil {
				first = sooner(first, l.patienceAt(m, r))
			}
		}
		if m.Active() && idle {
			first = sooner(first, m.Until)
		}
	}
	return first
}

// forgetAt returns when a mandate may be dropped, zero for not yet.
func (l *Ledger) forgetAt(m *Mandate) time.Time {
	if m.Active() || l.underway(m) {
		return time.Time{}
	}
	for i := range m.Purchases {
		in := l.Intent(m.Purchases[i].Intent)
		if l.Of(m.Purchases[i].Intent) != nil || in != nil && in.State == Missing && !in.Dismissed {
			return time.Time{}
		}
	}
	return m.Over.Add(keepMandate)
}

// forget drops the mandates that need not be shown any more.
func (l *Ledger) forget(now time.Time) {
	l.Mandates = slices.DeleteFunc(l.Mandates, func(m Mandate) bool { return reached(l.forgetAt(&m), now) })
}
