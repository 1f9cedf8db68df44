package commands

import (
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// bidAlert speaks of a bid as it is by now: what was overtaken needs no telling.
func (c *Commands) bidAlert(a *ask, e rental.Event, r *rental.Rental) (chat.View, error) {
	switch {
	case r.Cancel != nil:
		return chat.View{}, notify.ErrSkip
	case e.Kind == rental.Outbid && r.Outbid.IsZero(), e.Kind == rental.Leading && !r.Outbid.IsZero():
		return chat.View{}, notify.ErrSkip // the opposite is told by itself
	case e.Kind == rental.Outbid:
		return c.outbidView(a, r), nil
	case e.Kind == rental.Leading:
		return c.leadingView(a, e, r), nil
	default:
		return c.bidStuckView(a, e, r), nil
	}
}

// outbidView tells that somebody else has the server of a bid that still waits.
func (c *Commands) outbidView(a *ask, r *rental.Rental) chat.View {
	v := chat.View{
		Topic: "outbid", Tone: chat.Warning, Title: a.S("alert.outbid.title", "Order", orderName(r), "Hardware", a.hardware(r)),
		Rows: c.outbidRows(a, r),
	}
	own := a.price(r.Order.Price, c.worth(r.Order.Price))
	switch b := r.Book; {
	case b != nil && b.Rented:
		v.Body = a.T("alert.outbid.rented", "Own", own)
	case b != nil && b.Taken && b.Top.Amount > 0:
		v.Body = a.T("alert.outbid.body", "Top", a.price(b.Top, b.TopUSD), "Own", own)
	default:
		v.Body = a.T("alert.outbid.unseen", "Own", own)
	}
	if text := c.pilotActs(a, r); text != "" {
		v.Body = lines(v.Body, plain(text))
	}
	return v
}

// pilotActs says what the autopilot does about an outbid rental.
func (c *Commands) pilotActs(a *ask, r *rental.Rental) string {
	switch p, b := r.Pilot, r.Bid; {
	case p == nil || p.Mode == rental.Hold:
		return ""
	case p.Stuck != "":
		return a.S("alert.outbid.stuck", "Why", a.stuckText(p.Stuck))
	case b != nil && b.By == rental.Autopilot:
		return a.S("alert.outbid.raising", "Price", a.price(b.Target, c.worth(b.Target)))
	default:
		return a.S("alert.outbid.watching", "Pilot", a.pilotText(r))
	}
}

// outbidRows are the ways on from a server that somebody else has.
func (c *Commands) outbidRows(a *ask, r *rental.Rental) [][]chat.Control {
	args := chat.Args{"order": orderText(r.Order.ID)}
	var first []chat.Control
	win, known := r.Winning(c.rates())
	if known && !r.Book.Rented && win.Amount > r.Order.Price.Amount {
		first = append(first, a.raiseButton(r, win, a.shortPrice(win, c.worth(win))).Styled(chat.Good))
	}
	first = append(first, spotButton(a, r), chat.Button(a.S("button.autopilot"), "autopilot", args))
	second := append(a.similarButtons(r.Terms), chat.Button(a.S("button.stop_bid"), "cancel", args).Styled(chat.Danger))
	return [][]chat.Control{freshRow(first), freshRow(second)}
}

// raiseButton leads to a higher bid; above the ceiling of an autopilot, to a higher ceiling.
func (a *ask) raiseButton(r *rental.Rental, to money.Money, price string) chat.Control {
	args := chat.Args{"order": orderText(r.Order.ID), "to": bidText(to)}
	if p := r.Pilot; p != nil && p.Mode != rental.Hold && to.Amount > p.Ceiling.Amount {
		return chat.Button(a.S("button.ceiling_to", "Price", price), "autopilot", args.With("mode", string(p.Mode)))
	}
	return chat.Button(a.S("button.raise_to", "Price", price), "bid", args)
}

// similarButtons look for other servers with the same cards, as spot and on demand.
func (a *ask) similarButtons(t rental.Terms) []chat.Control {
	if t.GPU == "" || t.Count == 0 {
		return nil
	}
	row := []chat.Control{chat.Button(a.S("button.similar"), "market", chat.Args{
		"query": strconv.Itoa(t.Count) + "x " + clip(t.GPU, 24) + " spot",
	})}
	for _, ctl := range a.nextButton(t) {
		ctl.Label = a.S("button.on_demand")
		row = append(row, ctl)
	}
	return row
}

// leadingView tells that a bid leads again, or that another bid was taken.
func (c *Commands) leadingView(a *ask, e rental.Event, r *rental.Rental) chat.View {
	price := r.Order.Price
	v := chat.View{
		Topic: "leading", Tone: chat.Good, Title: a.S("alert.bid.title", "Order", orderName(r), "Price", a.shortPrice(price, c.worth(price))),
		Body: a.T("alert.bid.body", "Price", a.price(price, c.worth(price)), "State", a.bidState(r)),
		Rows: [][]chat.Control{freshRow([]chat.Control{
			spotButton(a, r), chat.Button(a.S("button.details"), "order", chat.Args{"order": orderText(r.Order.ID)}),
		})},
	}
	if e.Card != "" { // it changed hands
		v.Title = a.S("alert.leads.title", "Order", orderName(r), "Hardware", a.hardware(r))
		v.Body = a.T("alert.leads.body", "Price", a.price(price, c.worth(price)))
	}
	return v
}

// bidStuckView tells that a bid was not taken, or that the autopilot may not bid what would lead.
func (c *Commands) bidStuckView(a *ask, e rental.Event, r *rental.Rental) chat.View {
	v := chat.View{
		Topic: "bidstuck", Tone: chat.Warning, Title: a.S("alert.stuck_bid.title", "Order", orderName(r), "Hardware", a.hardware(r)),
		Rows: c.outbidRows(a, r),
	}
	limit := rental.Limit(e.Reason)
	switch {
	case r.Pilot != nil && r.Pilot.Stuck == limit && limit != "":
		v.Body = a.T("alert.stuck_bid.pilot", "Why", a.stuckText(limit), "Pilot", a.pilotText(r))
	case isLimit(limit):
		v.Body = a.T("alert.stuck_bid.limit", "Price", a.price(e.Price, c.worth(e.Price)), "Why", a.stuckText(limit))
	default:
		v.Body = a.T("alert.stuck_bid.body", "Price", a.price(e.Price, c.worth(e.Price)), "Why", a.S(reasonText(e.Reason)))
	}
	if leads(r) {
		v.Rows = [][]chat.Control{freshRow([]chat.Control{spotButton(a, r), orderButton(a, r)})}
		v.Body = lines(v.Body, a.T("alert.stuck_bid.runs", "Price", a.price(r.Order.Price, c.worth(r.Order.Price))))
	}
	if win, known := r.Winning(c.rates()); known && !r.Outbid.IsZero() {
		v.Body = lines(v.Body, a.T("alert.stuck_bid.wins", "Price", a.price(win, c.worth(win))))
	}
	return v
}

// leads reports whether the bid still leads, by what is known of it.
func leads(r *rental.Rental) bool { return r.Outbid.IsZero() && !r.Since.IsZero() }

// isLimit tells the name of a limit from Clore's words.
func isLimit(l rental.Limit) bool {
	switch l {
	case rental.LimitFrozen, rental.LimitRental, rental.LimitDay, rental.LimitMonth, rental.LimitHour,
		rental.LimitParallel, rental.LimitRate, rental.LimitCeiling, rental.LimitMandate:
		return true
	default:
		return false
	}
}

// endedOutbid adds to a receipt what can be done about a server that somebody else got.
func (a *ask) endedOutbid(v chat.View, r *rental.Rental) chat.View {
	v.Tone, v.Body = chat.Warning, a.T("ended.outbid")
	first := []chat.Control{chat.Button(a.S("button.bids"), "spot", chat.Args{"what": serverText(r.Order.Server)}), againButton(a, r)}
	second := append(a.similarButtons(r.Terms), chat.Button(a.S("button.history"), "orders", chat.Args{"which": "done"}))
	v.Rows = [][]chat.Control{freshRow(first), freshRow(second)}
	return v
}
