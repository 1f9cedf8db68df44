package commands

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// noLabel is what takes a label away.
const noLabel = "none"

// rentalLabel returns a label in the form in which it is kept: one line, "" for none.
func rentalLabel(text string) string {
	text = strings.Trim(clip(text, maxLabel), "“”\"' ")
	if strings.EqualFold(text, noLabel) || text == "-" {
		return ""
	}
	return text
}

// quoted writes a label as it stands beside other things, "" for none.
func quoted(label string) string {
	if label == "" {
		return ""
	}
	return "“" + clip(label, maxLabel) + "”"
}

// orderName names a rental by its number and label: "1939941 “lora-run”".
func orderName(r *rental.Rental) string {
	return strings.TrimSpace(orderText(r.Order.ID) + " " + quoted(r.Label))
}

// orderNumber reads the number of an order, with or without the sign in front.
func orderNumber(text string) (string, bool) {
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(text), "#"), 10, 64)
	return strconv.FormatInt(n, 10), err == nil && n > 0
}

// orderArg reads the argument "order": a number or a label,
// which [Commands.resolve] looks up.
func (c *Commands) orderArg(text string) (string, error) {
	if number, ok := orderNumber(text); ok {
		return number, nil
	}
	label := rentalLabel(text)
	if label == "" {
		return "", c.wrong("error.order_number")
	}
	return label, nil
}

// resolve puts the number in the place of a label in the argument "order". Running rentals go
// before ended ones. A number that no running order has may be a label of one, or a row of the list
// that the asker was shown last; the number of a server stands for the order on it. An order that has
// no number yet is left in a.underway.
func (c *Commands) resolve(ctx context.Context, a *ask) error {
	text := a.arg("order")
	if text == "" {
		return nil
	}
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return err
	}
	running, underway := live(ledgers)
	found := labelled(running, text)
	if id := a.order(); id != 0 {
		if id <= lastRow && len(found) == 0 {
			return c.resolveRow(ctx, a)
		}
		if slices.ContainsFunc(running, func(r rental.Rental) bool { return r.Order.ID == id }) {
			return nil
		}
		if len(found) == 0 {
			found = onServer(running, clore.ServerID(id))
		}
		if len(found) != 1 {
			a.findUnderway(underway)
			return nil
		}
	} else if len(found) == 0 && !a.findUnderway(underway) {
		ended, err := c.Archive.History(ctx, a.User, historyDepth)
		if err != nil {
			return err
		}
		found = labelled(ended, text)
		found = found[:min(len(found), 1)]
	}
	switch {
	case a.underway != nil:
		return nil
	case len(found) == 0:
		return c.wrong("label.unknown", "Label", clip(text, maxLabel)).with(chat.Button(a.S("button.orders"), "orders", nil))
	case len(found) == 1:
		a.Args = a.Args.With("order", orderText(found[0].Order.ID))
		return nil
	default:
		return c.manyLabelled(a, found)
	}
}

// resolveRow puts an order's number in the place of its row in the last list, unless an order has
// that number.
func (c *Commands) resolveRow(ctx context.Context, a *ask) error {
	n := int(a.order())
	if _, err := c.find(ctx, a, a.order()); !errors.Is(err, rental.ErrNoOrder) {
		return err
	}
	id, ok := c.listed.row(a.User, n)
	if !ok {
		return c.wrong("error.no_row", "Row", n).with(chat.Button(a.S("button.orders"), "orders", nil))
	}
	a.Args = a.Args.With("order", orderText(id))
	return nil
}

// labelled returns the rentals that have a label.
func labelled(rentals []rental.Rental, label string) []rental.Rental {
	var found []rental.Rental
	for _, r := range rentals {
		if strings.EqualFold(rentalLabel(r.Label), label) {
			found = append(found, r)
		}
	}
	return found
}

// manyLabelled asks which of several rentals is meant.
func (c *Commands) manyLabelled(a *ask, found []rental.Rental) error {
	var row []chat.Control
	for _, r := range found[:min(len(found), chat.MaxRow)] {
		id := orderText(r.Order.ID)
		button := chat.Button(id, a.Command, a.Args.With("order", id))
		if _, err := button.Action.Encode(); err != nil {
			row = nil
			break
		}
		row = append(row, button)
	}
	if row == nil {
		row = []chat.Control{chat.Button(a.S("button.orders"), "orders", nil)}
	}
	return c.wrong("label.many", "Count", a.N("count.rentals", len(found)), "Label", clip(found[0].Label, maxLabel)).with(row...)
}

// label names a rental.
func (c *Commands) label(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	label := rentalLabel(a.arg("label"))
	switch {
	case utf8.RuneCountInString(strings.TrimSpace(a.arg("label"))) > maxLabel:
		return nil, c.wrong("label.long", "Max", maxLabel).with(orderButton(a, &r))
	case label != "" && strings.Trim(label, "0123456789#") == "":
		return nil, c.wrong("label.number").with(orderButton(a, &r))
	}
	if err := c.Desk.Label(ctx, a.User, r.Account, r.Order.ID, label); err != nil {
		return nil, err
	}
	if label == "" {
		return a.say(a.S("order.unlabelled", "Order", orderText(r.Order.ID)))
	}
	return a.say(a.S("order.labelled", "Order", orderText(r.Order.ID), "Label", label))
}

// completeOrder suggests the running orders: "1939941 · RTX 4090 · lora-run".
func (c *Commands) completeOrder(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	a, running, err := c.runningOf(ctx, req)
	if err != nil {
		return nil, err
	}
	return a.orderChoices(running, typed), nil
}

// completePast suggests the running orders and those that ended last.
func (c *Commands) completePast(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	a, all, err := c.runningOf(ctx, req)
	if err != nil {
		return nil, err
	}
	ended, err := c.Archive.History(ctx, req.User, chat.MaxChoices)
	if err != nil {
		return nil, err
	}
	return a.orderChoices(append(all, ended...), typed), nil
}

func (c *Commands) runningOf(ctx context.Context, req *chat.Request) (*ask, []rental.Rental, error) {
	profile, err := c.Profiles.Profile(ctx, req.User)
	if err != nil {
		return nil, nil, err
	}
	a := c.ask(req, profile)
	a.payer = c.payers(ctx, req.User)
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	running, _ := live(ledgers)
	return a, running, nil
}

func (a *ask) orderChoices(rentals []rental.Rental, typed string) []chat.Choice {
	var out []chat.Choice
	for i := range rentals {
		title := join(a.rentalTitle(&rentals[i]), a.paidBy(rentals[i].Account))
		if matches(title, typed) && len(out) < chat.MaxChoices {
			out = append(out, chat.Choice{Label: clip(title, chat.MaxChoice-1), Value: orderText(rentals[i].Order.ID)})
		}
	}
	return out
}

// order returns the number in the argument "order", which resolve has looked up.
func (a *ask) order() clore.OrderID {
	n, err := strconv.ParseInt(a.arg("order"), 10, 64)
	if err != nil {
		return 0
	}
	return clore.OrderID(n)
}
