package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func (c *Commands) pilotFamily() []*chat.Command {
	order := c.param("order", "param.order")
	order.Required, order.Parse = true, c.orderArg
	mode := c.param("mode", "param.pilot.mode")
	mode.Choices = c.choices("hold", "pilot.hold", string(rental.Defend), "pilot.defend", string(rental.Save), "pilot.save")
	to := c.param("to", "param.pilot.ceiling")
	to.RequiredIf = func(args chat.Args) bool { return args["mode"] != "" && args["mode"] != "hold" }
	return []*chat.Command{c.hidden("autopilot", c.pilot, order, mode, to), c.hidden("fallback", c.fallback, order)}
}

// pilot shows the autopilot of a bid, or asks whether another one is to be set.
func (c *Commands) pilot(ctx context.Context, a *ask) (chat.Response, error) {
	k, l, err := c.ownContest(ctx, a)
	if err != nil {
		return nil, err
	}
	r := k.own
	switch a.arg("mode") {
	case "":
		return a.show(c.pilotView(a, &k))
	case "hold":
		if err := c.Desk.SetPilot(ctx, a.User, r.Account, r.Order.ID, rental.Pilot{}); err != nil {
			return nil, err
		}
		held := "pilot.held"
		if r.Pilot != nil && r.Pilot.Fallback != "" {
			held = "pilot.held.fallback" // it goes with the pilot
		}
		return a.say(a.S(held, "Order", orderText(r.Order.ID)))
	}
	ceiling, err := c.readBid(a.arg("to"), k.coin, k.rates)
	if err != nil {
		return nil, err
	}
	p := rental.Pilot{Mode: rental.Mode(a.arg("mode")), Ceiling: ceiling, USD: k.worth(ceiling)}
	if r.Pilot != nil {
		p.Fallback = r.Pilot.Fallback
	}
	if err := l.SetPilot(r.Order.ID, p, a.now); err != nil { // on a copy, to refuse before anything is asked
		return nil, err
	}
	confirm := Confirmation{Do: doPilot, Account: r.Account, Order: r.Order.ID}
	odd := c.oddCeiling(a, &k, ceiling)
	if odd.is() {
		confirm.Word = odd.word()
	}
	if confirm.ID, err = c.proposeWith(ctx, a, confirm, p); err != nil {
		return nil, err
	}
	v := a.pilotAsk(&k, p, confirm.ID)
	if buyer(&l, r) != "" {
		v.Body = lines(v.Body, a.T("permission.counts.raise"))
	}
	if odd.is() {
		a.askBidWord(&k, odd, &confirm, &v)
	}
	return a.show(v)
}

// pilotView says what an autopilot does, and offers ceilings.
func (c *Commands) pilotView(a *ask, k *contest) chat.View {
	r := k.own
	v := chat.View{
		Topic: "autopilot", Title: a.S("pilot.title", "Order", orderText(r.Order.ID)), Body: a.T("pilot.body"),
		Fields: []chat.Field{
			field(a.S("spot.pilot"), a.pilotLine(r)),
			field(a.S("spot.own"), k.price(a, r.Order.Price)),
		},
		Footer: a.S("spot.no_promise"),
	}
	args := chat.Args{"order": orderText(r.Order.ID)}
	for _, m := range []struct {
		mode         rental.Mode
		label, other string
	}{
		{rental.Defend, "button.defend", "button.defend_other"}, {rental.Save, "button.save", "button.save_other"},
	} {
		var row []chat.Control
		for _, ceiling := range c.ceilings(k) {
			row = append(row, chat.Button(a.S(m.label, "Price", k.short(a.atMost(), ceiling)), "autopilot",
				args.With("mode", string(m.mode)).With("to", bidText(ceiling))))
		}
		v.Rows = append(v.Rows, append(row, chat.Button(a.S(m.other), "autopilot", args.With("mode", string(m.mode)))))
	}
	last := []chat.Control{chat.Button(a.S("button.fallback"), "fallback", args), spotButton(a, r)}
	if p := r.Pilot; p != nil && (p.Mode != rental.Hold || p.Fallback != "") {
		last = append([]chat.Control{chat.Button(a.S("button.hold"), "autopilot", args.With("mode", "hold"))}, last...)
	}
	v.Rows = append(v.Rows, last)
	return v
}

// ceilings suggests some: a tenth and a third above the bid, and what the server costs on demand.
func (c *Commands) ceilings(k *contest) []money.Money {
	own := k.own.Order.Price
	step := rental.BidStep(own.Currency).Amount
	var out []money.Money
	for _, percent := range []int64{110, 133} {
		up := own.Amount.MulDiv(percent, 100)
		out = append(out, money.Money{Amount: (up/step + 1) * step, Currency: own.Currency})
	}
	if s := c.Board.Peek(); s != nil {
		o, _ := s.Offer(k.server, clore.OnDemand, own.Currency)
		if o.Server != nil && o.Price.Currency == own.Currency && o.Price.Amount > out[1].Amount {
			out = append(out, o.Price)
		}
	}
	return out
}

