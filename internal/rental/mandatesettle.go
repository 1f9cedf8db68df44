package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// settleMandates draws what follows for the mandates from what became of their purchases. It is
// called after every change of intents and rentals; twice is the same as once.
func (l *Ledger) settleMandates(now time.Time) {
	for i := range l.Mandates {
		m := &l.Mandates[i]
		l.settleLoss(m, now)
		for j := range m.Purchases {
			l.settlePurchase(m, &m.Purchases[j], now)
		}
		l.recall(m, now)
		m.Purchases = slices.DeleteFunc(m.Purchases, func(p Purchase) bool {
			in := l.Intent(p.Intent)
			return in != nil && in.nothing() && !in.counts()
		})
		if why := m.whyOver(now); why != "" {
			m.finish(why, now)
		}
	}
	l.settleFallbacks()
}

// settleLoss lets a fallback begin, or ends it: only a server that somebody else got is replaced,
// not a rental that was given up.
func (l *Ledger) settleLoss(m *Mandate, now time.Time) {
	if m.Cause != ForFallback || !m.Lost.IsZero() || !m.Active() {
		return
	}
	for i := range l.Ended {
		r := &l.Ended[i]
		switch {
		case r.Order.ID != m.After:
		case r.Reason == ByOutbid:
			m.Lost, m.Ends = now, r.StopAt
		default:
			m.finish(FinishUser, now)
		}
	}
}

// settlePurchase draws what became of a purchase. One that was called failed lives again when its
// order turns out to exist.
func (l *Ledger) settlePurchase(m *Mandate, p *Purchase, now time.Time) {
	if r := l.Of(p.Intent); r != nil {
		l.settleLiving(m, p, r, now)
		return
	}
	for i := range l.Ended {
		if r := &l.Ended[i]; r.Intent == p.Intent {
			m.settleEnded(p, r, now)
			return
		}
	}
	in := l.Intent(p.Intent)
	switch {
	case p.State != Trying:
	case in == nil, in.State == Created:
		p.State = Failed // it has ended, and that was missed: the estimate stays
	case in.nothing():
		p.State, p.USD = Failed, 0
		if in.serversFault() && !in.passing() {
			m.fail(p.Server)
		}
	}
}

// settleLiving is for a purchase whose order lives.
func (l *Ledger) settleLiving(m *Mandate, p *Purchase, r *Rental, now time.Time) {
	l.recount(m, p, r, now)
	if p.State == Bought {
		return
	}
	p.State = Trying
	switch {
	case r.Cancel != nil && r.Cancel.Reason == ByUser:
		p.State = Bought
		m.finish(FinishUser, now) // nothing is rented in place of what a person does not want
	case r.Cancel != nil && r.Cancel.Reason == ByStop:
		p.State = Bought // it had its time
	case r.Cancel != nil:
	case r.Settled():
		p.State = Bought
	case reached(l.patienceAt(m, r), now):
		r.Cancel = &Cancellation{Asked: now, Reason: ByRetry, Issue: Issue(r), Next: now}
	}
}

// patienceAt returns when a rental that does not answer is given up, zero for never. A bid that
// does not lead counts from when its order was known.
func (l *Ledger) patienceAt(m *Mandate, r *Rental) time.Time {
	if m.Patience <= 0 || m.Why == FinishUser || r.Cancel != nil || !r.Gone.IsZero() || r.Settled() {
		return time.Time{}
	}
	since := r.Since
	if since.IsZero() {
		if in := l.Intent(r.Intent); in != nil {
			since = in.Settled
		}
	}
	if since.IsZero() {
		return time.Time{}
	}
	return since.Add(m.Patience)
}

// settleEnded is for a purchase whose order ended with this change.
func (m *Mandate) settleEnded(p *Purchase, r *Rental, now time.Time) {
	p.USD = r.Charged.USD
	if p.State != Trying {
		return
	}
	switch r.Reason {
	case ByUser:
		p.State = Bought
		m.finish(FinishUser, now)
	case ByStop, ByLimit:
		p.State = Bought
	case ByRetry, ByHost, Elsewhere:
		p.State = Failed
		m.fail(p.Server)
	case ByFunds, ByOutbid:
		p.State = Failed
	}
}

// recall withdraws what was not sent when the mandate is over, or when an order that was thought
// not to exist has taken the place.
func (l *Ledger) recall(m *Mandate, now time.Time) {
	bought, trying := m.counts()
	if m.Active() && now.Before(m.Until) && bought+trying <= m.Count {
		return
	}
	for i := range m.Purchases {
		l.withdraw(m.Purchases[i].Intent, ReasonMandate, "", now)
	}
}

// whyOver returns why nothing more will be bought, "" if something may be. While a purchase may
// still fail that is open.
func (m *Mandate) whyOver(now time.Time) Finish {
	bought, trying := m.counts()
	switch {
	case !m.Active():
		return ""
	case bought >= m.Count:
		return FinishDone
	case trying > 0:
		return ""
	case !now.Before(m.Until):
		return FinishExpired
	case len(m.Purchases) >= m.Tries:
		return FinishTries
	case m.left() <= CreationFee:
		return FinishMoney
	}
	return ""
}

// nothing reports whether no order came of the intent, as far as is known.
func (in *Intent) nothing() bool {
	return in.State == Refused || in.State == Withdrawn || in.State == Missing && in.Dismissed
}

// counts reports whether an intent of which nothing came is one of the tries: it was sent, and
// Clore did more than put it off.
func (in *Intent) counts() bool {
	switch in.Reason {
	case ReasonBusy, ReasonKey, ReasonNotSent:
		return false
	}
	return in.State != Withdrawn
}

// serversFault reports whether another server may do better.
func (in *Intent) serversFault() bool {
	switch in.Reason {
	case ReasonUnlisted, ReasonRented, ReasonGigaSPOT, ReasonCoin, ReasonNoPrice, ReasonYours,
		ReasonRefused, ReasonInput:
		return true
	case ReasonCalledOff, ReasonTooOld, ReasonDearer, ReasonKey, ReasonBusy, ReasonNotSent, ReasonLimit, ReasonMandate,
		string(clore.NotEnoughBalance):
		return false
	}
	return true // Clore's own words
}

// passing reports whether the server may be had again soon.
func (in *Intent) passing() bool {
	return in.State == Withdrawn || in.Reason == string(clore.ServerRented) ||
		in.Reason == string(clore.ServerOffline)
}
