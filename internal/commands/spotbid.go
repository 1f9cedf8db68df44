package commands

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// readBid reads a price for a coin: one in another coin is converted at the present rates, and the
// card shows what it came to. The error is rental.ErrBidCoin when there is no rate.
func (c *Commands) readBid(text string, coin money.Currency, rates money.Rates) (money.Money, error) {
	bid, ok := market.ParsePrice(text)
	if !ok {
		return money.Money{}, c.wrong("spot.bad_price", "Value", clip(text, maxLabel))
	}
	if bid.Currency == coin {
		return bid, nil
	}
	usd, ok := rates.USD(bid)
	if !ok {
		return money.Money{}, rental.ErrBidCoin
	}
	if bid, ok = rates.FromUSD(usd, coin); !ok || bid.Amount <= 0 {
		return money.Money{}, rental.ErrBidCoin
	}
	return bid, nil
}

// rebid is another bid as it was agreed to.
type rebid struct{ From, To money.Money }

// askBid shows what another bid would cost and do, and asks whether really.
func (c *Commands) askBid(ctx context.Context, a *ask) (chat.Response, error) {
	k, l, err := c.ownContest(ctx, a)
	if err != nil {
		return nil, err
	}
	r := k.own
	to, err := c.readBid(a.arg("to"), k.coin, k.rates)
	if err != nil {
		return nil, err
	}
	if !l.Account.Rejected.IsZero() {
		return nil, rental.ErrKeyRejected
	}
	buyer := buyer(&l, r)
	// The desk judges again at the tap; whoever cannot have the bid learns it now.
	if err := l.AskBid(r.Order.ID, to, rental.Person, a.now); err != nil {
		return nil, err
	}
	if to == r.Order.Price && r.Bid == nil {
		return nil, c.wrong("spot.same", "Price", k.price(a, to)).with(spotButton(a, r))
	}
	soon, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	read := c.readBids(soon, a, &k) == nil // without it the card says that it is not known
	if floor := k.book.Floor; read && floor.Currency == to.Currency && to.Amount < floor.Amount {
		return nil, &rental.LowBid{Floor: floor} // which Clore would say after the tap
	}
	confirm := Confirmation{Do: doBid, Account: r.Account, Order: r.Order.ID}
	odd := a.oddRaise(&k, to, read)
	if odd.is() {
		confirm.Word = odd.word()
	}
	if confirm.ID, err = c.proposeWith(ctx, a, confirm, rebid{From: r.Order.Price, To: to}); err != nil {
		return nil, err
	}
	v := a.bidView(&k, to, confirm.ID, read)
	if text := a.counted(&l, buyer); text != "" && to.Amount > r.Order.Price.Amount {
		v.Body = lines(v.Body, plain(text))
	}
	if odd.is() {
		a.askBidWord(&k, odd, &confirm, &v)
		if day, ok := odd.perDay(to, k.book.Floor); ok {
			v.Rows[0] = append(v.Rows[0], chat.Button(a.S("button.bid_day", "Price", a.Money(day)), "bid",
				chat.Args{"order": orderText(r.Order.ID), "to": bidText(day)}))
		}
	}
	return a.show(v)
}

// bidView is the last step before a bid changes.
func (a *ask) bidView(k *contest, to money.Money, id string, read bool) chat.View {
	r, label := k.own, "button.raise_to"
	v := chat.View{
		Topic: "bid", Title: a.S("bid.title", "Order", orderText(r.Order.ID), "Price", k.short(a, to)),
		Fields: []chat.Field{
			field(a.S("bid.now"), k.price(a, r.Order.Price)),
			field(a.S("bid.new"), k.price(a, to)),
			field(a.S("quote.total"), a.bidCost(k, to)),
			field(a.S("bid.against"), a.against(k, to, read)),
		},
		Footer: a.S("spot.no_promise"),
	}
	if to.Amount < r.Order.Price.Amount {
		label = "button.lower_to"
		v.Body = a.T("bid.lowering")
		if beats, known := k.book.Beats(to, k.rates); read && known && !beats && k.book.Lead {
			v.Tone, v.Body = chat.Warning, a.T("bid.loses")
		}
	}
	v.Rows = [][]chat.Control{{
		chat.Button(a.S(label, "Price", k.short(a, to)), "do", chat.Args{"id": id}).Styled(chat.Good),
		chat.Button(a.S("button.leave_bid"), "spot", chat.Args{"what": orderText(r.Order.ID)}),
	}}
	return v
}

