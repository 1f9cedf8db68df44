package commands

import (
	"cmp"
	"context"
	"slices"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// Sizes of lists.
const (
	maxRows    = 8           // rentals in a list
	maxIntents = chat.MaxRow // orders on their way, each with a control in one row
)

func (c *Commands) orderFamily() []*chat.Command {
	which := c.param("which", "param.orders.which")
	which.Choices = c.choices("live", "choice.live", "done", "choice.done")
	orders := c.command("orders", "cmd.orders", c.orders, which)
	orders.Aliases = []string{"ps"}
	orders.Examples = []string{"/orders", "/orders done"}
	order := c.param("order", "param.order")
	order.Required, order.Parse, order.Complete = true, c.orderArg, c.completeOrder
	whole := order
	whole.Kind = chat.Rest // labels have spaces
	one := c.command("order", "cmd.order", c.orderCard, whole)
	one.Examples = []string{"/order 1939941", "/order lora-run"}
	label := c.param("label", "param.label")
	label.Required, label.Kind = true, chat.Rest
	name := c.command("label", "cmd.label", c.label, order, label)
	name.Examples = []string{"/label 1939941 lora-run"}
	by := c.param("by", "param.extend.by")
	by.Required = true
	extend := c.command("extend", "cmd.extend", c.extend, order, by)
	extend.Examples = []string{"/extend 1939941 6h", "/extend 1939941 none"}
	longer := c.hidden("longer", c.longer, order, by, c.param("from", ""))
	return []*chat.Command{orders, one, extend, longer, name, c.hidden("login", c.showLogin, order), c.hidden("past", c.history, c.param("p", ""))}
}

func (c *Commands) orders(ctx context.Context, a *ask) (chat.Response, error) {
	if a.arg("which") == "done" {
		return c.history(ctx, a)
	}
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	rentals, intents := live(ledgers)
	permitted := permitted(ledgers)
	if len(rentals)+len(intents)+permitted == 0 {
		return c.noOrders(ctx, a)
	}
	v := chat.View{
		Topic: "orders", Title: a.S("orders.title", "Count", a.N("count.rentals", len(rentals)), "Burn", c.burning(a, rentals)),
		Footer: a.S("orders.footer", "Time", a.Seconds(a.now, a.zone)),
	}
	if len(rentals) == 0 && len(intents) > 0 {
		v.Title = a.N("orders.title.underway", len(intents))
	}
	if text := c.runway(a, ledgers); text != "" {
		v.Body = plain(text)
	}
	var numbers []chat.Control
	c.listed.keep(a.User, rentals[:min(len(rentals), maxRows)])
	for i, r := range rentals[:min(len(rentals), maxRows)] {
		v.Fields = append(v.Fields, chat.Field{Name: a.rentalTitle(&r), Value: c.rentalLine(a, &r)})
		numbers = append(numbers, chat.Button(a.Int(i+1)+" · "+orderText(r.Order.ID), "order", chat.Args{"order": orderText(r.Order.ID)}))
	}
	if more := len(rentals) - len(numbers); more > 0 {
		v.Body = lines(v.Body, a.T("orders.more", "N", more))
	}
	if more := len(intents) - maxIntents; more > 0 {
		v.Body = lines(v.Body, a.T("orders.more_placing", "N", more))
	}
	for _, in := range intents[:min(len(intents), maxIntents)] {
		v.Fields = append(v.Fields, chat.Field{Name: a.underwayTitle(&in), Value: lines(a.timeline(&in, nil, aheadOf(ledgers, &in)), plain(a.paidBy(in.Account)))})
	}
	v.Rows = rows(numbers, chat.MaxRow)
	if row := a.underwayRow(intents[:min(len(intents), maxIntents)]); len(row) > 0 {
		v.Rows = append(v.Rows, row)
	}
	v.Rows = append(v.Rows, []chat.Control{
		chat.Button(a.S("button.refresh"), "orders", nil),
		chat.Button(a.S("button.done"), "orders", chat.Args{"which": "done"}),
		chat.Button(a.S("button.market"), "market", nil),
	})
	if last := &v.Rows[len(v.Rows)-1]; len(rentals) > 0 {
		*last = append(*last, chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger))
	}
	if permitted > 0 {
		v.Body = lines(v.Body, plain(a.N("orders.permissions", permitted)))
		last := &v.Rows[len(v.Rows)-1]
		*last = append(*last, chat.Button(a.S("button.permissions"), "permissions", nil))
	}
	a.unwatched(&v, ledgers)
	return a.show(v)
}

