package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// alarmAt are the shares of a limit, in percent, that are spoken of.
func alarmAt() []int { return []int{80, 100} }

// warnLimits notes when most, or all, of a day's or month's limit is spent: once each for a day
// or month. A limit that is raised warns anew. What is only planned is no reason: the guard keeps
// that within the limits by itself.
func (l *Ledger) warnLimits(at time.Time) {
	a := &l.Alarm
	if warn(&a.Day, &a.DayPercent, &a.DaySum, at.UTC().Format(time.DateOnly), l.spentOn(at), l.Limits.Day) {
		a.At = at
	}
	if warn(&a.Month, &a.MonthPercent, &a.MonthSum, at.UTC().Format("2006-01"), l.spentIn(at), l.Limits.Month) {
		a.At = at
	}
}

// warn moves the mark of one limit, and reports whether something new is to be said.
func warn(said *string, percent *int, of *money.Amount, span string, sum, most money.Amount) bool {
	reached := 0
	for _, p := range alarmAt() {
		if most > 0 && sum >= most.MulDiv(int64(p), 100) {
			reached = p
		}
	}
	before := 0
	if *said == span {
		before = *percent
	}
	switch {
	case reached > before:
		*said, *percent, *of = span, reached, sum
		return true
	case reached < before:
		*percent = reached
	}
	return false
}
