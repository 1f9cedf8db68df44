package commands

import (
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/words"
)

// maxBids is how many bids are listed; one's own is always among them.
const maxBids = 8

// spotView shows who bids what, and what can be done about it.
func (c *Commands) spotView(a *ask, k *contest) chat.View {
	v := chat.View{
		Topic: "spot", Title: join(a.S("spot.title", "Server", serverText(k.server)), k.hardware),
		Body:   lines(a.standingText(k), k.table(a)),
		Footer: a.S("spot.footer", "Time", a.Seconds(a.now, a.zone)),
	}
	if floor, ok := k.look.Market.Floor.In(k.coin); ok {
		v.Fields = append(v.Fields, field(a.S("spot.floor"), k.price(a, floor)))
	}
	win, known := k.book.Winning(k.coin, k.rates)
	switch {
	case !known:
		v.Fields = append(v.Fields, field(a.S("spot.wins"), a.S("spot.wins.unknown")))
	case k.book.Rented:
		v.Fields = append(v.Fields, field(a.S("spot.wins.free"), k.price(a, win)))
	case k.own == nil || !k.book.Lead:
		v.Fields = append(v.Fields, field(a.S("spot.wins"), k.price(a, win)))
	case win.Amount < k.own.Order.Price.Amount:
		v.Fields = append(v.Fields, field(a.S("spot.enough"), a.S("spot.enough.value",
			"Price", k.price(a, win), "Less", a.Percent(less(win.Amount, k.own.Order.Price.Amount)))))
	}
	if k.own == nil {
		v.Rows = a.strangerRows(k, win, known)
		return v
	}
	v.Title = join(a.S("spot.title.order", "Order", orderText(k.own.Order.ID)), k.hardware)
	v.Fields = append(v.Fields, field(a.S("spot.own"), k.price(a, k.own.Order.Price)))
	v.Fields = append(v.Fields, a.wishFields(k)...)
	v.Fields = append(v.Fields, field(a.S("spot.pilot"), a.pilotLine(k.own)))
	if !k.book.Lead {
		v.Tone = chat.Warning
	}
	v.Rows = a.bidRows(k, win, known)
	return v
}

// less returns by which share of the whole a part is smaller.
func less(part, whole money.Amount) float64 {
	return float64(whole-part) / float64(max(whole, 1)) // a share to be shown, not an amount
}

// worth returns what a bid is worth a day, in USD; 0 when that is not known.
func (k *contest) worth(m money.Money) money.Amount {
	usd, _ := k.rates.USD(m)
	return usd
}

func (k *contest) price(a *ask, m money.Money) string { return a.price(m, k.worth(m)) }

func (k *contest) short(a *ask, m money.Money) string { return a.shortPrice(m, k.worth(m)) }

// standingText says who has the server.
func (a *ask) standingText(k *contest) chat.Text {
	switch {
	case k.book.Lead:
		return a.T("spot.lead")
	case k.book.Rented:
		return a.T("spot.rented")
	case k.own == nil && k.book.Taken:
		return a.T("spot.taken")
	case k.own == nil:
		return a.T("spot.idle")
	case k.book.Taken && !k.own.Outbid.IsZero():
		return a.T("spot.outbid", "Time", a.Moment(k.own.Outbid, a.now, a.zone))
	case k.book.Taken && !k.own.Since.IsZero():
		return a.T("spot.beaten")
	case k.book.Taken:
		return a.T("spot.waits")
	default:
		return a.T("spot.pending")
	}
}

// table lists the bids, the best first: what each is an hour and a day in USD, and in its coin.
func (k *contest) table(a *ask) chat.Text {
	order := clore.OrderID(0)
	if k.own != nil {
		order = k.own.Order.ID
	}
	all := rental.Contenders(order, k.coin, k.look, k.rates)
	if len(all) == 0 {
		return a.T("spot.nobody")
	}
	var table [][]string
	for i, b := range all {
		if i >= maxBids && !b.Mine {
			continue
		}
		hour, perDay, coins := "–", "–", ""
		if b.USD > 0 {
			hour, perDay = a.Rate(words.Hourly(b.USD)), a.Amount(b.USD)
		}
		if b.Bid.Currency != money.USD {
			coins = a.Money(money.Money{Amount: b.Bid.Amount, Currency: money.Currency(clip(string(b.Bid.Currency), maxName))})
		}
		table = append(table, []string{a.Int(i + 1), hour, perDay, coins, a.mark(b)})
	}
	return chat.Text{chat.Pre(columns([]string{"", a.S("spot.column.hour"), a.S("spot.column.day"), "", ""}, table))}
}

// mark tells one's own bid and the one that runs from the others.
func (a *ask) mark(b rental.Contender) string {
	switch {
	case b.Mine && b.Active:
		return a.S("spot.mark.own_runs")
	case b.Mine:
		return a.S("spot.mark.own")
	case b.Active:
		return a.S("spot.mark.runs")
	default:
		return ""
	}
}

