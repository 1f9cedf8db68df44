package commands

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// alert puts an event other than a card into words. The title alone is what a lock screen shows.
func (c *Commands) alert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	switch e.Kind {
	case rental.RunwayShort:
		return c.runwayAlert(ctx, a, e)
	case rental.LimitNear:
		return c.limitAlert(ctx, a, e)
	case rental.KeyRejected:
		return c.keyAlert(ctx, a, e)
	case rental.CloreDown:
		return outageAlert(a, e)
	case rental.NotPlaced, rental.NotFound:
		return c.intentAlert(ctx, a, e)
	case rental.BoughtOne, rental.MandateOver:
		return c.mandateAlert(ctx, a, e)
	case rental.WatchHit:
		return c.watchAlert(ctx, a, e)
	case rental.WatchOver:
		return c.watchOver(ctx, a, e)
	}
	if e.Rental == nil {
		return chat.View{}, notify.ErrSkip
	}
	r := *e.Rental
	r.Account = e.Account
	if e.Kind == rental.HasEnded {
		return c.endedView(a, &r), nil
	}
	if live, err := c.present(ctx, e); err != nil {
		return chat.View{}, err
	} else if live != nil {
		r = *live
	} else if e.Kind != rental.Foreign {
		return chat.View{}, notify.ErrSkip // it has ended meanwhile, which is told by itself
	}
	if e.Kind == rental.IsReady {
		return c.readyView(ctx, a, &r)
	}
	switch e.Kind {
	case rental.Outbid, rental.Leading, rental.BidStuck:
		return c.bidAlert(a, e, &r)
	}
	return c.rentalAlert(a, e, &r), nil
}

// present returns the rental of an event as it is by now, nil when it has ended.
func (c *Commands) present(ctx context.Context, e rental.Event) (*rental.Rental, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return nil, err
	}
	r := l.Rental(e.Order)
	if r == nil {
		return nil, nil
	}
	mine := owned(*r, l.Account)
	mine.User = e.User
	return &mine, nil
}

// rentalAlert speaks of a rental that lives.
func (c *Commands) rentalAlert(a *ask, e rental.Event, r *rental.Rental) chat.View {
	id, what := orderName(r), a.hardware(r)
	args := chat.Args{"order": orderText(r.Order.ID)}
	details := fresh(chat.Button(a.S("button.details"), "order", args))
	cancel := fresh(chat.Button(a.S("button.cancel"), "cancel", args)).Styled(chat.Danger)
	row := []chat.Control{details, cancel}
	switch e.Kind {
	case rental.Slow:
		return chat.View{Topic: "slow", Title: a.S("alert.slow.title", "Order", id, "Hardware", what), Body: a.T("alert.slow.body"), Rows: [][]chat.Control{row}}
	case rental.Stuck:
		return chat.View{
			Topic: "stuck", Tone: chat.Warning, Title: a.S("alert.stuck.title", "Order", id, "For", a.Duration(e.At.Sub(r.Since))),
			Body: a.stuckBody(r), Rows: [][]chat.Control{row, freshRow(a.nextButton(r.Terms))},
		}
	case rental.Unreachable:
		return chat.View{
			Topic: "unreachable", Tone: chat.Danger, Title: a.S("alert.down.title", "Order", id, "Hardware", what, "Time", a.Clock(since(r, e), a.zone)),
			Body: a.T("alert.down.body", "Failure", a.failure(r.Probe.Failure)), Rows: [][]chat.Control{row},
		}
	case rental.Back:
		return chat.View{Topic: "back", Tone: chat.Good, Title: a.S("alert.back.title", "Order", id, "Time", a.Clock(e.At, a.zone)), Rows: [][]chat.Control{{details}}}
	case rental.StopDue:
		return chat.View{
			Topic: "stopdue", Title: a.S("alert.stop.title", "Order", id, "Time", a.Clock(r.StopAt, a.zone)),
			Body: a.T("alert.stop.body", "Hardware", what, "At", r.StopAt, "Sum", a.spent(r)),
			Rows: [][]chat.Control{append(freshRow(a.timeButtons(r)), cancel)},
		}
	case rental.CancelLingers:
		return chat.View{
			Topic: "lingers", Tone: chat.Warning, Title: a.S("alert.lingers.title", "Order", id), Body: a.T("alert.lingers.body"),
			Rows: [][]chat.Control{{details, {Label: a.S("button.open_clore"), URL: "https://clore.ai"}}},
		}
	case rental.Dearer:
		return chat.View{
			Topic: "dearer", Tone: chat.Danger, Title: a.S("alert.dearer.title", "Order", id),
			Body: a.T("alert.dearer.body", "Now", a.price(e.Price, c.worth(e.Price)), "Agreed", a.price(r.Terms.Price, r.Terms.USD)),
			Rows: [][]chat.Control{row},
		}
	default: // rental.Foreign
		return c.foreignView(a, e, r, row)
	}
}

