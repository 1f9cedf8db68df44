package rental

import (
	"maps"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// spend is the guard: the one way of a change that may cost money, whoever asks for it. It makes
// the change on a copy, compares what the account is then committed to with what it was, and
// keeps the change only if it makes nothing worse that a limit forbids. Changes that cost no more
// than before pass even where a limit is exceeded already. Refusals are *OverLimit.
func (l *Ledger) spend(now time.Time, change func(*Ledger) error) error {
	next := l.copy()
	if err := change(&next); err != nil {
		return err
	}
	was := *l
	was.Rates = next.Rates // a coin that rose is not the change's doing
	if err := l.Limits.judge(was.Plan(now), next.Plan(now), !l.Frozen.IsZero()); err != nil {
		return err
	}
	*l = next
	return nil
}

// copy returns a ledger whose lists may be altered without touching l's.
func (l *Ledger) copy() Ledger {
	next := *l
	next.Intents = slices.Clone(l.Intents)
	next.Rentals = slices.Clone(l.Rentals)
	next.Mandates = slices.Clone(l.Mandates)
	for i := range next.Mandates {
		next.Mandates[i].Purchases = slices.Clone(next.Mandates[i].Purchases)
		next.Mandates[i].Not = slices.Clone(next.Mandates[i].Not)
	}
	// What rentals point to is replaced as a whole, but for their cancellations.
	for i := range next.Rentals {
		if c := next.Rentals[i].Cancel; c != nil {
			cancel := *c
			next.Rentals[i].Cancel = &cancel
		}
	}
	next.Rates = maps.Clone(l.Rates)
	return next
}

// judge compares two plans. Nothing that is worse afterwards may be over its limit.
func (m Limits) judge(before, after Plan, frozen bool) error {
	if frozen && after.worse(before) {
		return &OverLimit{Limit: LimitFrozen}
	}
	if n := len(after.Items); m.Parallel > 0 && n > m.Parallel && n > len(before.Items) {
		return &OverLimit{Limit: LimitParallel, Cap: money.Amount(m.Parallel), Would: money.Amount(n)}
	}
	for i := range after.Items {
		now, was := &after.Items[i], before.item(after.Items[i].key)
		if err := m.judgeItem(was, now); err != nil {
			return err
		}
	}
	if err := exceeded(LimitDay, m.Day, before.Days, after.Days); err != nil {
		return err
	}
	return exceeded(LimitMonth, m.Month, before.Months, after.Months)
}

func (m Limits) judgeItem(was, now *Item) error {
	switch {
	case now.Unknown && m.money() && (was == nil || !was.Unknown || now.Price != was.Price || now.Ends.After(was.Ends)):
		return &OverLimit{Limit: LimitRate}
	case m.Hour > 0 && now.Hour > m.Hour && (was == nil || now.Hour > was.Hour):
		return &OverLimit{Limit: LimitHour, Cap: m.Hour, Would: now.Hour}
	case m.Rental > 0 && now.Total > m.Rental && (was == nil || now.Total > was.Total):
		return &OverLimit{Limit: LimitRental, Cap: m.Rental, Would: now.Total}
	}
	return nil
}

// exceeded finds the first day or month that is over its limit and worse than before.
func exceeded(kind Limit, most money.Amount, before, after map[time.Time]money.Amount) error {
	if most <= 0 {
		return nil
	}
	for _, at := range slices.SortedFunc(maps.Keys(after), time.Time.Compare) {
		if sum := after[at]; sum > most && sum > before[at] {
			return &OverLimit{Limit: kind, Cap: most, Would: sum, On: at}
		}
	}
	return nil
}

// worse reports whether the plan p costs more than another in any way, or for longer.
func (p Plan) worse(than Plan) bool {
	for i := range p.Items {
		now, was := &p.Items[i], than.item(p.Items[i].key)
		if was == nil || now.Total > was.Total || now.Hour > was.Hour || now.Ends.After(was.Ends) ||
			now.Price.Amount > was.Price.Amount {
			return true
		}
	}
	return false
}

// usdPerDay returns what a price per day is worth: at the last known rates or, where that is more
// or there are none, as agreed.
func (l *Ledger) usdPerDay(price money.Money, t *Terms) (money.Amount, bool) {
	switch {
	case price.Amount <= 0:
		return 0, true
	case price.Currency == money.USD:
		return price.Amount, true
	}
	usd, _ := l.Rates.USD(price)
	if t.Price == price {
		usd = max(usd, t.USD)
	}
	return usd, usd > 0
}

// noteRates keeps the worth of coins for the guard.
func (l *Ledger) noteRates(r money.Rates) {
	if len(r) == 0 || maps.Equal(r, l.Rates) {
		return
	}
	if l.Rates == nil {
		l.Rates = money.Rates{}
	}
	maps.Copy(l.Rates, r)
}

// withFee adds the renter's fee to an amount of base price.
func withFee(base money.Amount, kind clore.Kind) money.Amount {
	return plus(base, RenterFee(base, kind))
}
