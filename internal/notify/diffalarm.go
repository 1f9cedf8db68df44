package notify

import (
	"fmt"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// alarm tells that most of a day's or a month's money is spent or planned, or all of it spent: once a
// step.
func (d *differ) alarm() {
	was, now, caps := d.prev.Alarm, d.next.Alarm, d.next.Limits
	if was.Day != now.Day {
		was.DayPercent = 0
	}
	if was.Month != now.Month {
		was.MonthPercent = 0
	}
	if now.DayPercent > was.DayPercent {
		d.near(rental.LimitState{
			Limit: rental.LimitDay, Percent: now.DayPercent, Cap: caps.Day, Spent: now.DaySum, Planned: now.DayPlan,
		}, now.Day, caps.Day)
	}
	if now.MonthPercent > was.MonthPercent {
		d.near(rental.LimitState{
			Limit: rental.LimitMonth, Percent: now.MonthPercent, Cap: caps.Month, Spent: now.MonthSum, Planned: now.MonthPlan,
		}, now.Month, caps.Month)
	}
}

// near adds the event. The limit is part of the key: another one is another alarm.
func (d *differ) near(s rental.LimitState, when string, most money.Amount) {
	e := d.ofAccount(rental.LimitNear, d.next.Alarm.At)
	e.Key = fmt.Sprintf("%s/%s/%s/%s/%d/%d", e.Kind, e.Account, s.Limit, when, s.Percent, most)
	e.Limit = &s
	d.add(e)
}
