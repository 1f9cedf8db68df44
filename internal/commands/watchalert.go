package commands

import (
	"context"
	"errors"
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

// watchAlert speaks of a watch that found something. One that was removed meanwhile is silent.
func (c *Commands) watchAlert(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	news, err := watch.ReadNews(e.Hits)
	if err != nil {
		return chat.View{}, err
	}
	w, err := c.Watches.Watch(e.User, e.Watch)
	if errors.Is(err, watch.ErrUnknown) || len(news.Hits) == 0 {
		return chat.View{}, notify.ErrSkip
	}
	if err != nil {
		return chat.View{}, err
	}
	armed, err := c.armed(ctx, a)
	if err != nil {
		return chat.View{}, err
	}
	first := c.firstThere(news.Hits)
	v := chat.View{
		Topic: "watchhit", Title: c.hitTitle(a, first),
		Body: a.T("watch.hit.body", "Watch", chat.B(searchName(news.Label, news.Query))),
	}
	for _, h := range news.Hits {
		v.Body = append(v.Body, chat.P("\n• "+c.hitLine(a, h)))
	}
	if more := news.Total - len(news.Hits); more > 0 {
		v.Body = lines(v.Body, a.T("watch.hit.more", "N", more))
	}
	if g := armed[w.ID]; g != nil {
		v.Body = lines(v.Body, a.T("watch.hit.armed", "Line", a.armedLine(g)))
	}
	var row []chat.Control
	if !c.gone(first) {
		row = append(row, fresh(hitRent(a, first)), fresh(hitDetails(a, first)))
	}
	row = append(row, fresh(watchSet(a.S("button.snooze", "For", a.Duration(hour)), w.ID, "snooze", "1h")))
	v.Rows = [][]chat.Control{row, {
		fresh(chat.Button(a.S("button.all_that_fit"), "watch-fits", chat.Args{"id": w.ID})),
		fresh(chat.Button(a.S("button.watch"), "watch-card", chat.Args{"id": w.ID})),
		fresh(watchSet(a.S("button.unwatch_ask"), w.ID, "remove", "")),
	}}
	return v, nil
}

// hitTitle is what a lock screen shows of a hit.
func (c *Commands) hitTitle(a *ask, h watch.Hit) string {
	what, price := a.hitCards(h), a.PerHour(h.USD)
	switch {
	case c.gone(h):
		return a.S("watch.hit.title.gone", "Hardware", what, "Price", price)
	case h.Was == 0:
		return a.S("watch.hit.title.new", "Hardware", what, "Price", price)
	default:
		return a.S("watch.hit.title.drop", "Hardware", what, "Price", price, "Percent", fallen(h))
	}
}

func (a *ask) hitCards(h watch.Hit) string {
	name := clip(h.Model, maxLabel)
	if name == "" {
		name = a.S("hardware.mixed")
	}
	text := a.Int(h.Cards) + "× " + name
	if h.Memory > 0 {
		text += " " + a.S("unit.gb", "N", h.Memory)
	}
	return text
}

// fallen returns by how many percent a price has fallen.
func fallen(h watch.Hit) int {
	return int((h.Was - h.USD).MulDiv(100, int64(h.Was)))
}

// hitLine is a line of an alert: server, cards, price, what it was, where it is.
func (c *Commands) hitLine(a *ask, h watch.Hit) string {
	news := a.S("watch.hit.new")
	if h.Was > 0 {
		news = a.S("watch.hit.was", "Price", a.PerHour(h.Was))
	}
	gone, kind := "", ""
	if c.gone(h) {
		gone = a.S("watch.hit.gone")
	}
	if h.Kind == clore.Spot {
		kind = a.S("kind.spot")
	}
	return join(serverText(h.Server), a.hitCards(h), a.PerHour(h.USD), news, kind, clip(h.Country, 8), a.Percent(h.Reliability), gone)
}

// gone reports whether the newest snapshot does not have an offer any more.
func (c *Commands) gone(h watch.Hit) bool {
	s := c.Board.Peek()
	if s == nil {
		return false
	}
	_, obstacle := s.Offer(h.Server, h.Kind, h.Price.Currency)
	return obstacle.Rules() && obstacle != market.CoinNotAccepted
}

// firstThere returns the cheapest hit that can still be had, else the first.
func (c *Commands) firstThere(hits []watch.Hit) watch.Hit {
	for _, h := range hits {
		if !c.gone(h) {
			return h
		}
	}
	return hits[0]
}

// hitRent leads to a quote, which looks at the price anew.
func hitRent(a *ask, h watch.Hit) chat.Control {
	args := chat.Args{"what": serverText(h.Server), "pay": h.Price.Currency.Symbol()}
	if h.Kind == clore.Spot {
		args["kind"] = string(clore.Spot)
	}
	usd := h.USD
	if h.Price.Currency == money.USD {
		usd = h.Price.Amount
	}
	return chat.Button(a.S("button.rent_at", "Price", a.shortPrice(h.Price, usd)), "rent", args).Styled(chat.Good)
}

func hitDetails(a *ask, h watch.Hit) chat.Control {
	args := chat.Args{"id": strconv.FormatInt(int64(h.Server), 10)}
	if h.Kind == clore.Spot {
		args["k"] = string(clore.Spot)
	}
	return chat.Button(a.S("button.details"), "offer", args)
}

// watchOver speaks of a watch whose time is over, and of the permission that ended with it.
func (c *Commands) watchOver(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	news, err := watch.ReadNews(e.Hits)
	if err != nil {
		return chat.View{}, err
	}
	v := chat.View{
		Topic: "watchover", Title: a.S("watch.over.title", "Watch", searchName(news.Label, news.Query)),
		Body: a.T("watch.over.body", "Count", a.N("count.hits", news.Total)),
		Rows: [][]chat.Control{{
			fresh(chat.Button(a.S("button.watch_again"), "watch-this", chat.Args{"q": c.searches.name(news.Query)})),
			fresh(chat.Button(a.S("button.watches"), "watch-list", nil)),
		}},
	}
	l, err := c.Books.Ledger(ctx, e.Account)
	if errors.Is(err, rental.ErrNoAccount) {
		return v, nil
	}
	if err != nil {
		return chat.View{}, err
	}
	for i := range l.Mandates {
		if m := &l.Mandates[i]; m.Watch == e.Watch && (m.Active() || m.Why == rental.FinishExpired) {
			v.Body = lines(v.Body, a.T("watch.over.permission", "Bought", bought(m), "Count", m.Count, "Spent", a.Amount(m.Spent())))
		}
	}
	return v, nil
}
