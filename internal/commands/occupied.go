package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/rental"
)

// occupied answers a wish for a server that the asker has already: nothing else would come of it than
// a refusal. It is nil when there is no order of the account on it, nor one on demand of another.
func (c *Commands) occupied(ctx context.Context, a *ask, id account.ID, server clore.ServerID) (*chat.View, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	for i := range ledgers {
		l := &ledgers[i]
		r, in := l.On(server)
		mine := l.Account.ID == id
		switch {
		case r != nil && (mine || r.Order.Kind != clore.Spot):
			return new(a.occupiedBy(r)), nil
		case in != nil && mine:
			v := a.occupiedView(server, in.Terms.Hardware)
			v.Body = a.T("occupied.placing")
			v.Rows = [][]chat.Control{append([]chat.Control{
				chat.Button(a.S("button.open_it"), "order", chat.Args{"order": serverText(server)}),
			}, a.nextButton(in.Terms)...)}
			return &v, nil
		}
	}
	return nil, nil
}

// occupiedBy names the rental that is on a server.
func (a *ask) occupiedBy(r *rental.Rental) chat.View {
	v := a.occupiedView(r.Order.Server, a.hardware(r))
	text := "occupied.rented"
	row := []chat.Control{chat.Button(a.S("button.open_it"), "order", chat.Args{"order": orderText(r.Order.ID)})}
	if r.Order.Kind == clore.Spot {
		text = "occupied.bid"
		row = append(row, spotButton(a, r))
	}
	v.Body = a.T(text, "Order", join(orderName(r), a.paidBy(r.Account)))
	if r.Cancel != nil {
		v.Body = lines(v.Body, a.T("occupied.ending"))
	}
	v.Rows = [][]chat.Control{append(row, a.nextButton(r.Terms)...)}
	return v
}

func (a *ask) occupiedView(server clore.ServerID, hardware string) chat.View {
	return chat.View{Topic: "blocked", Tone: chat.Warning, Title: join(serverText(server), clip(hardware, maxHardware))}
}

// ownServers returns the servers on which the asker has something, so that nothing else is found there.
func (c *Commands) ownServers(ctx context.Context, a *ask) map[clore.ServerID]bool {
	own := map[clore.ServerID]bool{}
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return own // the quote says it
	}
	rentals, intents := live(ledgers)
	for i := range rentals {
		own[rentals[i].Order.Server] = true
	}
	for i := range intents {
		own[intents[i].Terms.Server] = own[intents[i].Terms.Server] || intents[i].State.Open()
	}
	return own
}

// notOwn leaves out what the asker has already.
func (a *ask) notOwn(offers []market.Offer) []market.Offer {
	if len(a.own) == 0 {
		return offers
	}
	var others []market.Offer
	for _, o := range offers {
		if !a.own[o.Server.ID] {
			others = append(others, o)
		}
	}
	return others
}
