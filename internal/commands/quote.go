package commands

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// balanceAge is how old a known balance may be to be shown without asking Clore again.
const balanceAge = 2 * time.Minute

// offerQuote prices a wish and shows the card on which it can be confirmed, or why it cannot.
func (c *Commands) offerQuote(ctx context.Context, a *ask, s *market.Snapshot, acct account.Account, w wish) (chat.Response, error) {
	if v, err := c.occupied(ctx, a, acct.ID, w.server); v != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return a.show(*v)
	}
	o, obstacle := s.Offer(w.server, w.kind, w.pay)
	switch {
	case obstacle == market.CoinNotAccepted && w.any:
	case obstacle.Rules():
		return a.show(c.blockedView(a, s, o, w))
	}
	floor := o.Price
	if w.kind == clore.Spot {
		var err error
		o, err = c.bidOffer(o, w, s.Rates())
		if low, ok := errors.AsType[*rental.LowBid](err); ok {
			return nil, c.lowBid(a, o, low)
		}
		if err != nil {
			return nil, err
		}
	}
	balances := c.balances(ctx, acct.ID, a.now, func(known []money.Money) bool {
		have := inCurrency(known, o.Price.Currency)
		return have == nil || have.Amount >= rental.Cost(o.Price, o.Kind, hour, s.Rates()).Total
	})
	terms := a.terms(o, w)
	terms.Median = s.Median(terms.GPU, terms.Count)
	q, err := c.Desk.Quote(ctx, a.User, acct.ID, terms, inCurrency(balances, o.Price.Currency), s.Rates())
	if err != nil {
		return nil, err
	}
	v := c.quoteView(a, q, balances)
	c.judgeQuote(ctx, a, acct.ID, q, &v)
	if v.Topic == "quote" {
		c.queued(ctx, a, acct.ID, "", "quote.queued", &v)
	}
	if err := c.guardQuote(ctx, a, &q, &v); err != nil {
		return nil, err
	}
	if q.Terms.Kind == clore.Spot {
		if err := c.showBids(ctx, a, acct.ID, q, floor, &v); err != nil {
			return nil, err
		}
	}
	return a.show(v)
}

// terms fixes what will be rented. Nothing is planned for longer than the host allows.
func (a *ask) terms(o market.Offer, w wish) rental.Terms {
	run := w.run
	if longest := o.Server.MaxRental; longest > 0 && run > longest {
		run = longest
	}
	return rental.Terms{
		Server: o.Server.ID, Hardware: a.cards(o.Server.GPUs, o.Server.GPUMemory), GPU: o.Model(), Count: len(o.Server.GPUs),
		Country: clip(o.Server.Country, 8), CUDA: clip(o.Server.CUDA, 12), Kind: o.Kind, Price: o.Price, USD: o.USD,
		MaxRent: o.Server.MaxRental, Preset: w.preset, SSHKey: w.login, RunFor: run, Label: w.label,
	}
}

// balances returns what the account holds: from the ledger when that is recent and enough, else
// from Clore, and nothing when it cannot be learnt quickly. A quote does not wait for it. Too
// little is not taken from the ledger: money may have arrived since.
func (c *Commands) balances(ctx context.Context, id account.ID, now time.Time, enough func([]money.Money) bool) []money.Money {
	l, err := c.Books.Ledger(ctx, id)
	if err == nil && now.Sub(l.Funds.Checked) <= balanceAge && enough(l.Balances) {
		return l.Balances
	}
	ctx, cancel := context.WithTimeout(ctx, 6*time.Second)
	defer cancel()
	wallets, err := c.wallets(ctx, id)
	if err != nil {
		c.Log.DebugContext(ctx, "no balance for a quote", "error", err)
		return nil
	}
	return held(wallets)
}

// wallets asks Clore what the account holds, and notes it where alerts about the money and later
// quotes look.
func (c *Commands) wallets(ctx context.Context, id account.ID) ([]clore.Wallet, error) {
	before, err := c.Books.Ledger(ctx, id)
	if err != nil {
		return nil, err
	}
	api, err := c.APIs.API(ctx, id)
	if err != nil {
		return nil, err
	}
	wallets, err := api.Wallets(ctx)
	if clore.IsCode(err, clore.CodeKey) {
		c.reject(ctx, before.Account)
	}
	if err != nil {
		return nil, err
	}
	err = c.Books.Update(ctx, id, func(l *rental.Ledger) error {
		l.Fund(wallets, c.Now())
		return nil
	})
	if err != nil {
		c.Log.WarnContext(ctx, "balance not noted", "account", id, "error", err)
	}
	return wallets, nil
}

func held(wallets []clore.Wallet) []money.Money {
	var balances []money.Money
	for _, w := range wallets {
		balances = append(balances, w.Balance)
	}
	return balances
}

func inCurrency(balances []money.Money, c money.Currency) *money.Money {
	if m, ok := clore.Prices(balances).In(c); ok {
		return &m
	}
	return nil
}

