package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// runwayAlert tells that the money runs out before everything that it pays for has ended.
func (c *Commands) runwayAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	w, short := l.Short(a.now)
	if e.Coin != "" {
		w, short = l.ShortIn(e.Coin, a.now)
	}
	if !short {
		return chat.View{}, notify.ErrSkip // it was topped up, or what runs ends before that
	}
	v := chat.View{
		Topic: "runway", Tone: chat.Warning,
		Title: a.S("alert.runway.title", "For", a.Duration(e.Runway), "Count", a.N("count.rentals", len(l.Rentals))),
		Body:  a.T("alert.runway.body", "Balance", a.Money(w.Balance), "Runway", a.pace(w)),
	}
	if critical(e) {
		v.Tone = chat.Danger
	}
	v.Rows = [][]chat.Control{freshRow([]chat.Control{
		chat.Button(a.S("button.wallet"), "wallet", nil), chat.Button(a.S("button.orders"), "orders", nil),
		chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger),
	})}
	return v, nil
}

// limitAlert tells that most of what may be spent in a day or month is spent or planned, or that
// all of it is spent.
func (c *Commands) limitAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	s := e.Limit
	if s == nil || s.Cap != capOf(l.Limits, s.Limit) {
		return chat.View{}, notify.ErrSkip // another limit was set meanwhile
	}
	v := a.nearLimit(s)
	limits, freeze := chat.Button(a.S("button.limits"), "limits", nil), chat.Button(a.S("button.freeze"), "freeze", nil)
	row := []chat.Control{limits, freeze}
	if s.Percent >= 100 {
		v.Tone, v.Body = chat.Danger, a.T("alert.limit.all")
		row = []chat.Control{limits, chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger)}
	}
	if len(l.Rentals) > 0 {
		v.Body = lines(v.Body, a.T("freeze.running", "Count", a.N("count.rentals", len(l.Rentals)), "Burn", c.burning(a, l.Rentals)))
	}
	v.Rows = [][]chat.Control{freshRow(row)}
	return v, nil
}

// nearLimit says how much of a limit is used.
func (a *ask) nearLimit(s *rental.LimitState) chat.View {
	day, month, body := "alert.limit.day", "alert.limit.month", a.T("alert.limit.most", "Percent", s.Percent)
	if s.Percent < 100 && s.Planned > s.Spent {
		day, month = "alert.limit.day.planned", "alert.limit.month.planned"
		body = a.T("alert.limit.planned", "Spent", a.usd(s.Spent), "Percent", s.Percent)
	}
	title := day
	if s.Limit == rental.LimitMonth {
		title = month
	}
	return chat.View{
		Topic: "limit", Tone: chat.Warning, Body: body,
		Title: a.S(title, "Spent", a.Amount(s.Spent), "Planned", a.Amount(s.Planned), "Cap", a.usd(s.Cap)),
	}
}

// capOf returns the limit of a day or month.
func capOf(m rental.Limits, kind rental.Limit) money.Amount {
	if kind == rental.LimitMonth {
		return m.Month
	}
	return m.Day
}