// rest is how long a rental may still run, and whether nothing was planned: then it is a day.
func (a *ask) rest(k *contest) (left time.Duration, open bool) {
	left, open = k.own.StopAt.Sub(a.now), k.own.StopAt.IsZero()
	if run := k.own.RunOnceWon(); run > 0 {
		left, open = run, false
	}
	if open || left <= 0 {
		left = 24 * time.Hour
	}
	return left, open
}

// restCost is what the rest of the planned time costs at most at a bid, with the fees that are
// still to be charged; without the creation fee when its worth is not known.
func (a *ask) restCost(k *contest, to money.Money) money.Amount {
	left, _ := a.rest(k)
	sum := to.Amount.MulDiv(int64(left), int64(24*time.Hour))
	start, _ := k.own.StartFee(k.rates)
	return sum + rental.RenterFee(sum, clore.Spot) + start
}

// bidCost writes restCost.
func (a *ask) bidCost(k *contest, to money.Money) string {
	left, open := a.rest(k)
	to.Amount = a.restCost(k, to)
	sum := a.atMost().sum(to, k.worth(to))
	text := a.S("bid.cost.left", "Sum", sum, "For", a.Duration(left.Round(time.Minute)))
	if open {
		text = a.S("bid.cost.day", "Sum", sum)
	}
	if _, known := k.own.StartFee(k.rates); !known {
		text = join(text, a.S("bid.cost.partial"))
	}
	return text
}

// against tells what a bid meets.
func (a *ask) against(k *contest, to money.Money, read bool) string {
	if !read {
		return a.S("bid.against.unread")
	}
	beats, known := k.book.Beats(to, k.rates)
	win, winKnown := k.book.Winning(k.coin, k.rates)
	switch {
	case k.book.Rented:
		return a.S("bid.against.rented")
	case !known:
		return a.S("spot.wins.unknown")
	case beats && k.book.Top.Amount <= 0:
		return a.S("bid.against.nobody")
	case beats:
		return a.S("bid.against.leads", "Price", k.short(a, k.book.Top))
	case winKnown:
		return a.S("bid.against.waits", "Price", k.price(a, win))
	default:
		return a.S("spot.wins.unknown")
	}
}

// bidNow takes a confirmed bid. The watcher asks Clore, and tells what became of it.
func (c *Commands) bidNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var agreed rebid
	if err := confirmed.agreedTo(&agreed); err != nil {
		return nil, err
	}
	to := agreed.To
	r, err := c.findLive(ctx, a, confirmed.Order)
	if err != nil {
		return nil, err
	}
	if now := r.Order.Price.Amount; (to.Amount > agreed.From.Amount) != (to.Amount > now) {
		return nil, c.wrong("bid.moved", "Price", a.price(r.Order.Price, c.worth(r.Order.Price))).with(spotButton(a, &r))
	}
	if err := c.Desk.Bid(ctx, a.User, confirmed.Account, confirmed.Order, to); err != nil {
		return nil, err
	}
	k := c.contestFor(a, r, nil)
	v := chat.View{
		Topic: "bidding", Title: a.S("bid.asked.title", "Order", orderText(r.Order.ID), "Price", k.short(a, to)),
		Body: a.T("bid.asked.raise"), Rows: [][]chat.Control{{spotButton(a, &r), chat.Button(a.S("button.orders"), "orders", nil)}},
	}
	if to.Amount < r.Order.Price.Amount {
		v.Body = a.T("bid.asked.lower")
	}
	return a.show(v)
}

// keepBid takes back the wish for another bid.
func (c *Commands) keepBid(ctx context.Context, a *ask) (chat.Response, error) {
	r, err := c.findLive(ctx, a, a.order())
	if err != nil {
		return nil, err
	}
	if err := c.Desk.Bid(ctx, a.User, r.Account, r.Order.ID, r.Order.Price); err != nil {
		return nil, err
	}
	return a.say(a.S("bid.kept", "Order", orderText(r.Order.ID)))
}

func spotButton(a *ask, r *rental.Rental) chat.Control {
	return chat.Button(a.S("button.bids"), "spot", chat.Args{"what": orderText(r.Order.ID)})
}
