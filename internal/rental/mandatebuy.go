package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Buy makes an intent of a quote under a mandate, and notes the purchase with it: one change, so
// that nothing is bought twice. The errors are ErrNoMandate, ErrMandateOver, ErrNotNow while an
// earlier purchase is under way or its fate is not known, those of Take, and *OverLimit, of
// which LimitMandate is the mandate's own.
func (l *Ledger) Buy(id string, q Quote, now time.Time) (Intent, error) {
	l.settleMandates(now)
	m := l.Mandate(id)
	switch {
	case m == nil:
		return Intent{}, ErrNoMandate
	case !m.Active() || !now.Before(m.Until):
		return Intent{}, ErrMandateOver
	case !l.Frozen.IsZero():
		return Intent{}, &OverLimit{Limit: LimitFrozen}
	case !l.mayBuy(m, now):
		return Intent{}, ErrNotNow
	}
	cost, err := m.afford(&q.Terms)
	if err != nil {
		return Intent{}, err
	}
	in, err := l.take(q, id, now)
	if err != nil {
		return Intent{}, err
	}
	m = l.Mandate(id) // the guard has put a new list in the place of the old one
	m.Purchases = append(m.Purchases, Purchase{Intent: in.ID, Server: in.Terms.Server, USD: cost, Agreed: cost, At: now})
	return in, nil
}

// mayBuy reports whether the mandate may make a purchase now, but for its price. A freeze and a
// rejected key are the guard's and Take's to refuse; they are asked here so that nobody tries.
func (l *Ledger) mayBuy(m *Mandate, now time.Time) bool {
	bought, trying := m.counts()
	return m.Active() && now.Before(m.Until) && l.begun(m) &&
		l.Frozen.IsZero() && l.Account.Rejected.IsZero() && l.open() < maxIntents &&
		bought+trying < m.Count && len(m.Purchases) < m.Tries && m.left() > CreationFee &&
		!l.inDoubt() && !l.unproven(m, now) && !l.underway(m)
}

// begun reports whether a fallback may begin: when its order was lost, and is still gone.
func (l *Ledger) begun(m *Mandate) bool {
	return m.Cause != ForFallback || !m.Lost.IsZero() && l.Rental(m.After) == nil
}

// inDoubt reports whether anything of the account may be an order that is not known yet.
func (l *Ledger) inDoubt() bool {
	return l.unsettled() || slices.ContainsFunc(l.Intents, func(in Intent) bool {
		return in.State == Missing && !in.Dismissed
	})
}

// underway reports whether a purchase has not come to an order, or to nothing, yet.
func (l *Ledger) underway(m *Mandate) bool {
	return slices.ContainsFunc(m.Purchases, func(p Purchase) bool {
		in := l.Intent(p.Intent)
		return in != nil && in.State.Open()
	})
}

// counts returns how many purchases count, and how many may yet.
func (m *Mandate) counts() (bought, trying int) {
	for i := range m.Purchases {
		switch m.Purchases[i].State {
		case Bought:
			bought++
		case Trying:
			trying++
		case Failed:
		}
	}
	return bought, trying
}

// Spent returns what the purchases count as: what they really cost where that is known, else what
// they are planned to, with all that they were extended or raised by since.
func (m *Mandate) Spent() money.Amount {
	var sum money.Amount
	for i := range m.Purchases {
		sum = plus(sum, max(0, m.Purchases[i].USD))
	}
	return sum
}

func (m *Mandate) left() money.Amount { return m.Total - min(m.Total, m.Spent()) }

// afford returns what a rental costs at most, or why the mandate does not pay for it.
func (m *Mandate) afford(t *Terms) (money.Amount, error) {
	cost := t.atMost()
	switch {
	case t.USD <= 0:
		return 0, &OverLimit{Limit: LimitRate}
	case t.RunFor <= 0 || t.RunFor > m.RunFor:
		return 0, ErrBounds
	case t.USD > 24*m.Hour:
		return 0, &OverLimit{Limit: LimitHour, Cap: m.Hour, Would: t.USD.MulDiv(1, 24)}
	case cost > m.left():
		return 0, &OverLimit{Limit: LimitMandate, Cap: m.Total, Would: plus(m.Spent(), cost)}
	}
	return cost, nil
}

// atMost returns what a rental on the terms costs at most, in USD with fees.
func (t *Terms) atMost() money.Amount {
	perDay := withFee(t.USD, t.Kind)
	return plus(CreationFee, perDay.MulDiv(int64(t.RunFor+overrun), int64(day))+1)
}

// setAside is how long a server is left alone that somebody else had, or that was not offered.
const setAside = 5 * time.Minute

// avoid returns the servers that the mandate does not buy now: those that failed, those that were
// not to be had a moment ago, and those that are rented already.
func (l *Ledger) avoid(m *Mandate, now time.Time) []clore.ServerID {
	not := slices.Clone(m.Not)
	for i := range l.Rentals {
		not = append(not, l.Rentals[i].Order.Server)
	}
	for i := range l.Intents {
		in := &l.Intents[i]
		if in.State.Open() || in.nothing() && in.serversFault() && now.Sub(in.Settled) < setAside {
			not = append(not, in.Terms.Server)
		}
	}
	slices.Sort(not)
	return slices.Compact(not)
}
