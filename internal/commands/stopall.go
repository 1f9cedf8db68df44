package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// maxStopRows is how many rentals are listed one by one before all are stopped.
const maxStopRows = 20

func (c *Commands) stopAllFamily() []*chat.Command {
	cmd := c.command("stopall", "cmd.stopall", c.stopAll)
	cmd.Examples = []string{"/stopall"}
	return []*chat.Command{cmd}
}

// stops are the rentals that were shown and agreed to be stopped, by account.
type stops map[account.ID][]clore.OrderID

// stoppables returns the rentals that can be stopped, and how many there are besides: those that
// end already, and those whose key Clore refuses.
func stoppables(ledgers []rental.Ledger) (stop []rental.Rental, ending, locked int) {
	rejected := map[account.ID]bool{}
	for i := range ledgers {
		rejected[ledgers[i].Account.ID] = !ledgers[i].Account.Rejected.IsZero()
	}
	all, _ := live(ledgers)
	for i := range all {
		switch r := &all[i]; {
		case rejected[r.Account]:
			locked++
		case r.Cancel != nil:
			ending++
		default:
			stop = append(stop, *r)
		}
	}
	return stop, ending, locked
}

// stopAll lists all rentals and bids, and asks for a word that says how many they are.
func (c *Commands) stopAll(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	rentals, ending, locked := stoppables(ledgers)
	if len(rentals) == 0 {
		return c.nothingToStop(ctx, a, ledgers, ending+locked)
	}
	agreed := stops{}
	v := chat.View{
		Topic: "stopall", Tone: chat.Danger,
		Title: a.S("stopall.title", "Count", a.N("count.rentals", len(rentals)), "Burn", c.burning(a, rentals)),
	}
	for i := range rentals {
		r := &rentals[i]
		agreed[r.Account] = append(agreed[r.Account], r.Order.ID)
		if i < maxStopRows {
			v.Fields = append(v.Fields, field(a.rentalTitle(r), join(
				a.state(r), c.burn(a, r), a.S("orders.spent", "Sum", a.spent(r)))))
		}
	}
	word := fmt.Sprintf("STOP %d", len(rentals))
	id, err := c.proposeWith(ctx, a, Confirmation{Do: doStopAll, Word: word}, agreed)
	if err != nil {
		return nil, err
	}
	v.Body = a.T("stopall.body", "Word", chat.C(word))
	if more := len(rentals) - maxStopRows; more > 0 {
		v.Body = lines(v.Body, a.T("orders.more", "N", more))
	}
	v.Rows = [][]chat.Control{{
		a.wordButton(a.S("button.type_word", "Word", word), id, word),
		a.freezeButton(ledgers), chat.Button(a.S("button.keep_all"), "orders", nil),
	}}
	soon := comingOf(ledgers)
	a.nameComing(&v, &soon)
	a.unwatched(&v, ledgers)
	return a.show(v)
}

func (c *Commands) nothingToStop(ctx context.Context, a *ask, ledgers []rental.Ledger, besides int) (chat.Response, error) {
	soon := comingOf(ledgers)
	switch {
	case besides == 0 && soon.any():
		return c.onlyComing(a, ledgers, &soon)
	case besides == 0:
		return c.noOrders(ctx, a)
	}
	v := chat.View{
		Topic: "stopall", Title: a.S("stopall.none"), Body: a.T("stopall.ending"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.orders"), "orders", nil), a.freezeButton(ledgers)}},
	}
	a.nameComing(&v, &soon)
	a.unwatched(&v, ledgers)
	return a.show(v)
}

// stopAllNow stops what was shown and nothing else: what appeared meanwhile is named.
func (c *Commands) stopAllNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var agreed stops
	if err := confirmed.agreedTo(&agreed); err != nil {
		return nil, err
	}
	stopped := map[clore.OrderID]bool{}
	var failed error
	for id, orders := range agreed {
		done, err := c.Desk.CancelAll(ctx, a.User, id, orders)
		failed = errors.Join(failed, err) // the others are stopped all the same
		for _, order := range done {
			stopped[order] = true
		}
	}
	if failed != nil && len(stopped) == 0 {
		return nil, failed
	}
	if failed != nil {
		c.Log.ErrorContext(ctx, "not all rentals were stopped", "error", failed)
	}
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	v := chat.View{
		Topic: "cancelling", Title: a.S("stopall.asked.title", "Count", a.N("count.rentals", len(stopped))),
		Body: a.T("stopall.asked.body"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.orders"), "orders", nil)}},
	}
	c.nameOthers(a, &v, ledgers, stopped)
	return a.show(v)
}

// freezeButton offers to buy nothing new, or where that is so already, shows the limits.
func (a *ask) freezeButton(ledgers []rental.Ledger) chat.Control {
	for i := range ledgers {
		if ledgers[i].Frozen.IsZero() {
			return chat.Button(a.S("button.freeze"), "freeze", nil)
		}
	}
	return chat.Button(a.S("button.limits"), "limits", nil)
}

// nameOthers lists what runs on after all was stopped, and what may still be bought.
func (c *Commands) nameOthers(a *ask, v *chat.View, ledgers []rental.Ledger, stopped map[clore.OrderID]bool) {
	others, _ := live(ledgers)
	others = slices.DeleteFunc(others, func(r rental.Rental) bool { return stopped[r.Order.ID] || r.Cancel != nil })
	if soon := comingOf(ledgers); soon.any() {
		v.Rows[0] = append(v.Rows[0], chat.Button(a.S("button.freeze"), "freeze", nil).Styled(chat.Danger))
		a.nameComing(v, &soon)
	}
	if len(others) == 0 {
		return
	}
	v.Tone = chat.Warning
	v.Body = lines(v.Body, a.T("stopall.others"))
	for i := range others[:min(len(others), maxStopRows)] {
		r := &others[i]
		v.Fields = append(v.Fields, field(a.rentalTitle(r), join(a.state(r), c.burn(a, r))))
	}
	v.Rows[0] = append(v.Rows[0], chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger))
}

// burn writes what a rental costs an hour with the renter's fee, whether it runs or waits.
func (c *Commands) burn(a *ask, r *rental.Rental) string {
	usd := c.rentalUSD(r)
	if usd <= 0 {
		return a.shortPrice(r.Order.Price, 0)
	}
	return a.PerHour(usd + rental.RenterFee(usd, r.Order.Kind))
}
