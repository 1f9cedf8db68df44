package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// historyRows is how many ended rentals a page has: as many as there are buttons in a row.
const historyRows = chat.MaxRow

// history lists the ended rentals, the newest first.
func (c *Commands) history(ctx context.Context, a *ask) (chat.Response, error) {
	page := a.page()
	ended, err := c.Archive.History(ctx, a.User, (page+1)*historyRows+1)
	if err != nil {
		return nil, err
	}
	more := len(ended) > (page+1)*historyRows
	ended = ended[min(page*historyRows, len(ended)):min((page+1)*historyRows, len(ended))]
	v := chat.View{Topic: "history", Title: a.S("history.title")}
	if len(ended) == 0 {
		v.Body = a.T("history.none")
	}
	c.listed.keep(a.User, ended)
	var details, again []chat.Control
	for i := range ended {
		r := &ended[i]
		v.Fields = append(v.Fields, chat.Field{Name: a.rentalTitle(r), Value: plain(a.historyLine(r))})
		args := chat.Args{"order": orderText(r.Order.ID)}
		details = append(details, chat.Button(a.Int(i+1)+" · "+orderText(r.Order.ID), "order", args))
		again = append(again, chat.Button(a.S("button.again_number", "Number", i+1), "again", args))
	}
	for _, row := range [][]chat.Control{details, again} {
		if len(row) > 0 {
			v.Rows = append(v.Rows, row)
		}
	}
	v.Rows = append(v.Rows, append(turns("past", page, more), chat.Button(a.S("button.report"), "report", nil), chat.Button(a.S("button.orders"), "orders", nil)))
	return a.show(v)
}

func (a *ask) historyLine(r *rental.Rental) string {
	return join(r.EndedAt.In(a.zone).Format(time.DateOnly), a.Duration(r.Lived(a.now)), a.spent(r), a.effective(r),
		a.endReason(r), a.paidBy(r.Account))
}

// maxPage bounds what a forged page number can make the bot look through.
const maxPage = 200

// page returns the page that the argument "p" asks for; the first is 0.
func (a *ask) page() int {
	p, err := strconv.Atoi(a.arg("p"))
	if err != nil || p < 0 || p > maxPage {
		return 0
	}
	return p
}

// turns are the buttons to the pages beside one.
func turns(command string, page int, more bool) []chat.Control {
	to := func(label string, page int) chat.Control {
		return chat.Button(label, command, chat.Args{"p": strconv.Itoa(page)})
	}
	var row []chat.Control
	if page > 0 {
		row = append(row, to("◀", page-1))
	}
	if more {
		row = append(row, to("▶", page+1))
	}
	return row
}
