package commands

import (
	"context"
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

func (c *Commands) spotFamily() []*chat.Command {
	what := c.param("what", "param.spot.what")
	what.Complete = c.completeSpot
	cmd := c.command("spot", "cmd.spot", c.spot, what, c.option("bid", "param.spot.bid"))
	cmd.Aliases = []string{"bids"}
	cmd.Examples = []string{"/spot", "/spot 1939977", "/spot #88411", "/spot 1939977 bid:0.13/h", "/rent #88411 spot bid:0.12/h"}
	order := c.param("order", "param.order")
	order.Required, order.Parse = true, c.orderArg
	to := c.param("to", "param.spot.bid")
	to.Required = true
	bid := c.hidden("bid", c.askBid, order, to)
	keep := c.hidden("keep-bid", c.keepBid, order)
	return []*chat.Command{cmd, bid, keep}
}

// contest is a server with the bids on it, and the asker's own order if there is one.
type contest struct {
	server   clore.ServerID
	account  account.ID
	own      *rental.Rental
	coin     money.Currency // of the own bid, or of the one to be
	rates    money.Rates
	look     rental.Look
	book     rental.Book
	hardware string
}

// lookFor is how long the bids on a server are waited for where something else can be shown.
const lookFor = 6 * time.Second

// spot shows the bids on a server, or of an order.
func (c *Commands) spot(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	what := a.arg("what")
	if what == "" {
		mine := spotRentals(ledgers)
		if len(mine) != 1 {
			return c.chooseSpot(a, mine)
		}
		what = orderText(mine[0].Order.ID)
	}
	k, err := c.contestOf(ctx, a, ledgers, what)
	if err != nil {
		return nil, err
	}
	switch bid := a.arg("bid"); {
	case bid == "":
	case k.own != nil:
		a.Args = chat.Args{"order": orderText(k.own.Order.ID), "to": bid}
		return c.askBid(ctx, a)
	default:
		a.Args = chat.Args{"what": serverText(k.server), "kind": string(clore.Spot), "bid": bid}
		return c.rent(ctx, a)
	}
	if err := c.readBids(ctx, a, &k); err != nil {
		return nil, err
	}
	c.noteBids(ctx, a, &k)
	return a.show(c.spotView(a, &k))
}

// contestOf finds what is meant by a number or a label: an order of the asker, else a server.
func (c *Commands) contestOf(ctx context.Context, a *ask, ledgers []rental.Ledger, what string) (contest, error) {
	if found := labelled(spotRentals(ledgers), rentalLabel(what)); len(found) == 1 && found[0].Label != "" {
		what = orderText(found[0].Order.ID)
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(what), "#"), 10, 64)
	if err != nil || n <= 0 {
		return contest{}, c.wrong("spot.unclear", "Value", clip(what, maxLabel))
	}
	for i := range ledgers {
		l := &ledgers[i]
		r := l.Rental(clore.OrderID(n))
		if r == nil {
			r = bidOn(l, clore.ServerID(n))
		}
		if r == nil {
			continue
		}
		if r.Order.Kind != clore.Spot {
			return contest{}, c.notSpot(a, r)
		}
		return c.contestFor(a, owned(*r, l.Account), l.Rates), nil
	}
	acct, err := c.account(ctx, a)
	if err != nil {
		return contest{}, err
	}
	return contest{server: clore.ServerID(n), account: acct.ID, coin: a.pay(), rates: c.rates()}, nil
}

// ownContest finds the order with a bid that a request names, with the ledger that it is in.
func (c *Commands) ownContest(ctx context.Context, a *ask) (contest, rental.Ledger, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return contest{}, rental.Ledger{}, err
	}
	if r.Order.Kind != clore.Spot {
		return contest{}, rental.Ledger{}, c.notSpot(a, &r)
	}
	l, err := c.Books.Ledger(ctx, r.Account)
	if err != nil {
		return contest{}, rental.Ledger{}, err
	}
	return c.contestFor(a, r, l.Rates), l, nil
}

// notSpot refuses what only orders with a bid have.
func (c *Commands) notSpot(a *ask, r *rental.Rental) error {
	return c.wrong("spot.on_demand", "Order", orderText(r.Order.ID)).with(orderButton(a, r))
}

// contestFor is the contest of an order with a bid.
func (c *Commands) contestFor(a *ask, r rental.Rental, known money.Rates) contest {
	return contest{
		server: r.Order.Server, account: r.Account, own: &r, coin: r.Order.Price.Currency,
		hardware: a.hardware(&r), rates: c.rates().Or(known),
	}
}