// live returns the rentals of all ledgers, oldest first, and the intents that are still open or
// wait for a word of their user.
func live(ledgers []rental.Ledger) (rentals []rental.Rental, intents []rental.Intent) {
	for _, l := range ledgers {
		for _, r := range l.Rentals {
			rentals = append(rentals, owned(r, l.Account))
		}
		for _, in := range l.Intents {
			if in.State.Open() || (in.State == rental.Missing && !in.Dismissed) {
				intents = append(intents, in)
			}
		}
	}
	slices.SortFunc(rentals, func(x, y rental.Rental) int { return cmp.Compare(x.Order.ID, y.Order.ID) })
	return rentals, intents
}

// burning writes what all rentals together cost an hour, with the renter's fee.
func (c *Commands) burning(a *ask, rentals []rental.Rental) string {
	var sum money.Amount
	for i := range rentals {
		if rentals[i].Burning() {
			usd := c.rentalUSD(&rentals[i])
			sum += usd + rental.RenterFee(usd, rentals[i].Order.Kind)
		}
	}
	return a.PerHour(sum)
}

// runway tells when the first wallet is empty at the present pace.
func (c *Commands) runway(a *ask, ledgers []rental.Ledger) string {
	var first *rental.Runway
	for i := range ledgers {
		for _, w := range ledgers[i].Runways(a.now) {
			if first == nil || w.Lasts < first.Lasts {
				first = &w
			}
		}
	}
	if first == nil {
		return ""
	}
	return a.S("orders.runway", "Coin", first.Balance.Currency.Symbol(), "Lasts", a.Duration(first.Lasts), "At", a.Moment(first.Empty, a.now, a.zone))
}

// rentalTitle names a rental in a list.
func (a *ask) rentalTitle(r *rental.Rental) string {
	kind := ""
	if r.Order.Kind == clore.Spot {
		kind = a.S("kind.spot")
	}
	return join(orderText(r.Order.ID), a.hardware(r), kind, quoted(r.Label))
}

// rentalLine sums a rental up: how it is, what it costs and has cost, when it stops.
func (c *Commands) rentalLine(a *ask, r *rental.Rental) chat.Text {
	return plain(join(a.state(r), a.shortPrice(r.Order.Price, c.rentalUSD(r)), a.Duration(r.Lived(a.now)), a.S("orders.spent", "Sum", a.spent(r)), a.stopShort(r), a.pilotText(r), a.paidBy(r.Account)))
}

// state says in a word how a rental is.
func (a *ask) state(r *rental.Rental) string {
	switch {
	case r.Stage == rental.Ended:
		return a.S("state.ended")
	case r.Cancel != nil:
		return a.S("state.cancelling")
	case !r.Gone.IsZero():
		return a.S("state.gone")
	case !r.Probe.Down.IsZero():
		return a.S("state.down")
	case !r.Outbid.IsZero():
		return a.S("state.outbid")
	case r.Settled():
		return a.S("state.ready")
	case r.Since.IsZero() && r.Order.Kind == clore.Spot:
		return a.S("state.queued")
	case r.Told.Slow:
		return a.S("state.slow", "For", a.Duration(a.now.Sub(r.Since)))
	default:
		return a.S("state.starting")
	}
}

// noOrders is the empty list, with the way on from it.
func (c *Commands) noOrders(ctx context.Context, a *ask) (chat.Response, error) {
	v := chat.View{
		Topic: "orders", Title: a.S("orders.none"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.market"), "market", nil).Styled(chat.Good)}},
	}
	ended, err := c.Archive.History(ctx, a.User, 1)
	if err != nil {
		return nil, err
	}
	if len(ended) > 0 {
		r := &ended[0]
		v.Body = a.T("orders.last", "Hardware", a.hardware(r), "For", a.Duration(r.Lived(a.now)), "Sum", a.spent(r))
		v.Rows[0] = append(v.Rows[0], againButton(a, r), chat.Button(a.S("button.done"), "orders", chat.Args{"which": "done"}))
	}
	return a.show(v)
}
