package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// mandateFamily shows permissions to rent without asking, and takes them back.
func (c *Commands) mandateFamily() []*chat.Command {
	list := c.command("permissions", "cmd.permissions", c.permissions)
	list.Aliases = []string{"mandates"}
	list.Examples = []string{"/permissions"}
	id := c.param("id", "")
	id.Required = true
	return []*chat.Command{list, c.hidden("takeback", c.takeBack, id), c.hidden("takebackall", c.takeBackAll), c.hidden("retry", c.retry, id)}
}

// offerMandate shows the bounds of a mandate with a button that agrees to them, once. Its ID is
// that of the confirmation, so that nothing else can be agreed to.
func (c *Commands) offerMandate(ctx context.Context, a *ask, acct account.Account, m rental.Mandate) (chat.Response, error) {
	word, text := a.mandateWord(&m)
	id, err := c.proposeWith(ctx, a, Confirmation{Do: doAllow, Account: acct.ID, Word: word}, m)
	if err != nil {
		return nil, err
	}
	v := c.boundsView(a, &m)
	v.Body = lines(v.Body, text)
	v.Rows = append(v.Rows, []chat.Control{
		a.allowButton(&m, id, word),
		chat.Button(a.S("button.not_now"), "market", nil),
	})
	c.judgeBounds(ctx, a, acct.ID, &m, &v)
	return a.show(v)
}

// allowNow gives the mandate that was shown.
func (c *Commands) allowNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var m rental.Mandate
	if err := confirmed.agreedTo(&m); err != nil {
		return nil, err
	}
	m.ID = confirmed.ID
	err := c.Desk.Allow(ctx, a.User, confirmed.Account, m)
	if err != nil && !errors.Is(err, rental.ErrMandateTaken) { // a commit that was not answered
		return nil, err
	}
	v := chat.View{
		Topic: "allowed", Tone: chat.Good, Title: a.S("allowed.title"), Body: a.T("allowed.body", "Query", chat.C(clip(m.Query, maxForeign))),
		Rows: [][]chat.Control{{chat.Button(a.S("button.permissions"), "permissions", nil), chat.Button(a.S("button.orders"), "orders", nil)}},
	}
	if !a.Direct {
		v.Footer = a.S("rent.placing.private")
	}
	return a.show(v)
}

// maxMandates is how many permissions are listed.
const maxMandates = 6

// permissions lists what may be rented without asking, and what became of it in the last day.
func (c *Commands) permissions(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "permissions", Title: a.S("permissions.title"), Footer: a.S("permissions.footer", "Time", a.Seconds(a.now, a.zone))}
	var buttons []chat.Control
	shown, all := 0, 0
	for _, g := range mandates(ledgers) {
		if all++; shown == maxMandates {
			continue
		}
		shown++
		v.Fields = append(v.Fields, chat.Field{Name: a.Int(shown) + " · " + clip(g.m.Query, maxForeign), Value: a.mandateState(g.l, g.m)})
		if g.m.Active() {
			buttons = append(buttons, chat.Button(a.S("button.revoke", "N", a.Int(shown)), "takeback", chat.Args{"id": g.m.ID}))
		}
	}
	switch {
	case all == 0:
		v.Body = a.T("permissions.none")
	case all > shown:
		v.Body = a.T("permissions.more", "N", all-shown)
	}
	v.Rows = append(rows(buttons, chat.MaxRow), []chat.Control{
		chat.Button(a.S("button.refresh"), "permissions", nil), chat.Button(a.S("button.orders"), "orders", nil),
	})
	return a.show(v)
}

// given is a mandate with the ledger that it is in.
type given struct {
	l *rental.Ledger
	m *rental.Mandate
}

// mandates returns those of all ledgers: first what still buys, then the newest.
func mandates(ledgers []rental.Ledger) []given {
	var all []given
	for i := range ledgers {
		for j := range ledgers[i].Mandates {
			all = append(all, given{&ledgers[i], &ledgers[i].Mandates[j]})
		}
	}
	slices.SortStableFunc(all, func(x, y given) int {
		if x.m.Active() != y.m.Active() {
			if x.m.Active() {
				return -1
			}
			return 1
		}
		return cmp.Or(y.m.Made.Compare(x.m.Made), cmp.Compare(x.m.ID, y.m.ID))
	})
	return all
}

// permitted counts the mandates that still buy.
func permitted(ledgers []rental.Ledger) int {
	n := 0
	for _, g := range mandates(ledgers) {
		if g.m.Active() {
			n++
		}
	}
	return n
}

// mandate finds one of the asker's by its ID, or returns ErrNoMandate.
func (c *Commands) mandate(ctx context.Context, a *ask, id string) (given, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return given{}, err
	}
	for i := range ledgers {
		if m := ledgers[i].Mandate(id); m != nil {
			return given{&ledgers[i], m}, nil
		}
	}
	return given{}, rental.ErrNoMandate
}

// takeBack takes a permission back at once: it can only save money, so nothing is asked.
func (c *Commands) takeBack(ctx context.Context, a *ask) (chat.Response, error) {
	g, err := c.mandate(ctx, a, a.arg("id"))
	if err != nil {
		return nil, err
	}
	if err := c.Desk.Revoke(ctx, a.User, g.l.Account.ID, g.m.ID); err != nil {
		return nil, err
	}
	return c.permissions(ctx, a)
}

// retry offers the bounds of a mandate that is over once more.
func (c *Commands) retry(ctx context.Context, a *ask) (chat.Response, error) {
	g, err := c.mandate(ctx, a, a.arg("id"))
	switch {
	case err != nil:
		return nil, err
	case g.m.Cause != rental.ForBest:
		return nil, rental.ErrNoMandate // a watch and a bid are armed where they are shown
	case g.m.Active():
		return c.permissions(ctx, a)
	case !g.l.Account.Rejected.IsZero():
		return nil, rental.ErrKeyRejected
	}
	m := *g.m
	m.Until = a.now.Add(min(rental.MaxBestFor, confirmFor+time.Duration(m.Tries)*(m.Patience+betweenTries)))
	m.ID, m.Purchases, m.Not, m.Over, m.Why, m.Held = "", nil, nil, time.Time{}, "", ""
	return c.offerMandate(ctx, a, g.l.Account, m)
}