// bidOn returns the spot order on a server.
func bidOn(l *rental.Ledger, server clore.ServerID) *rental.Rental {
	for i := range l.Rentals {
		if r := &l.Rentals[i]; r.Order.Server == server && r.Order.Kind == clore.Spot {
			return r
		}
	}
	return nil
}

func spotRentals(ledgers []rental.Ledger) []rental.Rental {
	var spots []rental.Rental
	all, _ := live(ledgers)
	for _, r := range all {
		if r.Order.Kind == clore.Spot {
			spots = append(spots, r)
		}
	}
	return spots
}

// readBids asks Clore for the bids.
func (c *Commands) readBids(ctx context.Context, a *ask, k *contest) error {
	api, err := c.APIs.API(ctx, k.account)
	if err != nil {
		return err
	}
	k.look = rental.Look{At: a.now}
	if k.look.Market, err = api.SpotMarketplace(ctx, k.server); err != nil {
		return err
	}
	if !k.look.Market.Exists {
		return c.wrong("reason.unlisted", "Server", serverText(k.server)).with(chat.Button(a.S("button.market"), "market", nil))
	}
	order := clore.OrderID(0)
	if k.own != nil {
		order = k.own.Order.ID
	}
	if s, err := c.Board.Snapshot(ctx); s != nil && err == nil {
		c.atMarket(a, k, s)
	}
	if k.own == nil {
		k.pickCoin()
	}
	k.rates = k.look.Market.Rates.Or(k.rates)
	k.book = rental.Bidding(order, k.coin, k.look, k.rates)
	return nil
}

// noteBids lets everything else know what was just seen of the bids on an own order's server, so that no
// other view says another thing, and takes over what follows from it.
func (c *Commands) noteBids(ctx context.Context, a *ask, k *contest) {
	if k.own == nil {
		return
	}
	if err := c.Desk.SawBids(ctx, a.User, k.account, k.own.Order.ID, k.look); err != nil {
		c.Log.WarnContext(ctx, "bids not noted", "account", k.account, "error", err)
		return
	}
	if r, err := c.findLive(ctx, a, k.own.Order.ID); err == nil {
		k.own = &r
	}
}

// atMarket adds what the marketplace tells of the server.
func (c *Commands) atMarket(a *ask, k *contest, s *market.Snapshot) {
	o, obstacle := s.Offer(k.server, clore.Spot, k.coin)
	if obstacle == market.Unlisted {
		return
	}
	k.look.Rented = o.Server.Rented
	if k.hardware == "" {
		k.hardware = a.cards(o.Server.GPUs, o.Server.GPUMemory)
	}
}

// pickCoin takes a coin that the host has a floor in, if it is not the preferred one.
func (k *contest) pickCoin() {
	if _, ok := k.look.Market.Floor.In(k.coin); ok {
		return
	}
	for _, coin := range money.Currencies() {
		if _, ok := k.look.Market.Floor.In(coin); ok {
			k.coin = coin
			return
		}
	}
}

// chooseSpot lists the bids of the asker, or says how to make one.
func (c *Commands) chooseSpot(a *ask, mine []rental.Rental) (chat.Response, error) {
	v := chat.View{Topic: "spots", Title: a.N("spot.list", len(mine)), Footer: a.S("spot.footer", "Time", a.Seconds(a.now, a.zone))}
	if len(mine) == 0 {
		v.Title, v.Body = a.S("spot.none"), a.T("spot.none.body")
		v.Rows = [][]chat.Control{{chat.Button(a.S("button.market"), "market", nil)}}
		return a.show(v)
	}
	var buttons []chat.Control
	for i := range mine[:min(len(mine), maxRows)] {
		r := &mine[i]
		v.Fields = append(v.Fields, chat.Field{Name: a.rentalTitle(r), Value: plain(join(
			a.shortPrice(r.Order.Price, c.rentalUSD(r)), a.bidState(r), a.pilotText(r)))})
		buttons = append(buttons, chat.Button(orderText(r.Order.ID), "spot", chat.Args{"what": orderText(r.Order.ID)}))
	}
	v.Rows = rows(buttons, chat.MaxRow)
	return a.show(v)
}

// completeSpot suggests the orders with a bid.
func (c *Commands) completeSpot(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	profile, err := c.Profiles.Profile(ctx, req.User)
	if err != nil {
		return nil, err
	}
	a := c.ask(req, profile)
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	var out []chat.Choice
	for _, r := range spotRentals(ledgers) {
		if title := a.rentalTitle(&r); matches(title, typed) && len(out) < chat.MaxChoices {
			out = append(out, chat.Choice{Label: clip(title, chat.MaxChoice-1), Value: orderText(r.Order.ID)})
		}
	}
	return out, nil
}
