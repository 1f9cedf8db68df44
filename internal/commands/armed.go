package commands

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

// armNow arms the watch with the bounds that were shown. The watch comes first: should the bot end
// in between, it points to a mandate that does not exist, and nothing is rented.
func (c *Commands) armNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var m rental.Mandate
	if err := confirmed.agreedTo(&m); err != nil {
		return nil, err
	}
	m.ID = confirmed.ID
	armed, err := c.armed(ctx, a)
	if err != nil {
		return nil, err
	}
	if armed[m.Watch] != nil {
		return nil, c.wrong("arm.already").with(chat.Button(a.S("button.watches"), "watch-list", nil))
	}
	w, err := c.Watches.Edit(ctx, a.User, m.Watch, func(w *watch.Watch) error {
		if m.Until.After(w.Expires) { // its end was moved since the card was shown
			m.Until = w.Expires
		}
		w.Account, w.Mandate, w.Armed = confirmed.Account, m.ID, m.Until
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = c.Desk.Allow(ctx, a.User, confirmed.Account, m)
	if err != nil && !errors.Is(err, rental.ErrMandateTaken) { // a commit that was not answered
		c.unarm(ctx, a, w.ID)
		return nil, err
	}
	var now chat.Text
	if s := c.Board.Peek(); s != nil {
		now = a.armingNow(s, &m)
	}
	if bids(&m) {
		now = lines(a.T("arm.done.spot"), now)
	}
	return a.show(chat.View{
		Topic: "armed", Tone: chat.Good, Title: a.S("arm.done.title", "Watch", watchName(w)),
		Body: lines(a.T("arm.done.body", "Hour", a.AtMost().Rate(m.Hour), "Sum", a.AtMost().Amount(m.Total), "At", a.Moment(m.Until, a.now, a.zone)), now),
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.watch"), "watch-card", chat.Args{"id": w.ID}),
			watchSet(a.S("button.disarm"), w.ID, "disarm", ""),
			chat.Button(a.S("button.permissions"), "permissions", nil),
		}},
	})
}

// armed returns the mandates that may still buy, by their watches. Whether a watch is armed is the
// ledger's to say: its note of a mandate may be out of date.
func (c *Commands) armed(ctx context.Context, a *ask) (map[string]*given, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil && !errors.Is(err, errNoKey) {
		return nil, err
	}
	all := map[string]*given{}
	for _, g := range mandates(ledgers) {
		if g.m.Watch != "" && g.m.Active() {
			all[g.m.Watch] = &g
		}
	}
	return all, nil
}

// disarm takes back what a watch may rent, in every account, and reports whether there was any.
func (c *Commands) disarm(ctx context.Context, a *ask, id string) (bool, error) {
	armed, err := c.armed(ctx, a)
	if err != nil {
		return false, err
	}
	was := false
	for armed[id] != nil {
		if err := c.Desk.RevokeWatch(ctx, a.User, armed[id].l.Account.ID, id); err != nil {
			return was, err
		}
		was = true
		if armed, err = c.armed(ctx, a); err != nil {
			return was, err
		}
	}
	return was, nil
}

// unarm takes the note of a mandate off a watch that could not be armed. It is only tidy.
func (c *Commands) unarm(ctx context.Context, a *ask, id string) {
	_, err := c.Watches.Edit(ctx, a.User, id, noMandate)
	if err != nil {
		c.Log.WarnContext(ctx, "watch points to a mandate that was not given", "watch", id, "error", err)
	}
}

// noMandate takes the note of a mandate off a watch.
func noMandate(w *watch.Watch) error {
	w.Mandate, w.Armed = "", time.Time{}
	return nil
}

// disarmWatch ends the permission of a watch. What runs goes on.
func (c *Commands) disarmWatch(ctx context.Context, a *ask, w watch.Watch) (chat.Response, error) {
	if _, err := c.disarm(ctx, a, w.ID); err != nil {
		return nil, err
	}
	return c.editWatch(ctx, a, w, a.S("arm.over"), noMandate)
}

// armedLine says what an armed watch may still do.
func (a *ask) armedLine(g *given) string {
	return a.S("arm.line", "Hour", a.AtMost().Rate(g.m.Hour), "Bought", bought(g.m), "Count", g.m.Count,
		"Spent", a.Amount(g.m.Spent()), "Total", a.Amount(g.m.Total), "At", a.Moment(g.m.Until, a.now, a.zone))
}

// armingNow says what an armed watch does at once: what is there when it is armed is bought, too.
func (a *ask) armingNow(s *market.Snapshot, m *rental.Mandate) chat.Text {
	q, err := market.ParseQuery(m.Query, s.Names()...)
	if err != nil {
		return nil
	}
	if len(q.Pay) == 0 {
		q.Pay = m.Pay
	}
	q.Sort, q.All = market.Sort{}, false // as a mandate looks
	var first market.Offer
	n := 0
	for _, o := range s.Find(q).Offers {
		if !o.Sound() || hourUp(o.USD) > m.Hour {
			continue
		}
		if n++; n == 1 {
			first = o
		}
	}
	if n == 0 {
		return a.T("arm.now.none")
	}
	return a.T("arm.now", "N", n, "Server", chat.B(serverText(first.Server.ID)), "Price", a.shortPrice(first.Price, first.USD))
}
