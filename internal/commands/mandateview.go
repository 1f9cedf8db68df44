package commands

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// boundsView is the card of everything that a mandate allows, without the control that agrees.
func (c *Commands) boundsView(a *ask, m *rental.Mandate) chat.View {
	v := chat.View{
		Topic: "bounds", Tone: chat.Warning, Title: a.S("bounds.title"), Body: a.T("bounds.body"),
		Fields: []chat.Field{
			{Name: a.S("bounds.query"), Value: chat.Text{chat.C(clip(m.Query, maxQueryShown))}},
			field(a.S("bounds.price"), a.S("bounds.price.value", "Hour", a.AtMost().Rate(m.Hour), "Coins", coinList(m.Pay))),
			field(a.S("bounds.count"), a.S("bounds.count.value", "Count", a.N("count.rentals", m.Count), "For", a.Duration(m.RunFor))),
			field(a.S("bounds.tries"), a.triesText(m)),
			field(a.S("bounds.total"), a.S("bounds.total.value", "Sum", a.AtMost().Amount(m.Total))),
			field(a.S("bounds.until"), a.S("bounds.until.value", "At", a.Moment(m.Until, a.now, a.zone), "In", a.Duration(m.Until.Sub(a.now)))),
			{Name: a.S("quote.image"), Value: a.T("quote.image.value", "Name", m.Preset.Name, "Image", chat.C(clip(m.Preset.Image, maxForeign)), "Ports", portList(m.Preset.Ports))},
			field(a.S("quote.login"), a.loginText(rental.Terms{SSHKey: m.SSHKey})),
		},
		Footer: join(a.S("bounds.footer"), c.demoNote(a)),
	}
	if m.Label != "" {
		v.Fields = append(v.Fields, field(a.S("quote.label"), clip(m.Label, maxLabel)))
	}
	if bids(m) {
		v.Fields = append(v.Fields, field(a.S("kind.spot"), a.S("bounds.spot")))
	}
	return v
}

// bids reports whether a mandate bids for spot servers.
func bids(m *rental.Mandate) bool {
	q, err := market.ParseQuery(m.Query)
	return err == nil && q.Kind == clore.Spot
}

// judgeBounds says on the card of a mandate that its highest price is far above the market's, and
// that a server at that price would not fit the limits of the account. Cheaper ones may, so it can
// be agreed to all the same.
func (c *Commands) judgeBounds(ctx context.Context, a *ask, id account.ID, m *rental.Mandate, v *chat.View) {
	v.Body = lines(v.Body, c.farAbove(a, m))
	l, err := c.Books.Ledger(ctx, id)
	if err != nil {
		return // the guard judges each purchase
	}
	const hours = 24
	if m.Hour <= 0 || m.Hour > math.MaxInt64/hours {
		return // Allow refuses it
	}
	day := m.Hour * hours
	q := rental.Quote{ID: "bounds", Account: id, Made: a.now, Expires: a.now.Add(confirmFor), Terms: rental.Terms{
		Price: money.Money{Amount: day, Currency: money.USD}, USD: day, RunFor: m.RunFor, Preset: m.Preset,
	}}
	if refused, ok := errors.AsType[*rental.OverLimit](l.Fits(q, a.now)); ok {
		v.Body = lines(v.Body, a.T("bounds.over"), a.overText(refused))
	}
}

// farTimes is how many times the market's median a highest price may be before that is said. No
// word is wanted for it: the cheapest match is rented, and the total is a bound of its own.
const farTimes = 3

// farAbove says that the highest price of a mandate is many times what its search costs now.
func (c *Commands) farAbove(a *ask, m *rental.Mandate) chat.Text {
	s := c.Board.Peek()
	if s == nil {
		return nil
	}
	q, err := market.ParseQuery(m.Query, s.Names()...)
	if err != nil {
		return nil
	}
	q.Sort, q.All, q.Price = market.Sort{}, false, market.PriceRange{}
	if len(q.Pay) == 0 {
		q.Pay = m.Pay
	}
	usual := s.Find(q).Median
	if usual <= 0 || m.Hour/farTimes < usual {
		return nil
	}
	return a.T("bounds.far", "Times", a.Int(int(m.Hour/usual)), "Median", a.Rate(usual))
}

