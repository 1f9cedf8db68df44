package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// overdue returns running with a stop time that has passed at each of the looks of a test, so that
// nothing more is planned.
func overdue(t *testing.T) *rental.Ledger {
	t.Helper()
	l := running(t)
	if err := l.SetStop(1001, at(30*time.Minute), at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return l
}

// spends lets order 1001 have cost so many USD by a time, before the renter's fee.
func spends(l *rental.Ledger, sum string, d time.Duration) {
	o := deployed(1001)
	o.Spend = usd(sum)
	l.Observe(list(d, o), at(d))
}

func TestLimitsAreSpokenOfOnce(t *testing.T) {
	l := overdue(t)
	l.SetLimits(rental.Limits{Day: 10 * money.Coin, Month: 100 * money.Coin})
	for _, step := range []struct {
		after   time.Duration
		spend   string // in all
		percent int
		said    bool // anew
	}{
		{time.Hour, "5", 0, false},
		{2 * time.Hour, "7.5", 0, false}, // 7.88 with the fee
		{3 * time.Hour, "7.6", 80, true}, // 7.98 and the creation fee of 0.10
		{4 * time.Hour, "9", 80, false},
		{5 * time.Hour, "9.5", 100, true}, // 9.98 and 0.10
		{6 * time.Hour, "12", 100, false},
	} {
		before := l.Alarm.At
		spends(l, step.spend, step.after)
		if got := l.Alarm.DayPercent; got != step.percent || step.said == l.Alarm.At.Equal(before) {
			t.Errorf("%s USD: said %d %%, %v then; want %d, anew %v", step.spend, got, l.Alarm.At, step.percent, step.said)
		}
	}
	if l.Alarm.Day != "2026-07-10" || l.Alarm.DaySum < 10*money.Coin || l.Alarm.MonthPercent != 0 {
		t.Errorf("alarm %+v", l.Alarm)
	}
	l.SetLimits(rental.Limits{Day: 14 * money.Coin})
	spends(l, "12.1", 6*time.Hour+6*time.Minute) // 12.81 of 14
	if l.Alarm.DayPercent != 80 {
		t.Errorf("a higher limit is at %d %%", l.Alarm.DayPercent)
	}
	spends(l, "13.3", 6*time.Hour+12*time.Minute) // 14.07
	if l.Alarm.DayPercent != 100 {
		t.Errorf("a higher limit is not spoken of: %+v", l.Alarm)
	}
}

// What is planned is spoken of before the guard refuses the next one, and once: plans come and go.
func TestPlannedCostIsSpokenOfOnce(t *testing.T) {
	l := running(t)
	stop := func(h int, now time.Duration) {
		t.Helper()
		if err := l.SetStop(1001, at(time.Duration(h)*time.Hour), at(now)); err != nil {
			t.Fatal(err)
		}
	}
	l.SetLimits(rental.Limits{Day: money.Coin / 2, Month: 100 * money.Coin}) // 0.0875 an hour
	for _, step := range []struct {
		after   time.Duration
		stop    int // hours
		percent int
		said    bool
	}{
		{time.Minute, 2, 0, false},
		{2 * time.Minute, 4, 80, true}, // 0.45 with the creation fee
		{3 * time.Minute, 4, 80, false},
		{4 * time.Minute, 1, 80, false},
		{5 * time.Minute, 4, 80, false}, // it rose again, and was said
	} {
		before := l.Alarm.At
		stop(step.stop, step.after)
		spends(l, "0.01", step.after)
		if got := l.Alarm.DayPercent; got != step.percent || step.said == l.Alarm.At.Equal(before) {
			t.Errorf("stop after %d h: said %d %%, %v then; want %d, anew %v", step.stop, got, l.Alarm.At, step.percent, step.said)
		}
	}
	if a := l.Alarm; a.DaySum >= a.DayPlan || a.DayPlan < amount("0.44") || a.DayPlan > amount("0.47") {
		t.Errorf("alarm %+v", a)
	}
	l.SetLimits(rental.Limits{Day: 520_000_000})
	spends(l, "0.011", 6*time.Minute)
	if l.Alarm.DayPercent != 80 || l.Alarm.At != at(2*time.Minute) {
		t.Errorf("another limit of which as much is planned: %+v", l.Alarm)
	}
	spends(l, "0.41", 4*time.Hour) // 0.43 and 0.10
	if l.Alarm.DayPercent != 100 || l.Alarm.DayCap != 520_000_000 {
		t.Errorf("all is spent: %+v", l.Alarm)
	}
	tomorrow := 10 * time.Hour
	l.SetLimits(rental.Limits{Day: 520_000_000})
	spends(l, "0.42", tomorrow)
	stop(15, tomorrow)
	spends(l, "0.43", tomorrow+6*time.Minute)
	if l.Alarm.Day != "2026-07-11" || l.Alarm.DayPercent != 80 {
		t.Errorf("the next day: %+v", l.Alarm)
	}
}

// A rental that goes on as it did is not spoken of on each new day, but what somebody adds is.
func TestUnchangedPlanIsSpokenOfOnce(t *testing.T) {
	l := running(t)
	if err := l.SetStop(1001, time.Time{}, at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.SetLimits(rental.Limits{Day: amount("2.7")}) // 2.10 a day with the fee, 2.16 are 80 %
	other := func(created time.Duration) clore.Order {
		o := order(1002)
		o.ID, o.Server, o.Price, o.Spend, o.Created = clore.OrderID(created/time.Hour)+2000, 7, usd("0.1"), money.Money{Currency: money.USD}, at(created)
		return o
	}
	var rang []int
	for d := time.Hour; d < 10*24*time.Hour; d += 30 * time.Minute {
		o := deployed(1001)
		o.MaxRental = 30 * 24 * time.Hour
		o.Spend.Amount = amount("2").MulDiv(int64(d), int64(24*time.Hour))
		orders := []clore.Order{o}
		switch n := d / (24 * time.Hour); {
		case n >= 2 && n < 5: // beyond 80 %, from the third day on
			orders = append(orders, other(49*time.Hour))
		case n >= 7: // less was planned for two days
			orders = append(orders, other(7*24*time.Hour))
		}
		before := l.Alarm.At
		observe(l, list(d, orders...))
		if !l.Alarm.At.Equal(before) {
			rang = append(rang, int(d/(24*time.Hour)))
			if l.Alarm.DayPercent != 80 || l.Alarm.DaySum >= amount("2.16") {
				t.Errorf("alarm %+v", l.Alarm)
			}
		}
	}
	if len(rang) != 2 || rang[0] != 2 || rang[1] != 7 {
		t.Errorf("rang after days %v", rang)
	}
}

// What is spent is spoken of on each day that it comes to most of the limit.
func TestSpentIsSpokenOfEachDay(t *testing.T) {
	l := running(t)
	if err := l.SetStop(1001, time.Time{}, at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.SetLimits(rental.Limits{Day: amount("2.5")})
	rang := map[string][]money.Amount{}
	for d := time.Hour; d < 4*24*time.Hour; d += 5 * time.Minute {
		o := deployed(1001)
		o.Spend.Amount = amount("2").MulDiv(int64(d), int64(24*time.Hour))
		before := l.Alarm.At
		observe(l, list(d, o))
		if !l.Alarm.At.Equal(before) {
			rang[l.Alarm.Day] = append(rang[l.Alarm.Day], l.Alarm.DaySum)
		}
	}
	for day, spent := range map[string]bool{"2026-07-11": false, "2026-07-12": true, "2026-07-13": true} {
		if sums := rang[day]; len(sums) != 1 || (sums[0] >= amount("2")) != spent {
			t.Errorf("%s: rang at %v", day, sums)
		}
	}
}

// An order that may come to nothing is no reason to ring.
func TestOrdersOnTheirWayAreNotSpokenOf(t *testing.T) {
	l := sending(t)
	l.SetLimits(rental.Limits{Day: money.Coin / 4})
	l.Observe(list(time.Second), at(time.Second))
	if u := l.Usage(at(time.Second)); l.Alarm.DayPercent != 0 || u.PlannedDay < money.Coin/5 {
		t.Errorf("alarm %+v, usage %+v", l.Alarm, u)
	}
}

func TestMonthIsSpokenOf(t *testing.T) {
	l := overdue(t)
	l.SetLimits(rental.Limits{Month: 10 * money.Coin})
	spends(l, "4", time.Hour)
	spends(l, "9", 25*time.Hour) // the day after
	if a := l.Alarm; a.Month != "2026-07" || a.MonthPercent != 80 || a.MonthSum < 9*money.Coin || a.DayPercent != 0 {
		t.Errorf("alarm %+v", a)
	}
	u := l.Usage(at(25 * time.Hour))
	if u.Month != l.Alarm.MonthSum || u.Day <= 5*money.Coin || u.Day >= u.Month {
		t.Errorf("usage %+v", u)
	}
}

func TestUsage(t *testing.T) {
	l := running(t)
	if err := l.SetStop(1001, at(3*time.Hour), at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	u := l.Usage(at(time.Minute))
	perHour := money.Amount(2_100_000_000 / 24)
	most := 3*perHour + rental.CreationFee
	if u.Parallel != 1 || u.Hour != perHour || u.PlannedDay < most || u.PlannedDay > most+perHour/10 ||
		u.PlannedMonth != u.PlannedDay || u.Rental != u.PlannedDay {
		t.Errorf("usage %+v, want about %v", u, most)
	}
}

func TestFits(t *testing.T) {
	l := running(t)
	l.SetLimits(rental.Limits{Parallel: 1})
	if err := l.Fits(quote("r"), at(time.Second)); err == nil {
		t.Error("a second rental fits one")
	}
	l.SetLimits(rental.Limits{})
	before := string(encode(*l))
	if err := l.Fits(quote("r"), at(time.Second)); err != nil {
		t.Error(err)
	}
	if after := string(encode(*l)); after != before {
		t.Error("judging a quote takes it")
	}
}