// changeQuote makes a new quote of an old one, also of one that has expired: at the present price
// and with one thing changed.
func (c *Commands) changeQuote(ctx context.Context, a *ask) (chat.Response, error) {
	old, err := c.Quotes.Quote(ctx, a.arg("quote"), a.User)
	if err != nil {
		return nil, err
	}
	acct, err := c.named(ctx, a, string(old.Account))
	if err != nil {
		return nil, err
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	w, err := c.changed(a, old.Terms)
	if err != nil {
		return nil, err
	}
	return c.offerQuote(ctx, a, s, acct, w)
}

func (c *Commands) changed(a *ask, t rental.Terms) (wish, error) {
	w := wish{
		server: t.Server, kind: t.Kind, pay: t.Price.Currency, preset: t.Preset, run: t.RunFor, login: t.SSHKey,
		label: t.Label,
	}
	if name, ok := a.Args["name"]; ok {
		w.label = rentalLabel(name)
	}
	if w.kind == clore.Spot {
		w.bid, w.lift = bidText(t.Price), true
	}
	if text := a.arg("bid"); text != "" {
		w.bid, w.lift = text, false
	}
	if text := a.arg("run"); text != "" {
		var err error
		if w.run, err = c.readRun(text); err != nil {
			return w, err
		}
	}
	if text := a.arg("pay"); text != "" {
		var err error
		if w.pay, err = money.ParseCurrency(text); err != nil {
			return w, c.wrong("settings.bad_currency", "Value", clip(text, maxLabel))
		}
	}
	if name := a.arg("preset"); name != "" {
		var ok bool
		if w.preset, ok = a.preset(name); !ok {
			return w, c.wrong("preset.unknown", "Name", clip(name, maxLabel))
		}
	}
	switch name := a.arg("login"); name {
	case "":
	case passwordLogin:
		w.login = account.SSHKey{}
	default:
		k := findSSHKey(a.profile, name)
		if k == nil {
			return w, c.wrong("sshkey.unknown", "Name", clip(name, maxLabel))
		}
		w.login = *k
	}
	return w, nil
}

// take confirms a quote with a tap. One that commits more than a tap may asks for a word.
func (c *Commands) take(ctx context.Context, a *ask) (chat.Response, error) {
	q, err := c.Quotes.Quote(ctx, a.arg("quote"), a.User)
	switch {
	case errors.Is(err, rental.ErrNoQuote):
	case err != nil:
		return nil, err // what it commits is not known, so it is not taken
	case a.now.Before(q.Expires) && a.dear(quoteStake(&q)):
		return c.askTake(ctx, a, &q)
	}
	return c.takeQuote(ctx, a) // which says what is wrong with a quote that cannot be had
}

// takeQuote confirms a quote. Two taps, two devices and a message delivered twice have one effect.
func (c *Commands) takeQuote(ctx context.Context, a *ask) (chat.Response, error) {
	id := a.arg("quote")
	in, err := c.Desk.Confirm(ctx, id, a.User)
	switch {
	case errors.Is(err, rental.ErrQuoteTaken):
		return a.say(a.S("rent.taken"))
	case errors.Is(err, rental.ErrQuoteExpired):
		return c.renew(ctx, a)
	case errors.Is(err, rental.ErrOccupied):
		return c.changeQuote(ctx, a) // which leads to what is there
	case err != nil:
		return nil, err
	}
	v := chat.View{
		Topic: "placing", Title: a.S("rent.placing.title", "Server", serverText(in.Terms.Server), "Hardware", clip(in.Terms.Hardware, maxHardware)),
		Body: a.T("rent.placing.body", "Price", chat.B(a.shortPrice(in.Terms.Price, in.Terms.USD))),
		Rows: [][]chat.Control{append([]chat.Control{chat.Button(a.S("button.orders"), "orders", nil)}, a.underwayButton(&in, false)...)},
	}
	c.queued(ctx, a, in.Account, in.ID, "rent.placing.queued", &v)
	v.Footer = a.paidBy(in.Account)
	if !a.Direct {
		v.Footer = join(v.Footer, a.S("rent.placing.private"))
	}
	return a.show(v)
}

// renew answers a tap that came too late with a quote at the present price.
func (c *Commands) renew(ctx context.Context, a *ask) (chat.Response, error) {
	resp, err := c.changeQuote(ctx, a)
	return prefixed(resp, a.T("quote.renewed")), err
}

// drop gives up an order that did not appear.
func (c *Commands) drop(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	for i := range ledgers {
		if ledgers[i].Intent(a.arg("intent")) == nil {
			continue
		}
		if err := c.Desk.Dismiss(ctx, a.User, ledgers[i].Account.ID, a.arg("intent")); err != nil {
			return nil, err
		}
		return a.say(a.S("rent.dropped"))
	}
	return nil, rental.ErrNoIntent
}
