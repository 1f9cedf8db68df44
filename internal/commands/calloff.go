package commands

import (
	"context"
	"encoding/json"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// doCallOff is what the confirmation of cancelling an order does that was sent and has no number yet.
const doCallOff = "calloff"

// callOff cancels an order that has no number yet. What was not sent is withdrawn without a
// question, since nothing is lost with it; for what was sent there is one.
func (c *Commands) callOff(ctx context.Context, a *ask) (chat.Response, error) {
	in, err := c.intent(ctx, a, a.arg("intent"))
	if err != nil {
		return nil, err
	}
	switch in.State {
	case rental.Pending:
		return c.callOffIntent(ctx, a, in.Account, in.ID)
	case rental.Created:
		a.Args = chat.Args{"order": orderText(in.Order)}
		return c.cancel(ctx, a)
	case rental.Missing:
		return c.underwayCard(ctx, a, &in)
	case rental.Refused, rental.Withdrawn:
		return nil, rental.ErrIntentState
	case rental.Sending, rental.Ambiguous, rental.Accepted:
	}
	if !in.Unwanted.IsZero() {
		return a.show(a.calledOffView(&in))
	}
	if err := c.stoppable(ctx, a, in.Account); err != nil {
		return nil, err
	}
	data, err := json.Marshal(in.ID)
	if err != nil {
		return nil, err
	}
	id, err := c.propose(ctx, a, Confirmation{Do: doCallOff, Account: in.Account, Data: data})
	if err != nil {
		return nil, err
	}
	return a.show(chat.View{
		Topic: "cancel", Tone: chat.Warning, Title: a.S("calloff.title", "Order", join(a.underwayTitle(&in), a.paidBy(in.Account))),
		Body: a.T("calloff.body"),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.cancel_order"), "do", chat.Args{"id": id}).Styled(chat.Danger),
			chat.Button(a.S("button.keep"), "orders", nil),
		}},
	})
}

// callOffNow cancels the order that was confirmed.
func (c *Commands) callOffNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var intent string
	if err := json.Unmarshal(confirmed.Data, &intent); err != nil {
		return nil, err
	}
	return c.callOffIntent(ctx, a, confirmed.Account, intent)
}

// callOffIntent cancels an order, however far it has come by now.
func (c *Commands) callOffIntent(ctx context.Context, a *ask, id account.ID, intent string) (chat.Response, error) {
	in, err := c.Desk.CallOff(ctx, a.User, id, intent)
	if err != nil {
		return nil, err
	}
	return a.show(a.calledOffView(&in))
}

// calledOffView says what cancelling comes to.
func (a *ask) calledOffView(in *rental.Intent) chat.View {
	v := chat.View{
		Topic: "cancelling", Title: a.S("cancel.asked.title", "Order", a.underwayTitle(in)), Body: a.T("calloff.asked"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.orders"), "orders", nil)}},
	}
	switch in.State {
	case rental.Withdrawn:
		v.Tone, v.Title, v.Body = chat.Good, a.S("calloff.withdrawn.title", "Order", a.underwayTitle(in)), a.T("calloff.withdrawn.body")
	case rental.Created:
		v.Body = a.T("cancel.asked.body")
	case rental.Missing:
		v.Body = a.T("calloff.missing")
	case rental.Pending, rental.Sending, rental.Ambiguous, rental.Accepted, rental.Refused:
	}
	if in.Mandate != "" {
		v.Body = lines(v.Body, a.T("calloff.permission"))
	}
	return v
}

// intent returns an intent of the asker, or ErrNoIntent.
func (c *Commands) intent(ctx context.Context, a *ask, id string) (rental.Intent, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return rental.Intent{}, err
	}
	for i := range ledgers {
		if in := ledgers[i].Intent(id); in != nil {
			return *in, nil
		}
	}
	return rental.Intent{}, rental.ErrNoIntent
}