// wishFields tell of a change of the bid that is under way, or came to nothing.
func (a *ask) wishFields(k *contest) []chat.Field {
	r := k.own
	switch {
	case r.Bid != nil:
		return []chat.Field{field(a.S("spot.wish"), a.wishText(k))}
	case r.NoBid != nil && a.now.Sub(r.NoBid.At) < hour:
		return []chat.Field{field(a.S("spot.no_bid"), join(k.short(a, r.NoBid.Target), a.noBidText(k, r.NoBid)))}
	default:
		return nil
	}
}

// wishText says what is being done to get to another bid, and until when.
func (a *ask) wishText(k *contest) string {
	r, b := k.own, k.own.Bid
	to := k.price(a, b.Target)
	switch wait := b.Next.Sub(a.now); {
	case b.Target.Amount > r.Order.Price.Amount && b.Tries > 1:
		return a.S("spot.wish.retry", "Price", to)
	case b.Target.Amount > r.Order.Price.Amount:
		return a.S("spot.wish.raise", "Price", to)
	case wait > 0 && b.Error == string(clore.LowerLater):
		text := a.S("spot.wish.later", "Price", to, "In", a.Duration(wait.Round(time.Second)), "At", a.Moment(b.Next, a.now, a.zone))
		return join(text, a.stepsText(k))
	default:
		return join(a.S("spot.wish.lower", "Price", to), a.stepsText(k))
	}
}

// stepsText is the plan of a lowering that Clore lets be done in steps only.
func (a *ask) stepsText(k *contest) string {
	b := k.own.Bid
	left := k.own.Order.Price.Amount - b.Target.Amount
	if b.Step.Amount <= 0 || left <= b.Step.Amount {
		return ""
	}
	steps := int((left + b.Step.Amount - 1) / b.Step.Amount)
	first := b.Next
	if first.Before(a.now) {
		first = a.now
	}
	ends := first.Add(time.Duration(steps-1) * rental.LowerEvery)
	return a.S("spot.wish.steps", "Count", steps, "Step", a.AtMost().Money(b.Step), "At", a.Moment(ends, a.now, a.zone))
}

// noBidText says why a bid came to nothing.
func (a *ask) noBidText(k *contest, n *rental.NoBid) string {
	switch {
	case n.Limit != "":
		return a.stuckText(n.Limit)
	case n.Min.Amount > 0:
		return a.S("spot.low", "Floor", k.price(a.atMost(), n.Min))
	default:
		return a.S(reasonText(n.Reason))
	}
}

// bidRows are what can be done with one's own bid.
func (a *ask) bidRows(k *contest, win money.Money, known bool) [][]chat.Control {
	r, own := k.own, k.own.Order.Price
	args := chat.Args{"order": orderText(r.Order.ID)}
	refresh := chat.Button(a.S("button.refresh"), "spot", chat.Args{"what": orderText(r.Order.ID)})
	details := orderButton(a, r)
	if r.Cancel != nil {
		return [][]chat.Control{{refresh, details}}
	}
	var first []chat.Control
	switch {
	case known && !k.book.Lead && win.Amount > own.Amount && !k.book.Rented:
		first = append(first, a.raiseButton(r, win, k.short(a, win)).Styled(chat.Good))
	case known && k.book.Lead && own.Amount-win.Amount >= 2*rental.BidStep(k.coin).Amount:
		first = append(first, chat.Button(a.S("button.lower_to", "Price", k.short(a, win)), "bid", args.With("to", bidText(win))))
	}
	step := own
	step.Amount += rental.BidStep(k.coin).Amount
	first = append(first,
		chat.Button(a.S("button.bid_step", "Step", a.Money(rental.BidStep(k.coin))), "bid", chat.Args{"order": orderText(r.Order.ID), "to": bidText(step)}),
		chat.Button(a.S("button.set_bid"), "bid", args))
	second := []chat.Control{chat.Button(a.S("button.autopilot"), "autopilot", args)}
	if r.Bid != nil {
		second = append(second, chat.Button(a.S("button.keep_bid", "Price", k.short(a, own)), "keep-bid", args))
	}
	return [][]chat.Control{first, append(second, refresh, details), a.nextButton(r.Terms)}
}

// strangerRows lead to a bid of one's own.
func (a *ask) strangerRows(k *contest, win money.Money, known bool) [][]chat.Control {
	what := serverText(k.server)
	var row []chat.Control
	if known {
		row = append(row, chat.Button(a.S("button.bid_at", "Price", k.short(a, win)), "rent",
			chat.Args{"what": what, "kind": string(clore.Spot), "bid": bidText(win)}).Styled(chat.Good))
	}
	return [][]chat.Control{append(row,
		chat.Button(a.S("button.on_demand"), "rent", chat.Args{"what": what}),
		chat.Button(a.S("button.refresh"), "spot", chat.Args{"what": what}))}
}

// bidText writes a bid a day exactly, as [Commands.readBid] reads it.
func bidText(m money.Money) string { return m.Amount.String() + m.Currency.Symbol() + "/d" }

// bidState says in a word how a bid stands, by what is known without asking.
func (a *ask) bidState(r *rental.Rental) string {
	switch {
	case r.Cancel != nil:
		return a.S("state.cancelling")
	case !r.Outbid.IsZero():
		return a.S("state.outbid")
	case r.Since.IsZero():
		return a.S("state.queued")
	default:
		return a.S("state.leads")
	}
}
