package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// monthForm is how a month is written: "2026-11".
const monthForm = "2006-01"

// firstYear is the first year that a report leads to; Clore is not older.
const firstYear = 2020

func (c *Commands) reportFamily() []*chat.Command {
	of := c.param("month", "param.month")
	of.Parse = func(text string) (string, error) {
		at, err := time.Parse(monthForm, strings.TrimSpace(text))
		if err != nil || at.Year() < 1 || at.Year() > 9999 {
			return "", c.wrong("report.month")
		}
		return at.Format(monthForm), nil
	}
	cmd := c.command("report", "cmd.report", c.report, of)
	cmd.Examples = []string{"/report", "/report 2026-11"}
	return []*chat.Command{cmd}
}

// entry is a rental in a report, with what of it falls into the month.
type entry struct {
	rental.Rental
	share rental.Share
}

// report shows what a month has cost.
func (c *Commands) report(ctx context.Context, a *ask) (chat.Response, error) {
	if !a.Direct {
		return nil, c.wrong("report.private")
	}
	from := time.Date(a.now.UTC().Year(), a.now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	if at, err := time.Parse(monthForm, a.arg("month")); err == nil {
		from = at
	}
	m := month{from: from, labels: formerNames(a.profile)}
	if err := c.fill(ctx, a, &m); err != nil {
		return nil, err
	}
	v := a.reportView(&m)
	if len(m.entries) == 0 {
		if err := c.otherMonths(ctx, a, &v); err != nil {
			return nil, err
		}
	}
	return a.show(v)
}

// month is what a report tells of.
type month struct {
	from    time.Time
	entries []entry // the oldest first
	whole   bool    // none of them has been dropped from the history
	labels  map[account.ID]string
}

// fill finds the rentals of a month.
func (c *Commands) fill(ctx context.Context, a *ask, m *month) error {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return err
	}
	var all []rental.Rental
	if all, m.whole, err = c.Archive.Ended(ctx, a.User, m.from); err != nil {
		return err
	}
	running, _ := live(ledgers)
	for i := range ledgers {
		m.labels[ledgers[i].Account.ID] = ledgers[i].Account.Label
	}
	until := m.from.AddDate(0, 1, 0)
	for _, r := range append(all, running...) {
		if s := r.Within(m.from, until, a.now); s.Began || s.Lived > 0 {
			m.entries = append(m.entries, entry{r, s})
		}
	}
	slices.SortStableFunc(m.entries, func(x, y entry) int {
		return cmp.Or(x.Order.Created.Compare(y.Order.Created), cmp.Compare(x.Order.ID, y.Order.ID))
	})
	return nil
}

// reportView shows a month, with a file that has each rental.
func (a *ask) reportView(m *month) chat.View {
	text := m.from.Format(monthForm)
	v := chat.View{Topic: "report", Title: a.S("report.title", "Month", text), Footer: a.S("report.footer")}
	if len(m.entries) == 0 {
		v.Body = a.T("report.none")
	} else {
		v.Body = chat.Text{chat.Pre(a.reportTable(m.entries))}
		v.Fields = a.reportFields(m.entries)
		v.File = &chat.File{Name: "clorebot-" + text + ".csv", Type: "text/csv", Data: a.reportCSV(m.entries, m.labels)}
	}
	if !m.whole {
		v.Body = lines(v.Body, a.T("report.cut"))
	}
	var row []chat.Control
	if before := m.from.AddDate(0, -1, 0); before.Year() >= firstYear {
		row = append(row, a.monthButton("◀ ", before))
	}
	if next := m.from.AddDate(0, 1, 0); !next.After(a.now) {
		row = append(row, a.monthButton("▶ ", next))
	}
	v.Rows = [][]chat.Control{append(row, chat.Button(a.S("button.done"), "orders", chat.Args{"which": "done"}))}
	return v
}

func (a *ask) monthButton(mark string, month time.Time) chat.Control {
	text := month.Format(monthForm)
	return chat.Button(mark+text, "report", chat.Args{"month": text})
}

// sums are the totals of some rentals of a month.
type sums struct {
	rentals, running int
	lived            time.Duration
	usd              money.Amount // of those with a known rate
	fee, creation    money.Amount // in USD
	rated            time.Duration
	// Beside the market: only the rentals whose median is known.
	beside, median money.Amount
	compared       time.Duration
	unrated        map[money.Currency]money.Amount
}