// pilotAsk is the last step before the bot may bid by itself.
func (a *ask) pilotAsk(k *contest, p rental.Pilot, id string) chat.View {
	r, label, body := k.own, "pilot.defend", "pilot.defend.body"
	if p.Mode == rental.Save {
		label, body = "pilot.save", "pilot.save.body"
	}
	v := chat.View{
		Topic: "autopilot", Title: a.S("pilot.ask", "Order", orderText(r.Order.ID), "Mode", a.S(label)), Body: a.T(body),
		Fields: []chat.Field{
			field(a.S("bid.now"), k.price(a, r.Order.Price)),
			field(a.S("pilot.ceiling"), k.price(a.atMost(), p.Ceiling)),
			field(a.S("quote.total"), a.bidCost(k, p.Ceiling)),
		},
		Footer: a.S("pilot.limits"),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.pilot_start", "Price", k.short(a.atMost(), p.Ceiling)), "do", chat.Args{"id": id}).Styled(chat.Good),
			chat.Button(a.S("button.not_now"), "spot", chat.Args{"what": orderText(r.Order.ID)}),
		}},
	}
	if p.Ceiling.Amount < r.Order.Price.Amount {
		v.Tone, v.Body = chat.Warning, lines(v.Body, a.T("pilot.below"))
	}
	return v
}

// pilotNow sets a confirmed autopilot.
func (c *Commands) pilotNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var p rental.Pilot
	if err := confirmed.agreedTo(&p); err != nil {
		return nil, err
	}
	if err := c.Desk.SetPilot(ctx, a.User, confirmed.Account, confirmed.Order, p); err != nil {
		return nil, err
	}
	r, err := c.findLive(ctx, a, confirmed.Order)
	if err != nil {
		return nil, err
	}
	return a.show(chat.View{
		Topic: "autopilot", Tone: chat.Good, Title: a.S("pilot.title", "Order", orderText(r.Order.ID)), Body: a.T("pilot.started"),
		Fields: []chat.Field{field(a.S("spot.pilot"), a.pilotLine(&r))},
		Rows:   [][]chat.Control{{spotButton(a, &r), chat.Button(a.S("button.orders"), "orders", nil)}},
	})
}

// pilotText says in a word what the autopilot of a bid does, "" for nothing.
func (a *ask) pilotText(r *rental.Rental) string {
	switch {
	case r.Pilot == nil, r.Pilot.Mode == rental.Hold && r.Pilot.Fallback == "":
		return ""
	case r.Pilot.Mode == rental.Hold:
		return a.S("pilot.line.fallback")
	}
	id := "pilot.line.defend"
	if r.Pilot.Mode == rental.Save {
		id = "pilot.line.save"
	}
	text := a.S(id, "Price", a.atMost().shortPrice(r.Pilot.Ceiling, a.ceilingUSD(r)))
	if r.Pilot.Fallback != "" {
		text = a.S("pilot.line.then", "Pilot", text)
	}
	return text
}

// ceilingUSD is the worth a day of the ceiling of an autopilot: by the rate at which it was agreed
// to, or the order was rented, so that a list does not move; else by the present one.
func (a *ask) ceilingUSD(r *rental.Rental) money.Amount {
	p, t := r.Pilot, r.Terms
	switch {
	case p.USD > 0:
		return p.USD
	case t.Price.Currency == p.Ceiling.Currency && t.Price.Amount > 0 && t.USD > 0:
		return t.USD.MulDiv(int64(p.Ceiling.Amount), int64(t.Price.Amount))
	default:
		return a.worth(p.Ceiling)
	}
}

// pilotLine is pilotText with what keeps it from leading.
func (a *ask) pilotLine(r *rental.Rental) string {
	text := a.pilotText(r)
	if text == "" {
		return a.S("pilot.line.hold")
	}
	if r.Pilot.Mode != rental.Hold && r.Pilot.Stuck != "" {
		text = join(text, a.stuckText(r.Pilot.Stuck))
	}
	return text
}

// stuckText says what keeps a bid from being made.
func (a *ask) stuckText(l rental.Limit) string {
	switch l {
	case rental.LimitCeiling:
		return a.S("stuck.ceiling")
	case rental.LimitFrozen:
		return a.S("stuck.frozen")
	case rental.LimitRate:
		return a.S("stuck.rate")
	default:
		return a.S("stuck.limit")
	}
}
