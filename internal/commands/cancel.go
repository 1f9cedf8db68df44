package commands

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// confirmFor is how long a second step can be taken.
const confirmFor = 5 * time.Minute

func (c *Commands) cancelFamily() []*chat.Command {
	order := c.param("order", "param.order")
	order.Kind, order.Parse, order.Complete = chat.Rest, c.orderArg, c.completeOrder
	cmd := c.command("cancel", "cmd.cancel", c.cancel, order)
	cmd.Aliases = []string{"x", "stop"}
	cmd.Examples = []string{"/cancel", "/cancel 1939941", "/cancel lora-run", "/x 1939941"}
	return []*chat.Command{cmd}
}

// cancel asks which rental, and then whether really.
func (c *Commands) cancel(ctx context.Context, a *ask) (chat.Response, error) {
	if a.arg("order") == "" {
		return c.chooseCancel(ctx, a)
	}
	if a.underway != nil {
		a.Args = chat.Args{"intent": a.underway.ID}
		return c.callOff(ctx, a)
	}
	r, err := c.find(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	if r.Stage == rental.Ended {
		return nil, c.wrong("reason.over").with(orderButton(a, &r))
	}
	if r.Cancel != nil && !r.Cancel.Accepted.IsZero() {
		return nil, rental.ErrEnding
	}
	if err := c.stoppable(ctx, a, r.Account); err != nil {
		return nil, err
	}
	id, err := c.propose(ctx, a, Confirmation{Do: doCancel, Account: r.Account, Order: r.Order.ID})
	if err != nil {
		return nil, err
	}
	return a.show(a.cancelView(&r, id))
}

func (c *Commands) chooseCancel(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	rentals, intents := live(ledgers)
	if len(rentals)+len(intents) == 0 {
		return c.noOrders(ctx, a)
	}
	v := chat.View{Topic: "cancel", Title: a.S("cancel.which")}
	menu := chat.Control{Label: a.S("cancel.choose"), Param: "order", Action: chat.Action{Command: "cancel"}}
	shown := intents[:min(len(intents), maxIntents)]
	for i := range shown {
		in := &shown[i]
		v.Body = lines(v.Body, plain(join(a.underwayTitle(in), a.S("stopall.placing.name"), a.paidBy(in.Account))))
	}
	for i := range rentals[:min(len(rentals), chat.MaxChoices-len(shown))] {
		r := &rentals[i]
		menu.Choices = append(menu.Choices, chat.Choice{Label: clip(a.rentalTitle(r), chat.MaxChoice-1), Value: orderText(r.Order.ID)})
		v.Body = lines(v.Body, plain(join(a.rentalTitle(r), a.state(r), a.spent(r), a.paidBy(r.Account))))
	}
	if row := a.underwayRow(shown); len(row) > 0 {
		v.Rows = append(v.Rows, row)
	}
	if len(menu.Choices) > 0 {
		v.Rows = append(v.Rows, []chat.Control{menu})
	}
	v.Rows = append(v.Rows, []chat.Control{chat.Button(a.S("button.keep_all"), "orders", nil)})
	a.unwatched(&v, ledgers)
	return a.show(v)
}

func (a *ask) cancelView(r *rental.Rental, id string) chat.View {
	why := func(label, reason string) chat.Control {
		return chat.Button(label, "do", chat.Args{"id": id, "why": reason})
	}
	return chat.View{
		Topic: "cancel", Tone: chat.Warning, Title: a.S("cancel.title", "Rental", join(a.rentalTitle(r), a.paidBy(r.Account))),
		Body:   a.T("cancel.body", "Lived", a.Duration(r.Lived(a.now)), "Sum", a.spent(r)),
		Footer: a.S("cancel.footer"),
		Rows: [][]chat.Control{
			{
				chat.Button(a.S("button.cancel"), "do", chat.Args{"id": id}).Styled(chat.Danger),
				chat.Button(a.S("button.keep"), "order", chat.Args{"order": orderText(r.Order.ID)}),
			},
			{
				why(a.S("issue.ssh"), "ssh"), why(a.S("issue.gpu"), "gpu"), why(a.S("issue.slow"), "slow"), why(a.S("issue.other"), "other"),
			},
		},
	}
}

// cancelNow ends the rental that was confirmed.
func (c *Commands) cancelNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	r, err := c.findLive(ctx, a, confirmed.Order)
	if err != nil {
		return nil, err
	}
	if err := c.stoppable(ctx, a, r.Account); err != nil {
		return nil, err
	}
	issue := a.issue(&r)
	if err := c.Desk.Cancel(ctx, a.User, confirmed.Account, confirmed.Order, rental.ByUser, issue); err != nil {
		return nil, err
	}
	v := chat.View{
		Topic: "cancelling", Title: a.S("cancel.asked.title", "Order", orderName(&r)), Body: a.T("cancel.asked.body"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.orders"), "orders", nil)}},
	}
	if issue != "" {
		v.Fields = []chat.Field{{Name: a.S("cancel.issue.going"), Value: plain(clip(issue, maxIssueShown))}}
	}
	return a.show(v)
}

// issue words the complaint that goes to Clore, in English because its staff reads it: what was
// chosen and what the bot has measured.
func (a *ask) issue(r *rental.Rental) string {
	evidence := rental.Issue(r)
	var complaint string
	switch a.arg("why") {
	case "ssh":
		complaint = "SSH cannot be reached."
		if !r.ReadyAt.IsZero() && r.Probe.Misses == 0 {
			complaint = "The renter reports that SSH cannot be used, although its port answers to a check from elsewhere."
		}
	case "gpu":
		complaint = "A GPU is missing or does not work."
	case "slow":
		complaint = "The server is much slower than advertised."
	case "other":
		complaint = oneLine(a.arg("text"), 1500)
	default:
		return ""
	}
	if evidence != "" {
		complaint += " " + evidence
	}
	return complaint
}

// askForget asks whether everything of the user is to be erased.
func (c *Commands) askForget(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil && !errors.Is(err, errNoKey) { // without a key there are settings to forget
		return nil, err
	}
	id, err := c.propose(ctx, a, Confirmation{Do: doForget})
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "key-delete", Tone: chat.Warning, Title: a.S("forget.title"), Body: a.T("forget.body")}
	if rentals, _ := live(ledgers); len(rentals) > 0 {
		v.Body = lines(v.Body, a.T("forget.running", "Count", a.N("count.rentals", len(rentals)), "Burn", c.burning(a, rentals)))
	}
	v.Rows = [][]chat.Control{{
		chat.Button(a.S("button.forget"), "do", chat.Args{"id": id}).Styled(chat.Danger),
		chat.Button(a.S("button.keep_key"), "key", nil),
	}}
	return a.show(v)
}

func (c *Commands) forget(ctx context.Context, a *ask, _ Confirmation) (chat.Response, error) {
	accounts, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	if err := c.Profiles.Forget(ctx, a.User); err != nil {
		return nil, err
	}
	for _, acct := range accounts {
		c.Watch(acct.ID)
	}
	if err := c.Watches.Forget(ctx, a.User); err != nil {
		return nil, err
	}
	a = c.ask(a.Request, account.Profile{User: a.User})
	return a.show(chat.View{Topic: "key-delete", Tone: chat.Good, Title: a.S("forget.done.title"), Body: a.T("forget.done.body")})
}
