package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// otherMonths leads from the report of a month without rentals to the newest that have any.
func (c *Commands) otherMonths(ctx context.Context, a *ask, v *chat.View) error {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return err
	}
	all, _, err := c.Archive.Ended(ctx, a.User, time.Time{})
	if err != nil {
		return err
	}
	running, _ := live(ledgers)
	months := monthsOf(append(all, running...), a.now)
	if len(months) == 0 {
		v.Body = lines(v.Body, a.T("again.none"))
		v.Rows = [][]chat.Control{{chat.Button(a.S("button.market"), "market", nil).Styled(chat.Good)}}
		return nil
	}
	months = months[:min(len(months), chat.MaxRow)]
	var names []string
	var row []chat.Control
	for _, from := range months {
		names = append(names, from.Format(monthForm))
		row = append(row, a.monthButton("", from))
	}
	v.Body = lines(v.Body, a.T("report.others_have", "Months", strings.Join(names, ", ")))
	v.Rows = [][]chat.Control{row, {chat.Button(a.S("button.done"), "orders", chat.Args{"which": "done"})}}
	return nil
}

// monthsOf returns the months into which something of the rentals falls, the newest first.
func monthsOf(rentals []rental.Rental, now time.Time) []time.Time {
	var months []time.Time
	for i := range rentals {
		r := &rentals[i]
		y, m, _ := r.Order.Created.UTC().Date()
		from := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
		if y < firstYear {
			continue
		}
		for ; !from.After(now); from = from.AddDate(0, 1, 0) {
			s := r.Within(from, from.AddDate(0, 1, 0), now)
			if !s.Began && s.Lived <= 0 {
				break
			}
			months = append(months, from)
		}
	}
	slices.SortFunc(months, func(x, y time.Time) int { return y.Compare(x) })
	return slices.CompactFunc(months, time.Time.Equal)
}
