package commands

import (
	"context"
	"slices"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// mandateAlert tells what was rented without asking, or that nothing more will be.
func (c *Commands) mandateAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	m := e.Mandate
	if m == nil {
		return chat.View{}, notify.ErrSkip
	}
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	if now := l.Mandate(m.ID); now != nil {
		m = now
	}
	if e.Kind == rental.MandateOver {
		return a.overView(&l, m), nil
	}
	return c.boughtView(a, &l, m, e), nil
}

// boughtView reports a purchase: which server, at what price, and what is left of the permission.
func (c *Commands) boughtView(a *ask, l *rental.Ledger, m *rental.Mandate, e rental.Event) chat.View {
	v := chat.View{
		Topic: "bought", Tone: chat.Good,
		Body: lines(a.T("alert.bought.body", "Query", chat.C(clip(m.Query, maxForeign))), a.mandateState(l, m)),
	}
	row := []chat.Control{chat.Button(a.S("button.permissions"), "permissions", nil)}
	if r := e.Rental; r != nil {
		v.Title = a.S("alert.bought.title", "Server", serverText(r.Order.Server),
			"What", join(a.hardware(r), a.shortPrice(r.Order.Price, c.rentalUSD(r))))
		row = append([]chat.Control{chat.Button(a.S("button.details"), "order", chat.Args{"order": orderText(r.Order.ID)})}, row...)
	} else {
		v.Title = a.S("alert.bought.title", "Server", serverText(serverOf(m, e.Intent)), "What", clip(m.Query, maxForeign))
	}
	v.Rows = [][]chat.Control{freshRow(row)}
	return v
}

// serverOf returns the server of a purchase.
func serverOf(m *rental.Mandate, intent string) clore.ServerID {
	for _, p := range m.Purchases {
		if p.Intent == intent {
			return p.Server
		}
	}
	return 0
}

// overView tells why nothing more will be rented under a mandate, and offers it once more.
func (a *ask) overView(l *rental.Ledger, m *rental.Mandate) chat.View {
	v := chat.View{
		Topic: "mandate-over", Tone: chat.Warning, Title: a.S("alert.over.title", "Reason", a.finishText(m.Why)),
		Body: lines(a.T("alert.over.body", "Query", chat.C(clip(m.Query, maxForeign))), a.mandateState(l, m)),
	}
	if m.Held != "" {
		v.Body = lines(v.Body, plain(a.limitText(m.Held)))
	}
	row := []chat.Control{chat.Button(a.S("button.permissions"), "permissions", nil), chat.Button(a.S("button.market"), "market", nil)}
	if m.Cause == rental.ForBest {
		row = append([]chat.Control{chat.Button(a.S("button.retry"), "retry", chat.Args{"id": m.ID})}, row...)
	}
	v.Rows = [][]chat.Control{freshRow(row)}
	return v
}

// retriedView completes the receipt of a rental that was given up because it did not answer.
func (a *ask) retriedView(v chat.View, r *rental.Rental) chat.View {
	v.Tone, v.Body = chat.Warning, a.T("ended.retry.silent")
	if r.Cancel != nil && r.Cancel.Issue != "" {
		v.Body = a.T("ended.retry")
		v.Fields = append(v.Fields, field(a.S("cancel.issue"), clip(r.Cancel.Issue, maxIssueShown)))
	}
	v.Rows = [][]chat.Control{freshRow([]chat.Control{
		chat.Button(a.S("button.permissions"), "permissions", nil), chat.Button(a.S("button.history"), "orders", chat.Args{"which": "done"}),
	})}
	return v
}

// maxIssueShown is how much of a complaint to Clore is shown.
const maxIssueShown = 500

// nextTryView tells that Clore refused an order, while the next one is tried. What was not even
// sent is no news: it was no try.
func (a *ask) nextTryView(in *rental.Intent, m *rental.Mandate, reason string) (chat.View, error) {
	if in.State == rental.Withdrawn {
		return chat.View{}, notify.ErrSkip
	}
	return chat.View{
		Topic: "notplaced", Title: a.S("alert.not_placed.title", "Server", serverText(in.Terms.Server)),
		Body: lines(a.T(reasonText(reason)), a.T("alert.not_placed.next", "Orders", len(m.Purchases), "Tries", m.Tries)),
		Rows: [][]chat.Control{freshRow([]chat.Control{chat.Button(a.S("button.permissions"), "permissions", nil)})},
	}, nil
}

// mandateLine says on the card of an intent that the bot rented this by itself, as which order of the
// permission, and what is left of that.
func (a *ask) mandateLine(m *rental.Mandate, intent string) chat.Text {
	if m == nil {
		return nil
	}
	nth := 1 + slices.IndexFunc(m.Purchases, func(p rental.Purchase) bool { return p.Intent == intent })
	if nth == 0 { // it was not sent, and is no order of it
		return a.T("card.permission.none", "Query", chat.C(clip(m.Query, maxForeign)), "Spent", a.Amount(m.Spent()), "Total", a.Amount(m.Total))
	}
	return a.T("card.permission", "Query", chat.C(clip(m.Query, maxForeign)), "Orders", nth, "Tries", m.Tries,
		"Spent", a.Amount(m.Spent()), "Total", a.Amount(m.Total))
}
