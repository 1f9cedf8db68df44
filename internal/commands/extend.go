package commands

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	// doExtend is what the confirmation of a stop time does.
	doExtend = "extend"
	// extendAtOnce is by how much a stop time can be moved without being asked.
	extendAtOnce = 6 * time.Hour
)

// newStop is a stop time as it was agreed to: zero for "until I stop it".
type newStop struct{ From, To time.Time }

// extend moves the stop time of a rental. One without a stop time gets one that far from now. To
// run much longer, or without end, or dearly, is asked about first: it spends.
func (c *Commands) extend(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	by, err := c.readRun(a.arg("by"))
	if err != nil {
		return nil, err
	}
	old := a.Origin == chat.Pressed && !r.StopAt.IsZero() // a button of an earlier version, which names no stop time
	if s := c.extendStake(a, &r, by); old || ends(&r) && (by == 0 || by > extendAtOnce || a.dear(s)) {
		return c.askExtend(ctx, a, &r, by, nil)
	}
	text, err := c.moveStop(ctx, a, &r, a.stopAfter(&r, by))
	if err != nil {
		return nil, err
	}
	return a.say(text)
}

// stopSet says when a rental stops from now on.
func (a *ask) stopSet(r *rental.Rental, at time.Time) string {
	id := orderText(r.Order.ID)
	if at.IsZero() {
		return a.S("order.never_stops", "Order", id)
	}
	text := a.S("order.stops", "Order", id, "At", a.Moment(at, a.now, a.zone), "In", a.Duration(at.Sub(a.now)))
	if limit := r.Order.Created.Add(r.Order.MaxRental); r.Order.MaxRental > 0 && at.After(limit) {
		text += " " + a.S("order.host_limit", "At", a.Moment(limit, a.now, a.zone))
	}
	return text
}

// askExtend shows what a longer time costs, and asks whether really. why says what led to the
// question, nothing when it was asked for.
func (c *Commands) askExtend(ctx context.Context, a *ask, r *rental.Rental, by time.Duration, why chat.Text) (chat.Response, error) {
	l, err := c.Books.Ledger(ctx, r.Account)
	if err != nil {
		return nil, err
	}
	stop, buyer := newStop{From: r.StopAt, To: a.stopAfter(r, by)}, buyer(&l, r)
	if err := l.SetStop(r.Order.ID, stop.To, a.now); err != nil { // on a copy, to refuse before anything is asked
		return nil, err
	}
	confirm := Confirmation{Do: doExtend, Account: r.Account, Order: r.Order.ID}
	s, shown := c.extendStake(a, r, by), ceiling(c.addedUSD(r, stakeTime(by)), cent)
	more := shown
	if by == 0 {
		more = ceiling(max(0, s.total-s.was), cent) // until the host ends it
	}
	if a.dear(s) {
		confirm.Word = amountWord(extendWord, more)
	}
	if confirm.ID, err = c.proposeWith(ctx, a, confirm, stop); err != nil {
		return nil, err
	}
	v := a.extendView(r, stop, by, confirm.ID, shown)
	v.Body = lines(why, v.Body)
	if confirm.Word != "" {
		text := "extend.word"
		if s.open {
			text = "extend.word.day"
		}
		v.Body = lines(v.Body, a.dearText(s), a.wordLine(text, confirm.Word, more))
		v.Rows[0][0] = a.wordButton(a.S("button.type_word", "Word", confirm.Word), confirm.ID, confirm.Word)
	}
	if text := a.counted(&l, buyer); text != "" {
		v.Body = lines(v.Body, plain(text))
	}
	return a.show(v)
}

// extendView is the last step before a rental runs longer; usd is what that costs.
func (a *ask) extendView(r *rental.Rental, stop newStop, by time.Duration, id string, usd money.Amount) chat.View {
	v := chat.View{
		Topic: "extend", Tone: chat.Warning, Title: a.S("extend.title", "Order", orderText(r.Order.ID)),
		Fields: []chat.Field{field(a.S("extend.now"), a.stopOf(r))},
	}
	sum := a.atMost().sum(addedCost(r, stakeTime(by)), usd)
	then, label := a.S("extend.cost.day", "Sum", sum), a.S("button.extend_none")
	if by > 0 {
		then, label = a.S("extend.cost", "Sum", sum, "For", a.Duration(by)), a.S("button.extend_by", "For", a.Duration(by), "Sum", sum)
	} else {
		v.Body = a.T("extend.none")
	}
	v.Fields = append(v.Fields, field(a.S("extend.new"), a.stopsAt(stop.To)), field(a.S("quote.total"), then))
	v.Rows = [][]chat.Control{{
		chat.Button(label, "do", chat.Args{"id": id}).Styled(chat.Good),
		chat.Button(a.S("button.keep"), "order", chat.Args{"order": orderText(r.Order.ID)}),
	}}
	return v
}

// stopsAt writes when a rental stops; the zero time is never.
func (a *ask) stopsAt(at time.Time) string {
	if at.IsZero() {
		return a.S("run.until_stopped")
	}
	return a.S("quote.stops.value", "In", a.Duration(at.Sub(a.now)), "At", a.Moment(at, a.now, a.zone))
}

// stopOf writes when a rental stops, or a bid that has not won yet would.
func (a *ask) stopOf(r *rental.Rental) string {
	if run := r.RunOnceWon(); run > 0 {
		return a.S("run.once_won", "For", a.Duration(run))
	}
	return a.stopsAt(r.StopAt)
}

// stopShort is stopOf for lists and cards.
func (a *ask) stopShort(r *rental.Rental) string {
	switch run := r.RunOnceWon(); {
	case run > 0:
		return a.S("orders.once_won", "For", a.Duration(run))
	case r.StopAt.IsZero():
		return a.S("orders.no_stop")
	default:
		return a.S("orders.stops", "At", a.Moment(r.StopAt, a.now, a.zone))
	}
}

// ends reports whether a rental has a stop time, or gets one when its bid wins.
func ends(r *rental.Rental) bool {
	return !r.StopAt.IsZero() || r.RunOnceWon() > 0
}

// stopAfter is the stop time of a rental that runs so much longer; none for 0.
func (a *ask) stopAfter(r *rental.Rental, by time.Duration) time.Time {
	switch {
	case by == 0:
		return time.Time{}
	case a.now.After(r.StopAt):
		return a.now.Add(by)
	default:
		return r.StopAt.Add(by)
	}
}

// extendNow sets the stop time that was agreed to, unless it was moved since: then what was shown
// is no longer so.
func (c *Commands) extendNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var stop newStop
	if err := confirmed.agreedTo(&stop); err != nil {
		return nil, err
	}
	r, err := c.findLive(ctx, a, confirmed.Order)
	if err != nil {
		return nil, err
	}
	if !r.StopAt.Equal(stop.From) {
		return nil, c.wrong("extend.moved", "Stops", a.stopOf(&r)).
			with(orderButton(a, &r))
	}
	if err := c.Desk.StopAt(ctx, a.User, confirmed.Account, r.Order.ID, stop.From, stop.To); err != nil {
		return nil, err
	}
	return a.show(chat.View{
		Topic: "extended", Title: a.stopSet(&r, stop.To), // the card of the question is done with
		Rows: [][]chat.Control{{orderButton(a, &r)}},
	})
}
