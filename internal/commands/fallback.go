package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/rental"
)

// fallbackTries is how many servers a fallback may try until one answers.
const fallbackTries = 3

// fallback shows the bounds within which a server is rented on demand in the place of one that was
// outbid, and asks for them. One tap agrees, as for renting the best, or a word when it may cost much:
// the button says how much in all, and nothing happens before the server is lost.
func (c *Commands) fallback(ctx context.Context, a *ask) (chat.Response, error) {
	k, l, err := c.ownContest(ctx, a)
	if err != nil {
		return nil, err
	}
	r := k.own
	switch {
	case r.Cancel != nil:
		return nil, rental.ErrEnding
	case r.Terms.GPU == "" || r.Terms.Count == 0:
		return nil, c.wrong("fallback.unknown").with(spotButton(a, r))
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	m, ok, err := c.fallbackFor(a, s, r)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, c.wrong("fallback.none", "Cards", a.hardware(r)).with(spotButton(a, r))
	}
	trial := m
	trial.ID = "trial"
	if err := l.SetFallback(r.Order.ID, trial, a.now); err != nil { // on a copy, to refuse before anything is asked
		return nil, err
	}
	word, text := a.mandateWord(&m)
	id, err := c.proposeWith(ctx, a, Confirmation{Do: doFallback, Account: r.Account, Order: r.Order.ID, Word: word}, m)
	if err != nil {
		return nil, err
	}
	v := c.boundsView(a, &m)
	v.Title, v.Body = a.S("fallback.title", "Order", orderName(r)), lines(a.fallbackText(r), text)
	v.Rows = append(v.Rows, []chat.Control{
		a.allowButton(&m, id, word),
		chat.Button(a.S("button.not_now"), "spot", chat.Args{"what": orderText(r.Order.ID)}),
	})
	return a.show(v)
}

// fallbackText says when a fallback begins.
func (a *ask) fallbackText(r *rental.Rental) chat.Text {
	if r.Pilot == nil || r.Pilot.Mode == rental.Hold {
		return a.T("fallback.at_once")
	}
	return a.T("fallback.at_ceiling", "Pilot", a.pilotText(r))
}

// fallbackFor makes the bounds: the same cards, started alike, for what is left of the planned
// time and at the present prices with some room. False says that there are no such servers now to
// take a price from.
func (c *Commands) fallbackFor(a *ask, s *market.Snapshot, r *rental.Rental) (rental.Mandate, bool, error) {
	q, err := market.ParseQuery(strconv.Itoa(r.Terms.Count)+"x "+r.Terms.GPU, s.Names()...)
	if err != nil {
		return rental.Mandate{}, false, err
	}
	run := r.StopAt.Sub(a.now).Round(time.Minute)
	if r.StopAt.IsZero() || run <= 0 {
		if run = a.runFor(); run == 0 {
			run = defaultRun
		}
	}
	m := rental.Mandate{
		Cause: rental.ForFallback, After: r.Order.ID, Query: q.String(), Pay: market.PayFirst(r.Order.Price.Currency),
		Count: 1, Tries: fallbackTries, Patience: defaultPatience, RunFor: run, Preset: r.Terms.Preset, SSHKey: r.Terms.SSHKey,
		Until: a.now.Add(rental.MaxMandateFor),
	}
	if !r.StopAt.IsZero() && r.StopAt.After(a.now) && r.StopAt.Before(m.Until) {
		m.Until = r.StopAt
	}
	if m.Preset.Image == "" { // it was not rented here
		if m.Preset, err = c.startWith(a); err != nil {
			return m, false, err
		}
	}
	q.Pay = m.Pay
	m.Hour = highest(q, s.Find(q).Offers, m.Tries)
	m.Total = ceiling(m.Enough(clore.OnDemand), cent)
	return m, m.Hour > 0, nil
}

// fallbackNow gives the fallback that was shown.
func (c *Commands) fallbackNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var m rental.Mandate
	if err := confirmed.agreedTo(&m); err != nil {
		return nil, err
	}
	m.ID = confirmed.ID
	if err := c.Desk.SetFallback(ctx, a.User, confirmed.Account, confirmed.Order, m); err != nil {
		return nil, err
	}
	r, err := c.findLive(ctx, a, confirmed.Order)
	if err != nil {
		return nil, err
	}
	return a.show(chat.View{
		Topic: "fallback", Tone: chat.Good, Title: a.S("fallback.set", "Order", orderName(&r)), Body: a.fallbackText(&r),
		Fields: []chat.Field{field(a.S("spot.pilot"), a.pilotLine(&r))},
		Rows:   [][]chat.Control{{spotButton(a, &r), chat.Button(a.S("button.permissions"), "permissions", nil)}},
	})
}
