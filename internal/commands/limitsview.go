package commands

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// limitsView shows each limit of the active account beside what is used of it.
func (c *Commands) limitsView(ctx context.Context, a *ask) (chat.View, error) {
	acct, err := c.account(ctx, a)
	if err != nil {
		return chat.View{}, err
	}
	l, err := c.Books.Ledger(ctx, acct.ID)
	if err != nil {
		return chat.View{}, err
	}
	accounts, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return chat.View{}, err
	}
	u, m := l.Usage(a.now), l.Limits
	v := chat.View{
		Topic: "limits", Title: a.S("limits.title"), Body: c.limitsBody(a, &l, u),
		Fields: []chat.Field{
			field(a.S("limits.day"), join(a.used(u.Day, u.PlannedDay), a.capped(m.Day, a.usd))),
			field(a.S("limits.month"), join(a.used(u.Month, u.PlannedMonth), a.capped(m.Month, a.usd))),
			field(a.S("limits.rental"), join(a.dearest(u.Rental, a.usd), a.capped(m.Rental, a.usd))),
			field(a.S("limits.hour"), join(a.dearest(u.Hour, a.usdHour), a.capped(m.Hour, a.usdHour))),
			field(a.S("limits.parallel"), join(a.Int(u.Parallel), a.cappedNumber(m.Parallel))),
		},
		Footer: a.S("limits.footer", "At", a.Moment(nextDay(a.now), a.now, a.zone)),
	}
	if len(accounts) > 1 {
		v.Title = a.S("limits.title.of", "Label", acct.Label)
		v.Footer += " " + a.S("limits.each", "Keys", len(accounts))
	}
	if !l.Frozen.IsZero() || over(m, u) {
		v.Tone = chat.Warning
	}
	v.Rows = limitRows(a, &l)
	return v, nil
}

func limitRows(a *ask, l *rental.Ledger) [][]chat.Control {
	var edit []chat.Control
	for _, name := range limitNames() {
		edit = append(edit, chat.Button(a.limitName(name), "limit-of", chat.Args{"which": name}))
	}
	freeze := chat.Button(a.S("button.freeze"), "freeze", nil)
	if !l.Frozen.IsZero() {
		freeze = chat.Button(a.S("button.unfreeze"), "unfreeze", nil)
	}
	return [][]chat.Control{edit, {
		freeze, chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger),
		chat.Button(a.S("button.orders"), "orders", nil), chat.Button(a.S("button.refresh"), "limits", nil),
	}}
}

// limitsBody says what matters before the figures: a freeze, how fast the money goes, and what
// goes over a limit already.
func (c *Commands) limitsBody(a *ask, l *rental.Ledger, u rental.Usage) chat.Text {
	var body chat.Text
	if !l.Frozen.IsZero() {
		body = lines(body, a.T("limits.frozen", "At", a.Moment(l.Frozen, a.now, a.zone)))
	}
	if l.Limits == (rental.Limits{}) {
		body = lines(body, a.T("limits.none"))
	}
	if len(l.Rentals) > 0 {
		body = lines(body, plain(join(
			a.S("limits.burning", "Count", a.N("count.rentals", len(l.Rentals)), "Burn", c.burning(a, l.Rentals)),
			c.runway(a, []rental.Ledger{*l}))))
	}
	if over(l.Limits, u) {
		body = lines(body, a.T("limits.over"))
	}
	if u.Unknown {
		body = lines(body, a.T("limits.unknown"))
	}
	return body
}

// over reports whether what runs already goes over a limit.
func over(m rental.Limits, u rental.Usage) bool {
	beyond := func(sum, most money.Amount) bool { return most > 0 && sum > most }
	return beyond(u.PlannedDay, m.Day) || beyond(u.PlannedMonth, m.Month) || beyond(u.Rental, m.Rental) ||
		beyond(u.Hour, m.Hour) || m.Parallel > 0 && u.Parallel > m.Parallel
}

// nextDay returns when the next day of the limits begins.
func nextDay(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

// usd writes an amount of USD with its unit.
func (a *ask) usd(m money.Amount) string { return a.Money(money.Money{Amount: m, Currency: money.USD}) }

func (a *ask) used(spent, planned money.Amount) string {
	if planned == spent {
		return a.S("limits.spent", "Spent", a.usd(spent))
	}
	return a.S("limits.planned", "Spent", a.usd(spent), "Planned", a.usd(planned))
}

// usdHour writes USD an hour.
func (a *ask) usdHour(usd money.Amount) string { return a.S("unit.usd_hour", "Amount", a.Rate(usd)) }

// dearest writes the most of what runs, "" for nothing; write knows its unit.
func (a *ask) dearest(most money.Amount, write func(money.Amount) string) string {
	if most == 0 {
		return ""
	}
	return a.S("limits.dearest", "Sum", write(most))
}

// capped writes a limit, which may be none.
func (a *ask) capped(most money.Amount, write func(money.Amount) string) string {
	if most == 0 {
		return a.S("limits.no")
	}
	return a.S("limits.cap", "Cap", write(most))
}

func (a *ask) cappedNumber(most int) string {
	if most == 0 {
		return a.S("limits.no")
	}
	return a.S("limits.cap", "Cap", most)
}

// limitName names a limit on a button.
func (a *ask) limitName(name string) string {
	switch name {
	case limitRental:
		return a.S("limits.rental")
	case limitDay:
		return a.S("limits.a_day")
	case limitMonth:
		return a.S("limits.a_month")
	case limitHour:
		return a.S("limits.hour")
	default:
		return a.S("limits.parallel")
	}
}

// limitOf offers values for one limit, or sets it.
func (c *Commands) limitOf(ctx context.Context, a *ask) (chat.Response, error) {
	name := a.arg("which")
	offers, ok := limitOffers()[name]
	if !ok {
		return nil, c.wrong("limits.which")
	}
	if value := a.arg("value"); value != "" {
		read := c.limitArg
		if name == limitParallel {
			read = c.parallelArg
		}
		normal, err := read(value)
		if err != nil {
			return nil, err
		}
		return c.changeLimits(ctx, a, map[string]string{name: normal})
	}
	menu := chat.Control{
		Label: a.S("button.choose"), Param: "value", Action: chat.Action{Command: "limit-of", Args: chat.Args{"which": name}},
	}
	for _, value := range offers {
		label := value
		if usd, err := money.Parse(value); err == nil && name != limitParallel {
			label = a.usd(usd)
		}
		menu.Choices = append(menu.Choices, chat.Choice{Label: label, Value: value})
	}
	menu.Choices = append(menu.Choices, chat.Choice{Label: a.S("limits.no"), Value: limitOff})
	return a.show(chat.View{
		Topic: "limits", Title: a.limitName(name), Body: a.T("limits.one", "Line", chat.C("/limits "+name+":"+offers[1])),
		Rows: [][]chat.Control{{menu}, {
			chat.Button(a.S("button.another_value"), "limit-of", chat.Args{"which": name, "own": "1"}),
			chat.Button(a.S("button.back"), "limits", nil),
		}},
	})
}

// limitOffers are the values that are offered for each limit.
func limitOffers() map[string][]string {
	return map[string][]string{
		limitDay:      {"2", "5", "10", "20", "50", "100"},
		limitMonth:    {"20", "50", "100", "200", "500", "1000"},
		limitRental:   {"1", "2", "5", "10", "20", "50"},
		limitHour:     {"0.1", "0.25", "0.5", "1", "2", "5"},
		limitParallel: {"1", "2", "3", "5", "8", "12"},
	}
}
