package rental

import (
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Usage is how far an account has come towards its limits. Amounts are USD with fees.
type Usage struct {
	Day, Month money.Amount // spent so far in the present one of UTC, as Clore last listed it
	// PlannedDay and PlannedMonth are Day and Month with what everything that runs, waits or is
	// being placed will add until their ends.
	PlannedDay, PlannedMonth money.Amount
	Rental                   money.Amount // the dearest one, from its start to its planned end
	Hour                     money.Amount // the dearest one's hour
	Parallel                 int          // rentals, bids and orders on their way
	// Unknown is true when the worth of a coin is not known: what is paid in it is left out.
	Unknown bool
}

// Usage returns how far the account has come towards its limits.
func (l *Ledger) Usage(now time.Time) Usage {
	p := l.Plan(now)
	u := Usage{
		Day: l.spentOn(now), Month: l.spentIn(now),
		PlannedDay: p.Today(now), PlannedMonth: p.ThisMonth(now), Parallel: len(p.Items),
	}
	for i := range p.Items {
		it := &p.Items[i]
		u.Hour, u.Unknown = max(u.Hour, it.Hour), u.Unknown || it.Unknown
		u.Rental = max(u.Rental, it.Total)
	}
	return u
}

// spentOn returns what was booked for the day of a time.
func (l *Ledger) spentOn(t time.Time) money.Amount { return l.Spent[t.UTC().Format(time.DateOnly)] }

// spentIn returns what was booked for the month of a time.
func (l *Ledger) spentIn(t time.Time) money.Amount {
	var sum money.Amount
	for at, usd := range l.Spent {
		if d, err := time.Parse(time.DateOnly, at); err == nil && month(d).Equal(month(t)) {
			sum = plus(sum, usd)
		}
	}
	return sum
}

// Fits tells before a quote is confirmed whether the limits allow it: *OverLimit, or nil. It
// changes nothing, and promises nothing: the guard judges anew when the quote is taken and when
// the order is sent.
func (l *Ledger) Fits(q Quote, now time.Time) error {
	next := l.copy()
	_, err := next.take(q, "", now)
	if over := (*OverLimit)(nil); errors.As(err, &over) {
		return over
	}
	return nil
}
