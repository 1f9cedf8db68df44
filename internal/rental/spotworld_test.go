package rental_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// arena is Clore with one server that is fought for: an order with a bid of the account, bids of
// strangers, and Clore's rules.
type arena struct {
	*world
	strangers []money.Money
	rented    bool // on demand, by somebody else
	rates     money.Rates
	vanish    bool // an outbid order is over; else it waits
	maxStep   money.Amount
	lowered   time.Time
	metered   time.Time
	set       []setting
	bookFault bool
	setFault  fate
	// before is told of each new bid before it has an effect, after of each that was taken.
	before func(bid money.Amount)
	after  func()
}

type setting struct {
	at      time.Time
	was, to money.Amount
}

const spotOrder = clore.OrderID(1001)

// newArena returns one in which the account's bid leads, and a bot that has seen it run.
func newArena(t testing.TB, bid string, strangers ...money.Money) (*arena, *bot) {
	t.Helper()
	w := newWorld()
	w.wallets = []clore.Wallet{{Balance: usd("100000")}}
	w.servers[server].SpotFloor = clore.Prices{usd("1")}
	a := &arena{
		world: w, strangers: strangers, maxStep: usd("0.05").Amount, metered: w.clock,
		rates:  money.Rates{money.CLORE: usd("0.01").Amount, money.BTC: usd("64000").Amount},
		before: func(money.Amount) {}, after: func() {},
	}
	w.orders = append(w.orders, &truth{Order: clore.Order{
		ID: spotOrder, Server: server, Kind: clore.Spot, Online: true, Price: usd(bid),
		CreationFee: usd("0.1"), Created: w.clock, MaxRental: 30 * 24 * time.Hour,
	}})
	a.settle()
	l := ledger()
	l.Intents = []rental.Intent{{
		ID: "q", User: ana, Account: acc, Terms: spotTerms(bid), State: rental.Created,
		Taken: t0, Sent: t0, Answered: t0, Settled: t0, Order: spotOrder,
	}}
	l.Rentals = []rental.Rental{{
		Order: w.orders[0].Order, User: ana, Account: acc, Intent: "q", Terms: spotTerms(bid),
		Stage: rental.Listed, Seen: t0,
	}}
	b := newBooks(l)
	bot := &bot{world: w, books: b, Agent: rental.NewAgent(rental.AgentOptions{
		Books: b, Quotes: b, Market: a, APIs: a, Secrets: b, Finder: a, Now: w.now,
		Log: slog.New(slog.DiscardHandler),
	})}
	return a, bot
}

func spotTerms(bid string) rental.Terms {
	t := terms()
	t.Kind, t.Price, t.USD, t.RunFor = clore.Spot, usd(bid), 0, 0
	return t
}

func (a *arena) API(context.Context, account.ID) (rental.API, error) { return a, nil }

func (a *arena) Server(context.Context, clore.ServerID) (*clore.Server, money.Rates, error) {
	s := *a.servers[server]
	s.Rented = a.rented
	return &s, a.rates, nil
}

// Best finds nothing: the server that is fought for is the only one.
func (a *arena) Best(
	context.Context, string, []money.Currency, []clore.ServerID, int,
) ([]rental.Terms, money.Rates, error) {
	return nil, a.rates, nil
}

func (a *arena) own() *truth {
	if o := a.orders[0]; o.Ended.IsZero() {
		return o
	}
	return nil
}

// leads reports whether the account's bid is the highest; of equal ones the older wins, which is
// the stranger's.
func (a *arena) leads() bool {
	o := a.own()
	if o == nil || a.rented {
		return false
	}
	mine, _ := a.rates.USD(o.Price)
	return !slices.ContainsFunc(a.strangers, func(m money.Money) bool {
		usd, _ := a.rates.USD(m)
		return usd >= mine
	})
}

// settle lets whoever leads have the server.
func (a *arena) settle() {
	a.meter()
	o := a.own()
	switch {
	case o == nil:
	case a.leads():
		if o.Container == 0 {
			o.Container, o.Hosts = clore.Deployed, []string{host}
			o.Ports = []clore.PortMap{{Container: 22, Public: 1972}}
		}
	case o.Container == 0:
	case a.vanish:
		a.end(o.ID)
	default:
		o.Container, o.Hosts, o.Ports = 0, nil, nil
	}
}

// meter counts what the order has cost since the last time.
func (a *arena) meter() {
	if o := a.own(); o != nil && o.Container > 0 {
		o.Spend.Currency = money.USD
		o.Spend.Amount += o.Price.Amount.MulDiv(int64(a.clock.Sub(a.metered)), int64(24*time.Hour))
	}
	a.metered = a.clock
}

func (a *arena) MyOrders(ctx context.Context, ended bool) ([]clore.Order, error) {
	a.meter()
	return a.world.MyOrders(ctx, ended)
}

func (a *arena) CancelOrder(ctx context.Context, id clore.OrderID, issue string) error {
	a.meter()
	return a.world.CancelOrder(ctx, id, issue)
}

func (a *arena) SpotMarketplace(context.Context, clore.ServerID) (*clore.SpotMarket, error) {
	a.request("book")
	if a.bookFault {
		return nil, clore.ErrUnavailable
	}
	m := &clore.SpotMarket{Exists: true, Online: true, Floor: clore.Prices{usd("1")}, Rates: a.rates}
	if o := a.own(); o != nil {
		m.Offers = append(m.Offers, clore.SpotOffer{Order: o.ID, Bid: o.Price, Mine: true, Active: a.leads()})
	}
	best := 0
	for i, s := range a.strangers {
		x, _ := a.rates.USD(s)
		if y, _ := a.rates.USD(a.strangers[best]); x > y {
			best = i
		}
	}
	for i, s := range a.strangers {
		m.Offers = append(m.Offers, clore.SpotOffer{
			Order: clore.OrderID(9000 + i), Bid: s, Active: i == best && !a.rented && !a.leads(),
		})
	}
	return m, nil
}

func (a *arena) SetSpotPrice(_ context.Context, id clore.OrderID, bid money.Amount) error {
	a.request("set")
	a.before(bid)
	o := a.own()
	refuse := func(e clore.Error) error {
		e.Code = clore.CodeOther
		return &e
	}
	switch {
	case a.setFault == dropped:
		return fmt.Errorf("set_spot_price: %w", clore.ErrOutcomeUnknown)
	case a.setFault == limited:
		return &clore.Error{Code: clore.CodeRate}
	case o == nil || o.ID != id:
		return refuse(clore.Error{Text: clore.OrderUnknown})
	case bid < usd("1").Amount:
		return refuse(clore.Error{Text: clore.AmountTooLow})
	}
	if drop := o.Price.Amount - bid; drop > 0 {
		if drop > a.maxStep {
			return refuse(clore.Error{Text: clore.StepTooLarge, MaxStep: a.maxStep})
		}
		if left := 600*time.Second - a.clock.Sub(a.lowered); !a.lowered.IsZero() && left > 0 {
			return refuse(clore.Error{Text: clore.LowerLater, Wait: left.Round(time.Second)})
		}
		a.lowered = a.clock
	}
	a.meter()
	a.set = append(a.set, setting{a.clock, o.Price.Amount, bid})
	o.Price.Amount = bid
	a.settle()
	a.after()
	if a.setFault == lost {
		return fmt.Errorf("set_spot_price: %w", clore.ErrOutcomeUnknown)
	}
	return nil
}
