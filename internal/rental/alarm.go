package rental

import (
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

const (
	// nearly is the share of a limit, in percent, that is spoken of before it is used up.
	nearly = 80
	// wholly is all of it.
	wholly = 100
	// wobble is by how much of a limit, in percent, a plan differs from day to day without anybody's doing.
	wobble = 5
)

// warnLimits notes when most of a day's or month's limit is spent or planned, and when all of it
// is spent: once each for a day or month, however often the plans change. What was planned already when
// it was said last is not said again on another day; what is spent is. A limit that is changed warns
// anew.
func (l *Ledger) warnLimits(at time.Time) {
	if l.Limits.Day <= 0 && l.Limits.Month <= 0 {
		return
	}
	p := l.planned(at)
	a := &l.Alarm
	day := said{&a.Day, &a.DayPercent, &a.DaySum, &a.DayPlan, &a.DayCap}
	monthly := said{&a.Month, &a.MonthPercent, &a.MonthSum, &a.MonthPlan, &a.MonthCap}
	day.freshen(at.UTC().Format(time.DateOnly), p.Today(at), l.Limits.Day, l.newSince(midnight(at)))
	monthly.freshen(at.UTC().Format("2006-01"), p.ThisMonth(at), l.Limits.Month, l.newSince(month(at)))
	if day.warn(at.UTC().Format(time.DateOnly), l.spentOn(at), p.Today(at), l.Limits.Day) {
		a.At = at
	}
	if monthly.warn(at.UTC().Format("2006-01"), l.spentIn(at), p.ThisMonth(at), l.Limits.Month) {
		a.At = at
	}
}

// newSince reports whether an order was made since a time.
func (l *Ledger) newSince(t time.Time) bool {
	return slices.ContainsFunc(l.Rentals, func(r Rental) bool { return !r.Order.Created.Before(t) })
}

// planned returns what was spent and what rentals and bids will add. Orders that Clore does not
// list yet are left out: those that come to nothing are no reason to ring, and the others are
// rentals seconds later.
func (l *Ledger) planned(at time.Time) Plan {
	listed := *l
	listed.Intents = nil
	return listed.Plan(at)
}

// said is what was said of a limit, a part of [Alarm].
type said struct {
	span            *string
	percent         *int
	sum, plan, most *money.Amount
}

// freshen takes the mark of another day or month back when somebody's act made the plan what it is, or
// when less was planned meanwhile.
func (s said) freshen(span string, planned, most money.Amount, made bool) {
	slack := most.MulDiv(wobble, 100)
	if *s.span != span && (made || *s.most != most || planned > plus(*s.plan, slack) ||
		planned < most.MulDiv(nearly, 100)-slack) {
		*s.percent = 0
	}
}

// warn moves the mark, and reports whether something new is to be said.
func (s said) warn(span string, spent, planned, most money.Amount) bool {
	planned = max(planned, spent)
	reached := 0
	switch {
	case most <= 0:
		return false
	case spent >= most:
		reached = wholly
	case planned >= most.MulDiv(nearly, 100):
		reached = nearly
	}
	before := *s.percent
	if *s.span != span && spent >= most.MulDiv(nearly, 100) {
		before = 0
	}
	if *s.most != most {
		before = min(before, reached)
		*s.percent = before
	}
	if reached <= before {
		return false
	}
	*s.span, *s.percent, *s.sum, *s.plan, *s.most = span, reached, spent, planned, most
	return true
}
