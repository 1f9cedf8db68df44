package commands

import (
	"context"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// dropButton gives up an order that did not appear; named says of which server.
func (a *ask) dropButton(in *rental.Intent, named bool) chat.Control {
	label := a.S("button.drop")
	if named {
		label = a.S("button.drop_server", "Server", serverText(in.Terms.Server))
	}
	return chat.Button(label, "drop", chat.Args{"intent": in.ID})
}

// underwayButton is what the owner of an order that has no rental yet can do about it, nil for
// nothing.
func (a *ask) underwayButton(in *rental.Intent, named bool) []chat.Control {
	label := a.S("button.cancel_order")
	if named {
		label = a.S("button.cancel_server", "Server", serverText(in.Terms.Server))
	}
	switch {
	case in.State == rental.Missing && !in.Dismissed:
		return []chat.Control{a.dropButton(in, named)}
	case in.State.Open() && in.Unwanted.IsZero():
		return []chat.Control{chat.Button(label, "calloff", chat.Args{"intent": in.ID}).Styled(chat.Danger)}
	default:
		return nil
	}
}

// underwayRow has for each order without a rental what its owner can do about it.
func (a *ask) underwayRow(intents []rental.Intent) []chat.Control {
	var row []chat.Control
	for i := range intents {
		row = append(row, a.underwayButton(&intents[i], true)...)
	}
	return row
}

// aheadIn returns what an intent that was not sent waits for, nil for nothing.
func aheadIn(l *rental.Ledger, in *rental.Intent) *rental.Intent {
	if in == nil || in.State != rental.Pending {
		return nil
	}
	return l.Ahead(in.ID)
}

// aheadOf is aheadIn among the ledgers of all accounts.
func aheadOf(ledgers []rental.Ledger, in *rental.Intent) *rental.Intent {
	for i := range ledgers {
		if l := &ledgers[i]; l.Account.ID == in.Account {
			return aheadIn(l, in)
		}
	}
	return nil
}

// queued says on a view that another order comes first.
func (c *Commands) queued(ctx context.Context, a *ask, id account.ID, intent, text string, v *chat.View) {
	l, err := c.Books.Ledger(ctx, id)
	if err != nil {
		return // the card says it
	}
	if first := l.Ahead(intent); first != nil {
		v.Body = lines(v.Body, a.T(text, "Server", serverText(first.Terms.Server), "For", a.Duration(rental.PendingFor)))
	}
}

// underwayTitle names an order that has no number yet by its server.
func (a *ask) underwayTitle(in *rental.Intent) string {
	return join(serverText(in.Terms.Server), clip(in.Terms.Hardware, maxHardware), quoted(in.Label))
}

// underwayCard shows an order that has no number yet.
func (c *Commands) underwayCard(ctx context.Context, a *ask, in *rental.Intent) (chat.Response, error) {
	l, err := c.Books.Ledger(ctx, in.Account)
	if err != nil {
		return nil, err
	}
	v := c.cardView(a, in, nil, aheadIn(&l, in))
	v.Topic, v.Footer = "order", a.S("orders.footer", "Time", a.Seconds(a.now, a.zone))
	v.Rows = [][]chat.Control{append(a.underwayButton(in, false),
		chat.Button(a.S("button.refresh"), "order", chat.Args{"order": serverText(in.Terms.Server)}),
		chat.Button(a.S("button.back_orders"), "orders", nil))}
	return a.show(v)
}

// findUnderway looks for the order that the argument "order" means among those that have no number
// yet, and reports whether there is one.
func (a *ask) findUnderway(intents []rental.Intent) bool {
	if meansUnderway(a.Command) {
		a.underway = underwayNamed(intents, a.arg("order"))
	}
	return a.underway != nil
}

// meansUnderway reports whether the argument "order" of a command may be an order that has no number
// yet, which goes by the number of its server or its label.
func meansUnderway(command string) bool {
	command = strings.TrimPrefix(command, again)
	return command == "order" || command == "cancel"
}

// underwayNamed finds an order that has no number yet, nil for none. Of several on one server it is
// the one that may still be sent or listed.
func underwayNamed(intents []rental.Intent, text string) *rental.Intent {
	var found *rental.Intent
	server, _ := serverNumber("#" + text)
	for i := range intents {
		in := &intents[i]
		named := in.Terms.Server == server && server != 0 || in.Label != "" && strings.EqualFold(rentalLabel(in.Label), text)
		if named && (found == nil || in.State.Open()) {
			found = in
		}
	}
	return found
}

// onServer returns the rentals on a server.
func onServer(rentals []rental.Rental, id clore.ServerID) []rental.Rental {
	var found []rental.Rental
	for i := range rentals {
		if rentals[i].Order.Server == id {
			found = append(found, rentals[i])
		}
	}
	return found
}
