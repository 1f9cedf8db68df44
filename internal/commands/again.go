package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/rental"
)

func (c *Commands) againCommand() *chat.Command {
	order := c.param("order", "param.again.order")
	order.Kind, order.Parse, order.Complete = chat.Rest, c.orderArg, c.completePast
	cmd := c.command("again", "cmd.again", c.rentAgain, order)
	cmd.Examples = []string{"/again", "/again 1939941"}
	return cmd
}

// againButton quotes what a rental was once more.
func againButton(a *ask, r *rental.Rental) chat.Control {
	return chat.Button(a.S("button.again"), "again", chat.Args{"order": orderText(r.Order.ID)})
}

// rentAgain quotes a rental once more: the same server, or the best free one like it. Money moves
// when the quote is confirmed, and not before.
func (c *Commands) rentAgain(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.toRepeat(ctx, a)
	if err != nil {
		return nil, err
	}
	acct, err := c.accountOf(ctx, a, r.Account)
	if err != nil {
		return nil, err
	}
	s, err := c.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	w := a.wishOf(&r)
	a.own = c.ownServers(ctx, a)
	o, obstacle := s.Offer(w.server, w.kind, w.pay)
	switch {
	case a.own[w.server]: // also when the snapshot still calls it free
		if q, ok := likeOf(&r, w); ok {
			return c.alike(ctx, a, s, acct, w, q)
		}
	case obstacle == market.CoinNotAccepted:
		w.any = true
		resp, err := c.offerQuote(ctx, a, s, acct, w)
		return prefixed(resp, a.T("again.coin", "Coin", w.pay.Symbol(), "Now", o.Price.Currency.Symbol())), err
	case obstacle.Rules():
		if q, ok := likeOf(&r, w); ok {
			return c.alike(ctx, a, s, acct, w, q)
		}
		return a.show(c.blockedView(a, s, o, w))
	}
	return c.offerQuote(ctx, a, s, acct, w)
}

// toRepeat returns the rental that is asked for, or the one that began last.
func (c *Commands) toRepeat(ctx context.Context, a *ask) (rental.Rental, error) {
	if a.arg("order") != "" {
		return c.find(ctx, a, a.order())
	}
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return rental.Rental{}, err
	}
	all, err := c.Archive.History(ctx, a.User, historyDepth)
	if err != nil {
		return rental.Rental{}, err
	}
	running, _ := live(ledgers)
	all = append(all, running...)
	if len(all) == 0 {
		return rental.Rental{}, c.wrong("again.none").with(chat.Button(a.S("button.market"), "market", nil))
	}
	last := all[0]
	for _, r := range all {
		if r.Order.Created.After(last.Order.Created) {
			last = r
		}
	}
	return last, nil
}

// accountOf returns the account that a rental was paid from; the active one when it is gone or
// its key was refused.
func (c *Commands) accountOf(ctx context.Context, a *ask, id account.ID) (account.Account, error) {
	acct, err := c.named(ctx, a, string(id))
	if err != nil || !acct.Rejected.IsZero() {
		if acct, err = c.account(ctx, a); err != nil {
			return acct, err
		}
	}
	if !acct.Rejected.IsZero() {
		return acct, rental.ErrKeyRejected
	}
	return acct, nil
}

// wishOf is the wish for what a rental was.
func (a *ask) wishOf(r *rental.Rental) wish {
	w := wish{
		server: r.Order.Server, kind: r.Order.Kind, pay: r.Order.Price.Currency,
		preset: r.Terms.Preset, run: r.Terms.RunFor, login: a.loginLike(r), label: rentalLabel(r.Label),
	}
	if w.preset.Image == "" {
		w.preset = a.presetOf(r)
		w.run = a.runFor()
	}
	return w
}

// loginLike returns the SSH key that a rental was made with, if it is still one of the asker's:
// one that was deleted opens nothing any more. Otherwise it is the asker's usual login.
func (a *ask) loginLike(r *rental.Rental) account.SSHKey {
	if r.Intent != "" && r.Terms.SSHKey.Name == "" {
		return account.SSHKey{}
	}
	for _, k := range a.profile.SSHKeys {
		if k.Fingerprint == r.Terms.SSHKey.Fingerprint {
			return k
		}
	}
	if k := findSSHKey(a.profile, a.profile.SSHKey); k != nil {
		return *k
	}
	return account.SSHKey{}
}

// presetOf makes a preset of a rental that was not made here, from what Clore shows of it.
// Environment and start command are not shown.
func (a *ask) presetOf(r *rental.Rental) account.Preset {
	usual, ok := a.preset(a.profile.Preset)
	if !ok {
		usual = a.builtin()[0]
	}
	if r.Order.Image == "" {
		return usual
	}
	for _, p := range a.presets() {
		if p.Image == r.Order.Image {
			return p
		}
	}
	p := account.Preset{Name: "as-before", Title: a.S("again.preset"), Image: r.Order.Image, Ports: map[int]string{22: "tcp"}}
	for _, port := range r.Order.Ports {
		if port.Container > 0 && len(p.Ports) < maxPorts {
			p.Ports[port.Container] = "tcp"
		}
	}
	if r.Order.HTTPPort > 0 {
		p.Ports[r.Order.HTTPPort] = "http"
	}
	return p
}

// likeOf is the query for machines like that of a rental, or false when its cards are not known.
func likeOf(r *rental.Rental, w wish) (market.Query, bool) {
	model, count := r.Terms.GPU, r.Terms.Count
	if model == "" {
		model, count = market.Model(r.Order.GPUs), len(r.Order.GPUs)
	}
	q, ok := market.Like(model, count)
	q.Kind, q.Pay = w.kind, market.PayFirst(w.pay)
	return q, ok
}

// alike quotes the best free server of the same cards, because the same one is not to be had.
func (c *Commands) alike(ctx context.Context, a *ask, s *market.Snapshot, acct account.Account, w wish, q market.Query) (chat.Response, error) {
	found := s.Find(q)
	o, ok := best(a.notOwn(found.Offers), w.server)
	if !ok {
		found.Offers, q.Pay = nil, nil
		resp, err := a.show(c.nothing(a, s, q, found))
		return prefixed(resp, a.T("again.gone", "Server", serverText(w.server))), err
	}
	note := a.T("again.other", "Server", serverText(w.server))
	w.server, w.pay = o.Server.ID, o.Price.Currency
	resp, err := c.offerQuote(ctx, a, s, acct, w)
	return prefixed(resp, note), err
}

// prefixed puts a text before the body of an answer.
func prefixed(resp chat.Response, text chat.Text) chat.Response {
	reply, ok := resp.(chat.Reply)
	if !ok {
		return resp
	}
	reply.View.Body = lines(text, reply.View.Body)
	return reply
}