// foreignView speaks of an order that was not made here, or that appeared after it was given up.
func (c *Commands) foreignView(a *ask, e rental.Event, r *rental.Rental, row []chat.Control) chat.View {
	if e.Revived {
		return c.revivedView(a, r, row)
	}
	body := a.T("alert.foreign.body", "Price", a.price(r.Order.Price, c.rentalUSD(r)))
	if e.Intent != "" {
		body = a.T("alert.late.body", "Price", a.price(r.Order.Price, c.rentalUSD(r)))
	}
	if r.Cancel != nil {
		body = lines(body, a.T("alert.late.cancelled"))
	}
	return chat.View{
		Topic: "foreign", Tone: chat.Warning, Title: a.S("alert.foreign.title", "Order", orderName(r), "Hardware", a.hardware(r)),
		Body: body, Rows: [][]chat.Control{row},
	}
}

func freshRow(row []chat.Control) []chat.Control {
	out := make([]chat.Control, len(row))
	for i, ctl := range row {
		out[i] = fresh(ctl)
	}
	return out
}

// since returns since when a rental does not answer.
func since(r *rental.Rental, e rental.Event) time.Time {
	if !r.Probe.Down.IsZero() {
		return r.Probe.Down
	}
	return e.At
}

func (a *ask) stuckBody(r *rental.Rental) chat.Text {
	if r.Probe.Misses == 0 {
		return a.T("alert.stuck.silent", "Sum", a.spent(r))
	}
	return a.T("alert.stuck.probed", "Failure", a.failure(r.Probe.Failure), "Tries", r.Probe.Misses, "Sum", a.spent(r))
}

// failure words what a probe has met.
func (a *ask) failure(word string) string {
	switch word {
	case "refused":
		return a.S("failure.refused")
	case "timeout":
		return a.S("failure.timeout")
	case "no banner":
		return a.S("failure.no_banner")
	case "unresolved":
		return a.S("failure.unresolved")
	case "forbidden":
		return a.S("failure.forbidden")
	default:
		return a.S("failure.other")
	}
}

// readyView is the message that rings when SSH answers for the first time.
func (c *Commands) readyView(ctx context.Context, a *ask, r *rental.Rental) (chat.View, error) {
	took := r.ReadyAt.Sub(r.Order.Created)
	if !r.Since.IsZero() {
		took = r.ReadyAt.Sub(r.Since)
	}
	v := chat.View{
		Topic: "ready", Tone: chat.Good,
		Title: a.S("ready.title", "For", a.Duration(took), "Hardware", a.hardware(r), "Price", a.shortPrice(r.Order.Price, c.rentalUSD(r))),
		Body:  a.T("ready.body", "Order", orderName(r), "Stops", a.stopsAt(r.StopAt)),
	}
	if err := c.reach(ctx, a, r, &v); err != nil {
		return chat.View{}, err
	}
	args := chat.Args{"order": orderText(r.Order.ID)}
	if row := a.copies(r); len(row) > 0 {
		v.Rows = append(v.Rows, row)
	}
	details := fresh(chat.Button(a.S("button.details"), "order", args))
	second := append(freshRow(a.timeButtons(r)), fresh(chat.Button(a.S("button.cancel"), "cancel", args)).Styled(chat.Danger))
	v.Rows = append(v.Rows, []chat.Control{details}, second)
	return v, nil
}

