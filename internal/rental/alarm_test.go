package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// spends lets order 1001 have cost so many USD by a time, before the renter's fee.
func spends(l *rental.Ledger, sum string, d time.Duration) {
	o := deployed(1001)
	o.Spend = usd(sum)
	l.Observe(list(d, o), at(d))
}

func TestLimitsAreSpokenOfOnce(t *testing.T) {
	l := running(t)
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

func TestMonthIsSpokenOf(t *testing.T) {
	l := running(t)
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
