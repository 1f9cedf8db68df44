package commands

import (
	"context"
	"errors"
	"math"
	"sort"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// explainLimit speaks of what the spend guard refused: which limit, what it would have come to,
// and what can be done about it.
func explainLimit(a *ask, err error) (chat.View, bool) {
	refused, ok := errors.AsType[*rental.OverLimit](err)
	if !ok {
		return chat.View{}, false
	}
	return chat.View{
		Topic: "error", Tone: chat.Warning, Body: a.overText(refused), Rows: [][]chat.Control{a.overButtons(refused)},
	}, true
}

// overText says what stands in the way of spending.
func (a *ask) overText(o *rental.OverLimit) chat.Text {
	line := func(name string, of money.Amount) chat.Span { return chat.C("/limits " + name + ":" + a.roomy(of)) }
	switch o.Limit {
	case rental.LimitFrozen:
		return a.T("over.frozen")
	case rental.LimitRental:
		return a.T("over.rental", "Cap", a.usd(o.Cap), "Would", a.usd(o.Would), "Line", line(limitRental, o.Would))
	case rental.LimitDay:
		return a.T("over.day", "Cap", a.usd(o.Cap), "Would", a.usd(o.Would), "On", a.dayOf(o.On), "Line", line(limitDay, o.Would))
	case rental.LimitMonth:
		return a.T("over.month", "Cap", a.usd(o.Cap), "Would", a.usd(o.Would), "On", o.On.Format("2006-01"), "Line", line(limitMonth, o.Would))
	case rental.LimitHour:
		return a.T("over.hour", "Cap", a.usdHour(o.Cap), "Would", a.usdHour(o.Would), "Line", chat.C("/limits hour:"+ceiling(o.Would, money.Coin/100).String()))
	case rental.LimitParallel:
		return a.T("over.parallel", "Cap", int(o.Cap), "Would", int(o.Would))
	case rental.LimitRate:
		return a.T("over.rate")
	case rental.LimitCeiling:
		return a.T("over.ceiling")
	default: // rental.LimitMandate
		return a.T("over.mandate", "Cap", a.usd(o.Cap), "Would", a.usd(o.Would))
	}
}

// overButtons are the ways on from a refusal.
func (a *ask) overButtons(o *rental.OverLimit) []chat.Control {
	limits := chat.Button(a.S("button.limits"), "limits", nil)
	switch o.Limit {
	case rental.LimitFrozen:
		return []chat.Control{chat.Button(a.S("button.unfreeze"), "unfreeze", nil), limits}
	case rental.LimitParallel, rental.LimitDay, rental.LimitMonth:
		return []chat.Control{limits, chat.Button(a.S("button.orders"), "orders", nil)}
	default:
		return []chat.Control{limits}
	}
}

// dayOf names a day of the limits, which is one of UTC.
func (a *ask) dayOf(t time.Time) string {
	if !t.After(a.now) && nextDay(t).After(a.now) {
		return a.S("over.today")
	}
	return t.UTC().Format(time.DateOnly)
}

// roomy writes the next whole amount of USD, as a limit that would do.
func (a *ask) roomy(usd money.Amount) string { return ceiling(usd, money.Coin).String() }

// ceiling rounds an amount up to a step.
func ceiling(m, step money.Amount) money.Amount {
	if m > math.MaxInt64-step {
		return m
	}
	return (m + step - 1) / step * step
}

// judgeQuote shows on a quote that the limits forbid it, in place of the button that would rent:
// nobody has to tap to learn that. A shorter time that fits is offered.
func (c *Commands) judgeQuote(ctx context.Context, a *ask, id account.ID, q rental.Quote, v *chat.View) {
	l, err := c.Books.Ledger(ctx, id)
	if err != nil {
		return // the guard judges when it is taken
	}
	refused, ok := errors.AsType[*rental.OverLimit](l.Fits(q, a.now))
	if !ok {
		return
	}
	v.Topic, v.Tone = "blocked", chat.Warning
	v.Body = lines(v.Body, a.overText(refused))
	row := a.overButtons(refused)
	if hours := fitting(&l, q, a.now); hours > 0 {
		text := a.Int(hours) + "h"
		row = append([]chat.Control{
			chat.Button(a.S("button.shorten", "For", a.Duration(time.Duration(hours)*hour)), "quote", chat.Args{"quote": q.ID, "run": text}).Styled(chat.Good),
		}, row...)
		v.Rows = dropRun(v.Rows, text)
	}
	v.Rows[0] = append(row, chat.Button(a.S("button.not_now"), "market", nil))
}

// dropRun removes the button for a planned time that is offered elsewhere: two that do the same
// cannot stand in one message.
func dropRun(rows [][]chat.Control, run string) [][]chat.Control {
	var out [][]chat.Control
	for _, row := range rows {
		var kept []chat.Control
		for _, ctl := range row {
			if ctl.Action.Command != "quote" || ctl.Action.Args["run"] != run {
				kept = append(kept, ctl)
			}
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// fitting returns for how many whole hours at most a quote fits the limits, 0 for none.
func fitting(l *rental.Ledger, q rental.Quote, now time.Time) int {
	longest := maxRun
	for _, d := range []time.Duration{q.Terms.RunFor, q.Terms.MaxRent} {
		if d > 0 {
			longest = min(longest, d)
		}
	}
	most := int(longest / hour)
	return sort.Search(most, func(i int) bool {
		q.Terms.RunFor = time.Duration(i+1) * hour
		return l.Fits(q, now) != nil
	})
}
