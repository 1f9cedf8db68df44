package commands

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func (c *Commands) rentFamily() []*chat.Command {
	what := c.param("what", "param.rent.what")
	what.Kind, what.Required, what.Complete = chat.Rest, true, c.completeGPU
	preset := c.option("preset", "param.rent.preset")
	preset.Complete = c.completePreset
	run := c.option("run", "param.rent.run")
	pay := c.option("pay", "param.rent.pay")
	pay.Choices = offerCurrencies(nil)
	kind := c.option("kind", "param.kind")
	kind.Choices = c.choices("on-demand", "kind.on_demand", "spot", "kind.spot")
	named, bid := c.option("label", "param.rent.label"), c.option("bid", "param.rent.bid")
	cmd := c.command("rent", "cmd.rent", c.rent, append([]chat.Param{what, preset, run, pay, kind, bid, named}, c.bestOptions()...)...)
	cmd.Examples = []string{
		"/rent 4090", "/rent #88411", "/rent 2x3090 <0.40/h run:6h", "/rent #88411 preset:pytorch pay:CLORE", "/rent #88411 spot bid:0.12/h",
		"/rent 4090 <0.35/h tries:3",
	}
	quote := c.param("quote", "")
	quote.Required = true
	change := c.hidden("quote", c.changeQuote, quote, c.param("run", ""), c.param("pay", ""), c.param("preset", ""), c.param("login", ""), c.param("bid", ""))
	asked := c.param("bid", "param.spot.bid")
	asked.Required = true
	outbid := c.hidden("quote-bid", c.changeQuote, quote, asked)
	label := c.param("name", "param.label")
	label.Required, label.Kind = true, chat.Rest
	name := c.hidden("quotename", c.changeQuote, quote, label)
	take := c.hidden("take", c.take, quote)
	next := c.hidden("next", c.nextBest, c.param("gpu", ""), c.param("count", ""), c.param("not", ""))
	drop := c.hidden("drop", c.drop, c.param("intent", ""))
	off := c.param("intent", "")
	off.Required = true
	return []*chat.Command{cmd, c.againCommand(), change, outbid, name, take, next, drop, c.hidden("calloff", c.callOff, off)}
}

// wish is what somebody wants to rent, before it has a price.
type wish struct {
	server clore.ServerID
	kind   clore.Kind
	pay    money.Currency
	preset account.Preset
	run    time.Duration
	login  account.SSHKey // zero for a password
	label  string         // for the rental to be
	any    bool           // any coin will do: the preferred one need not be accepted
	bid    string         // of a spot order; empty for the floor
	lift   bool           // a bid below the floor becomes the floor
}

