package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// orderCard shows one rental.
func (c *Commands) orderCard(ctx context.Context, a *ask) (chat.Response, error) {
	if a.underway != nil {
		return c.underwayCard(ctx, a, a.underway)
	}
	r, err := c.find(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	return a.show(c.orderView(ctx, a, &r))
}

func (c *Commands) orderView(ctx context.Context, a *ask, r *rental.Rental) chat.View {
	v := chat.View{
		Topic: "order", Title: join(a.rentalTitle(r), a.paidBy(r.Account)), Body: a.timeline(c.intentOf(ctx, r), r, nil),
		Footer: a.S("orders.footer", "Time", a.Seconds(a.now, a.zone)),
		Fields: []chat.Field{
			field(a.S("order.state"), a.state(r)),
			field(a.S("quote.price"), a.price(r.Order.Price, c.rentalUSD(r))),
			field(a.S("order.lived"), a.Duration(r.Lived(a.now))),
			field(a.S("order.spent"), join(a.S("order.spent.value", "Sum", a.spent(r)), a.beside(r))),
			field(a.S("order.server"), join(serverText(r.Order.Server), clip(r.Order.Country, 8))),
			{Name: a.S("quote.image"), Value: chat.Text{chat.C(clip(r.Order.Image, maxForeign))}},
		},
	}
	if r.Stage == rental.Ended {
		v.Rows = [][]chat.Control{{againButton(a, r), chat.Button(a.S("button.done"), "orders", chat.Args{"which": "done"})}}
		return v
	}
	v.Fields = append(v.Fields, field(a.S("quote.stops"), a.stopOf(r)))
	if r.Order.Kind == clore.Spot {
		v.Fields = append(v.Fields, field(a.S("spot.own"), join(a.bidState(r), a.pilotLine(r))))
	}
	v.Rows = a.orderRows(r)
	return v
}

// intentOf returns the intent that a rental came of, while the ledger has it.
func (c *Commands) intentOf(ctx context.Context, r *rental.Rental) *rental.Intent {
	if r.Intent == "" || r.Stage == rental.Ended {
		return nil
	}
	l, err := c.Books.Ledger(ctx, r.Account)
	if err != nil {
		return nil
	}
	return l.Intent(r.Intent)
}

func (a *ask) orderRows(r *rental.Rental) [][]chat.Control {
	args := chat.Args{"order": orderText(r.Order.ID)}
	row := a.copySSH(r)
	if r.Intent != "" || len(r.Order.Hosts) > 0 {
		row = append(row, chat.Button(a.S("button.login"), "login", args))
	}
	out := [][]chat.Control{append(row, chat.Button(a.S("button.refresh"), "order", args))}
	if r.Cancel == nil {
		out = append(out, append(a.timeButtons(r),
			chat.Button(a.S("button.label"), "label", args),
			chat.Button(a.S("button.cancel"), "cancel", args).Styled(chat.Danger)))
	}
	last := []chat.Control{chat.Button(a.S("button.back_orders"), "orders", nil)}
	if r.Order.Kind == clore.Spot {
		last = append([]chat.Control{spotButton(a, r)}, last...)
	}
	return append(out, last)
}

// orderButton leads to the card of a rental.
func orderButton(a *ask, r *rental.Rental) chat.Control {
	return chat.Button(a.S("button.order"), "order", chat.Args{"order": orderText(r.Order.ID)})
}