func total(entries []entry) sums {
	s := sums{unrated: map[money.Currency]money.Amount{}}
	for _, e := range entries {
		s.rentals++
		s.lived += e.share.Lived
		if e.Stage != rental.Ended {
			s.running++
		}
		if !e.share.Rated {
			s.unrated[e.Order.Price.Currency] += e.share.Total
			continue
		}
		s.usd += e.share.USD
		s.rated += e.share.Lived
		if e.share.Total > 0 {
			s.fee += e.share.USD.MulDiv(int64(e.share.Fee), int64(e.share.Total))
			s.creation += e.share.USD.MulDiv(int64(e.share.Creation), int64(e.share.Total))
		}
		if e.Terms.Median > 0 && e.share.Lived > 0 {
			s.compared += e.share.Lived
			s.beside += e.share.USD
			s.median += e.Terms.Median.MulDiv(int64(e.share.Lived), int64(hour))
		}
	}
	return s
}

// perHour is a sum by the hour, 0 for no time.
func perHour(sum money.Amount, lived time.Duration) money.Amount {
	return sum.MulDiv(int64(hour), int64(lived))
}

// reportFields are the sums of a month.
func (a *ask) reportFields(entries []entry) []chat.Field {
	s := total(entries)
	f := []chat.Field{
		field(a.S("report.total"), a.S("report.total.value", "Sum", a.Amount(s.usd), "Count", a.N("count.rentals", s.rentals), "Hours", a.hours(s.lived))),
		field(a.S("report.fees"), a.S("report.fees.value", "Fee", a.Amount(s.fee), "Creation", a.Amount(s.creation))),
	}
	if s.rated >= leastRated && s.usd > 0 {
		f = append(f, field(a.S("ended.hour"), a.S("price.effective", "Amount", a.Rate(perHour(s.usd, s.rated)))))
	}
	if s.compared >= leastRated && s.beside > 0 {
		price := perHour(s.beside, s.compared)
		f = append(f, field(a.S("report.market"), a.compared(a.S("price.effective", "Amount", a.Rate(price)), price, perHour(s.median, s.compared))))
	}
	if text := a.byAccount(entries); text != "" {
		f = append(f, field(a.S("report.accounts"), text))
	}
	if s.running > 0 {
		f = append(f, field(a.S("report.running"), a.S("report.running.value", "Count", a.N("count.rentals", s.running))))
	}
	for _, coin := range money.Currencies() {
		if sum := s.unrated[coin]; sum > 0 {
			f = append(f, field(a.S("report.unrated"), a.Money(money.Money{Amount: sum, Currency: coin})))
		}
	}
	return f
}

// byAccount writes what each account has paid, for somebody who has several.
func (a *ask) byAccount(entries []entry) string {
	var parts []string
	for _, group := range grouped(entries, func(e entry) string { return a.paidBy(e.Account) }) {
		if name := a.paidBy(group[0].Account); name != "" {
			parts = append(parts, a.S("report.account", "Account", name, "Sum", a.Amount(total(group).usd)))
		}
	}
	return clip(strings.Join(parts, ", "), chat.MaxValue-1)
}

// grouped returns entries that have the same name together, the most expensive group first.
func grouped(entries []entry, name func(entry) string) [][]entry {
	at := map[string]int{}
	var groups [][]entry
	for _, e := range entries {
		i, ok := at[name(e)]
		if !ok {
			i = len(groups)
			at[name(e)], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	slices.SortStableFunc(groups, func(x, y []entry) int { return cmp.Compare(total(y).usd, total(x).usd) })
	return groups
}

// reportRows bounds the table; the file has everything.
const reportRows = 15

// reportTable lists what the GPUs have cost, the most expensive first.
func (a *ask) reportTable(entries []entry) string {
	groups := grouped(entries, func(e entry) string { return a.hardware(&e.Rental) })
	if len(groups) > reportRows {
		rest := slices.Concat(groups[reportRows-1:]...)
		groups = append(groups[:reportRows-1:reportRows-1], rest)
	}
	var table [][]string
	for i, g := range groups {
		s := total(g)
		name := clip(a.hardware(&g[0].Rental), 26)
		if i == reportRows-1 {
			name = a.S("report.others")
		}
		rate := ""
		if s.rated >= leastRated {
			rate = a.Rate(perHour(s.usd, s.rated))
		}
		table = append(table, []string{name, a.Int(s.rentals), a.hours(s.lived), a.Amount(s.usd), rate})
	}
	return columns([]string{a.S("report.column.gpu"), "#", a.S("report.column.hours"), "USD", "USD/h"}, table)
}

// hours writes a time in hours.
func (a *ask) hours(d time.Duration) string { return a.Decimal(d.Hours(), 1) }