func (c *Commands) rent(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	if !acct.Rejected.IsZero() {
		return nil, rental.ErrKeyRejected
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	b, err := c.readBest(a)
	if err != nil {
		return nil, err
	}
	if b.tries > 1 {
		return c.rentBest(ctx, a, s, acct, b)
	}
	a.own = c.ownServers(ctx, a)
	w, err := c.readWish(a, s)
	if err != nil {
		return nil, err
	}
	if w.server == 0 {
		return c.foundNothing(a, s)
	}
	if w.preset, err = c.startWith(a); err != nil {
		return nil, err
	}
	return c.offerQuote(ctx, a, s, acct, w)
}

// startWith returns the preset that is asked for: by its name, else the asker's own, else the
// first of all.
func (c *Commands) startWith(a *ask) (account.Preset, error) {
	name := a.arg("preset")
	if name == "" {
		name = a.profile.Preset
	}
	if name == "" {
		name = a.builtin()[0].Name
	}
	p, ok := a.preset(name)
	if !ok {
		return p, c.wrong("preset.unknown", "Name", clip(name, maxLabel)).with(chat.Button(a.S("button.presets"), "presets", nil))
	}
	return p, nil
}

// foundNothing answers a wish that found no server.
func (c *Commands) foundNothing(a *ask, s *market.Snapshot) (chat.Response, error) {
	q, err := c.rentQuery(a, s)
	if err != nil {
		return nil, err
	}
	return a.show(c.nothing(a, s, q, s.Find(a.priced(q))))
}

// readWish finds the server that is asked for: by its number, or the best of a query. A wish for
// nothing that is there has no server.
func (c *Commands) readWish(a *ask, s *market.Snapshot) (wish, error) {
	w := wish{kind: clore.OnDemand, pay: a.pay(), run: a.runFor(), label: rentalLabel(a.arg("label"))}
	if k := findSSHKey(a.profile, a.profile.SSHKey); k != nil {
		w.login = *k
	}
	if text := a.arg("pay"); text != "" {
		var err error
		if w.pay, err = money.ParseCurrency(text); err != nil {
			return w, c.wrong("settings.bad_currency", "Value", clip(text, maxLabel))
		}
	}
	if text := a.arg("run"); text != "" {
		var err error
		if w.run, err = c.readRun(text); err != nil {
			return w, err
		}
	}
	w.bid = a.arg("bid")
	if a.arg("kind") == string(clore.Spot) || w.bid != "" {
		w.kind = clore.Spot
	}
	what, spot := strings.CutSuffix(strings.ToLower(strings.TrimSpace(a.arg("what"))), " spot")
	if id, ok := serverNumber(what); ok {
		w.server = id
		if spot {
			w.kind = clore.Spot
		}
		return w, nil
	}
	if word, beside, ok := strings.Cut(what, " "); ok {
		if _, numbered := serverNumber(word); numbered {
			return w, c.wrong("rent.beside_server", "Word", chat.C(clip(beside, maxLabel)))
		}
	}
	q, err := c.rentQuery(a, s)
	if err != nil {
		return w, err
	}
	if q.Kind != "" {
		w.kind = q.Kind
	}
	w.any = len(q.Pay) == 0 && a.arg("pay") == ""
	if a.arg("pay") != "" {
		q.Pay = []money.Currency{w.pay}
	}
	if o, ok := best(a.notOwn(s.Find(a.priced(q)).Offers), 0); ok {
		w.server, w.pay = o.Server.ID, o.Price.Currency
	}
	return w, nil
}

func (c *Commands) rentQuery(a *ask, s *market.Snapshot) (market.Query, error) {
	q, err := market.ParseQuery(a.arg("what"), s.Names()...)
	if a.arg("kind") == string(clore.Spot) || a.arg("bid") != "" {
		q.Kind = clore.Spot
	}
	q.All = false
	return q, err
}

// serverNumber tells "#88411" and "88411" from a model such as "4090", which has four digits at
// most.
func serverNumber(text string) (clore.ServerID, bool) {
	text = strings.TrimSpace(text)
	if !regexp.MustCompile(`^(#\d{1,12}|\d{5,12})$`).MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	return clore.ServerID(n), err == nil && n > 0
}

// best returns the first offer that can be taken and is not of a server.
func best(offers []market.Offer, not clore.ServerID) (market.Offer, bool) {
	for _, o := range offers {
		if o.Obstacle == market.Free && o.Server.ID != not {
			return o, true
		}
	}
	return market.Offer{}, false
}

// nextBest quotes the best server of a model other than one that would not do.
func (c *Commands) nextBest(ctx context.Context, a *ask) (chat.Response, error) {
	acct, err := c.account(ctx, a)
	if err != nil {
		return nil, err
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	q, err := market.ParseQuery(a.arg("gpu"), s.Names()...)
	if err != nil {
		return nil, err
	}
	if n, err := strconv.ParseFloat(a.arg("count"), 64); err == nil && n > 0 {
		q = q.With(market.GPUs, market.Exactly(n))
	}
	not, _ := serverNumber("#" + a.arg("not")) // 0 excludes none
	found := s.Find(a.priced(q))
	a.own = c.ownServers(ctx, a)
	o, ok := best(a.notOwn(found.Offers), not)
	if !ok {
		found.Offers = nil
		return a.show(c.nothing(a, s, q, found))
	}
	a.Args = a.Args.With("what", serverText(o.Server.ID))
	w, err := c.readWish(a, s)
	if err != nil {
		return nil, err
	}
	w.pay = o.Price.Currency
	if w.preset, ok = a.preset(a.profile.Preset); !ok {
		w.preset = a.builtin()[0]
	}
	return c.offerQuote(ctx, a, s, acct, w)
}

// nextButton leads to the next best of what was wanted.
func (a *ask) nextButton(t rental.Terms) []chat.Control {
	if t.GPU == "" || t.Count == 0 {
		return nil
	}
	return []chat.Control{chat.Button(a.S("button.next_best"), "next", chat.Args{
		"gpu": clip(t.GPU, 24), "count": strconv.Itoa(t.Count), "not": strconv.FormatInt(int64(t.Server), 10),
	})}
}