// maxQueryShown is how much of a query is shown where it is agreed to.
const maxQueryShown = 300

func coinList(coins []money.Currency) string {
	if len(coins) == 0 {
		coins = money.Currencies()
	}
	return symbols(coins)
}

// triesText says how many orders there may be, and when the next is made.
func (a *ask) triesText(m *rental.Mandate) string {
	switch {
	case m.Patience > 0 && m.Tries > m.Count:
		return a.S("bounds.tries.patient", "N", m.Tries, "For", a.Duration(m.Patience))
	case m.Tries > m.Count:
		return a.S("bounds.tries.more", "N", m.Tries)
	default:
		return a.S("bounds.tries.none", "N", m.Tries)
	}
}

// mandateState sums up how far a mandate is: what was bought, what is left, why it ended.
func (a *ask) mandateState(l *rental.Ledger, m *rental.Mandate) chat.Text {
	head := plain(a.S("permissions.used", "Bought", bought(m), "Count", m.Count, "Orders", len(m.Purchases), "Tries", m.Tries,
		"Spent", a.Amount(m.Spent()), "Total", a.Amount(m.Total)))
	if !m.Active() {
		return lines(head, plain(join(a.finishText(m.Why), a.Moment(m.Over, a.now, a.zone))))
	}
	now := a.S("permissions.looking", "Hour", a.AtMost().Rate(m.Hour))
	switch server := trying(m); {
	case server != "":
		now = a.S("permissions.trying", "Server", server)
	case !l.Frozen.IsZero():
		now = a.limitText(rental.LimitFrozen)
	case m.Held != "":
		now = a.limitText(m.Held)
	case m.Cause == rental.ForFallback && m.Lost.IsZero():
		now = a.S("permissions.waiting_loss", "Order", orderText(m.After))
	case m.Cause == rental.ForWatch:
		now = a.S("permissions.waiting_hit", "Hour", a.AtMost().Rate(m.Hour))
	}
	return lines(head, plain(now), plain(a.S("permissions.until", "At", a.Moment(m.Until, a.now, a.zone))))
}

// bought counts the purchases that came to a rental.
func bought(m *rental.Mandate) int {
	n := 0
	for _, p := range m.Purchases {
		if p.State == rental.Bought {
			n++
		}
	}
	return n
}

// trying names the servers that are being rented and do not answer yet, or "".
func trying(m *rental.Mandate) string {
	var servers []string
	for _, p := range m.Purchases {
		if p.State == rental.Trying {
			servers = append(servers, serverText(p.Server))
		}
	}
	return strings.Join(servers, ", ")
}

// finishText says why a mandate is over.
func (a *ask) finishText(why rental.Finish) string {
	switch why {
	case rental.FinishDone:
		return a.S("finish.done")
	case rental.FinishExpired:
		return a.S("finish.expired")
	case rental.FinishTries:
		return a.S("finish.tries")
	case rental.FinishMoney:
		return a.S("finish.money")
	default:
		return a.S("finish.user")
	}
}

// limitText says which limit keeps a mandate from buying.
func (a *ask) limitText(limit rental.Limit) string {
	switch limit {
	case rental.LimitFrozen:
		return a.S("held.frozen")
	case rental.LimitRate:
		return a.S("held.rate")
	case rental.LimitParallel:
		return a.S("held.parallel")
	case rental.LimitDay:
		return a.S("held.day")
	case rental.LimitMonth:
		return a.S("held.month")
	case rental.LimitRental:
		return a.S("held.rental")
	case rental.LimitHour:
		return a.S("held.hour")
	default:
		return a.S("held.other")
	}
}

// mandateTrouble speaks of a mandate that is not there, or cannot be given.
func mandateTrouble(a *ask, err error) chat.View {
	v := a.trouble("error.no_mandate")
	switch {
	case errors.Is(err, rental.ErrManyMandates):
		v = a.trouble("error.many_mandates")
	case errors.Is(err, rental.ErrBounds):
		v = a.trouble("error.bounds")
	}
	return then(v, chat.Button(a.S("button.permissions"), "permissions", nil))
}
