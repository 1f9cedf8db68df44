package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// bidOffer puts the bid that is wished for in the place of the floor. The error is *rental.LowBid
// for one below it.
func (c *Commands) bidOffer(o market.Offer, w wish, rates money.Rates) (market.Offer, error) {
	if w.bid == "" {
		return o, nil
	}
	bid, err := c.readBid(w.bid, o.Price.Currency, rates)
	if err != nil {
		return o, err
	}
	if bid.Amount < o.Price.Amount {
		if w.lift {
			return o, nil
		}
		return o, &rental.LowBid{Floor: o.Price}
	}
	o.Price = bid
	o.USD, _ = rates.USD(bid)
	return o, nil
}

// lowBid refuses a bid below the host's least for a server, and offers that one.
func (c *Commands) lowBid(a *ask, o market.Offer, low *rental.LowBid) error {
	args := chat.Args{"what": serverText(o.Server.ID), "kind": string(clore.Spot), "pay": low.Floor.Currency.Symbol()}
	return c.wrong("spot.low", "Floor", a.atMost().price(low.Floor, o.USD)).with(
		chat.Button(a.S("button.bid_least", "Price", a.shortPrice(low.Floor, o.USD)), "rent", args.With("run", a.arg("run"))),
		chat.Button(a.S("button.bids"), "spot", chat.Args{"what": serverText(o.Server.ID)}))
}

// showBids adds to a quote what its bid would meet now. Without an answer it says so: a bid can be
// made all the same, since one that waits costs nothing.
// An odd bid wants a typed word; floor is the host's least as the marketplace told it.
func (c *Commands) showBids(ctx context.Context, a *ask, id account.ID, q rental.Quote, floor money.Money, v *chat.View) error {
	k := contest{server: q.Terms.Server, account: id, coin: q.Terms.Price.Currency, rates: q.Rates}
	soon, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	read := c.readBids(soon, a, &k) == nil
	v.Fields = append(v.Fields, field(a.S("bid.against"), a.against(&k, q.Terms.Price, read)))
	v.Footer = join(v.Footer, a.S("spot.no_promise"))
	odd := a.odd(&k, q.Terms.Price, k.leading(floor, read), q.Cost.Total)
	if q.Terms.Price.Amount <= floor.Amount {
		odd.times = 0 // the host's own price
	}
	if s := quoteStake(&q); a.dear(s) { // as the tap is judged
		odd.stake, odd.dear = s, true
	}
	args := chat.Args{"quote": q.ID}
	var row []chat.Control
	if win, known := k.book.Winning(k.coin, k.rates); read && known && win.Amount > q.Terms.Price.Amount && !k.book.Rented {
		row = append(row, chat.Button(a.S("button.bid_at", "Price", k.short(a, win)), "quote", args.With("bid", bidText(win))))
	}
	if day, ok := odd.perDay(q.Terms.Price, floor); ok {
		row = append(row, chat.Button(a.S("button.bid_day", "Price", a.Money(day)), "quote", args.With("bid", bidText(day))).Styled(chat.Good))
	}
	if odd.is() {
		if err := c.wantWord(ctx, a, &k, &q, odd, v); err != nil {
			return err
		}
	}
	row = append(row, chat.Button(a.S("button.set_bid"), "quote-bid", args))
	if read {
		row = append(row, chat.Button(a.S("button.bids"), "spot", chat.Args{"what": serverText(k.server)}))
	}
	v.Rows = append(v.Rows[:1:1], append([][]chat.Control{row}, v.Rows[1:]...)...)
	return nil
}