// endedView is the receipt.
func (c *Commands) endedView(a *ask, r *rental.Rental) chat.View {
	v := chat.View{
		Topic: "ended", Title: a.S("ended.title", "Order", orderName(r), "Reason", a.endReason(r)),
		Fields: []chat.Field{
			field(a.S("order.server"), join(serverText(r.Order.Server), a.hardware(r))),
			field(a.S("order.lived"), a.Duration(r.Lived(a.now))),
			field(a.S("ended.total"), a.S("order.spent.value", "Sum", a.spent(r))),
		},
	}
	if text := a.beside(r); text != "" {
		v.Fields = append(v.Fields, field(a.S("ended.hour"), text))
	}
	if r.Reason == rental.ByHost || r.Reason == rental.ByFunds {
		v.Tone = chat.Danger
		v.Body = a.T("ended.lost")
	}
	switch r.Reason {
	case rental.ByRetry:
		return a.retriedView(v, r)
	case rental.ByOutbid:
		return a.endedOutbid(v, r)
	}
	row := []chat.Control{againButton(a, r)}
	row = append(row, a.nextButton(r.Terms)...)
	v.Rows = [][]chat.Control{freshRow(append(row, chat.Button(a.S("button.history"), "orders", chat.Args{"which": "done"})))}
	return v
}

// intentAlert speaks of an order that was not placed or cannot be found.
func (c *Commands) intentAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	in := l.Intent(e.Intent)
	if in == nil {
		return chat.View{}, notify.ErrSkip
	}
	if e.Reason == rental.ReasonCalledOff {
		return chat.View{}, notify.ErrSkip // who cancelled it was answered
	}
	server, market := serverText(in.Terms.Server), chat.Button(a.S("button.market"), "market", nil)
	if e.Kind == rental.NotFound {
		if in.State != rental.Missing {
			return chat.View{}, notify.ErrSkip
		}
		body := a.T("alert.missing.body")
		if in.Agreed {
			body = a.T("alert.missing.accepted")
		}
		if !in.Unwanted.IsZero() {
			body = lines(body, a.T("calloff.missing"))
		}
		return chat.View{
			Topic: "notfound", Tone: chat.Warning, Title: a.S("alert.missing.title", "Server", server), Body: body,
			Rows: [][]chat.Control{freshRow([]chat.Control{
				a.dropButton(in, false), chat.Button(a.S("button.orders"), "orders", nil),
			})},
		}, nil
	}
	if m := l.Mandate(in.Mandate); m != nil && m.Active() {
		return a.nextTryView(in, m, e.Reason)
	}
	v := chat.View{
		Topic: "notplaced", Tone: chat.Warning, Title: a.S("alert.not_placed.title", "Server", server),
		Body: lines(plain(a.notSent(in, e.Reason)), a.T("alert.not_placed.body")),
	}
	var row []chat.Control
	if e.Quote != "" {
		row = append(row, chat.Button(a.S("button.new_price"), "quote", chat.Args{"quote": e.Quote}).Styled(chat.Good))
	}
	row = append(row, a.nextButton(in.Terms)...)
	v.Rows = [][]chat.Control{freshRow(append(row, market))}
	return v, nil
}

func (c *Commands) keyAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	if l.Account.Rejected.IsZero() {
		return chat.View{}, notify.ErrSkip // it was replaced meanwhile
	}
	replace := replaceKey(a, account.Account{ID: e.Account})
	return chat.View{
		Topic: "keyrejected", Tone: chat.Danger, Title: a.S("alert.key.title", "Key", tail(l.Account)), Body: a.T("alert.key.body"),
		Rows: [][]chat.Control{freshRow([]chat.Control{replace, chat.Button(a.S("button.keys"), "key", nil)})},
	}, nil
}
