package rental_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// fate is what becomes of a request.
type fate int

const (
	fine       fate = iota
	lost            // executed, but the answer never came
	dropped         // not executed, and no answer came
	late            // executed up to half a minute after the connection died
	limited         // refused for the rate
	unsent          // no connection
	offline         // refused: the host is offline
	emptyFor        // a list that is empty for a moment
	badKey          // the key is refused
	alreadyOff      // cancel_order: ended already
	hollow          // cancel_order: a yes that ends nothing
	taken           // create_order: the server is rented
	poor            // create_order: the wallet is empty
)

// world is Clore, with a memory of what really happened. Its clock is the test's.
type world struct {
	clock   time.Time
	skew    time.Duration // of Clore's clock
	latency time.Duration
	last    clore.OrderID
	orders  []*truth
	servers map[clore.ServerID]*clore.Server
	wallets []clore.Wallet
	// fate decides about each request, "create", "cancel", "list", "market" or "wallets".
	fate func(call string) fate
	// guarded refuses a second order on a server, as Clore does.
	guarded bool
	// careless sends orders without announcing them.
	careless bool
	// point is passed before and after each request takes effect.
	point func(name string)
	calls []string
	sent  []clore.OrderRequest
}

// truth is an order as it really is.
type truth struct {
	clore.Order
	password string
	visible  time.Time // in the lists from then on
	starts   time.Time // exists from then on
}

func newWorld() *world {
	return &world{
		clock: t0, latency: 300 * time.Millisecond, last: 1000, guarded: true,
		servers: map[clore.ServerID]*clore.Server{server: freeServer(server, "2")},
		wallets: []clore.Wallet{{Balance: usd("1000")}},
		fate:    func(string) fate { return fine },
		point:   func(string) {},
	}
}

func freeServer(id clore.ServerID, price string) *clore.Server {
	return &clore.Server{
		ID: id, OnDemand: clore.Prices{usd(price)}, SpotFloor: clore.Prices{usd("1")},
		Coins: []money.Currency{money.USD},
	}
}

func (w *world) now() time.Time { return w.clock }

func (w *world) request(call string) fate {
	w.calls = append(w.calls, call)
	w.clock = w.clock.Add(w.latency / 2)
	w.point("before " + call)
	f := w.fate(call)
	w.clock = w.clock.Add(w.latency / 2)
	return f
}

func (w *world) API(context.Context, account.ID) (rental.API, error) { return w, nil }

func (w *world) Server(_ context.Context, id clore.ServerID) (*clore.Server, money.Rates, error) {
	if w.request("market") != fine {
		return nil, nil, clore.ErrUnavailable
	}
	return w.servers[id], nil, nil
}

func (w *world) CreateOrder(ctx context.Context, r clore.OrderRequest) error {
	if !w.careless {
		if err := r.Before(ctx); err != nil {
			return fmt.Errorf("create_order: %w: %w", clore.ErrNotSent, err)
		}
	}
	w.sent = append(w.sent, r)
	f := w.request("create")
	switch f {
	case fine, lost:
		if w.guarded && w.taken(r.Server) {
			return &clore.Error{Code: clore.CodeOther, Text: clore.ServerRented}
		}
		w.execute(r, 0)
	case late:
		w.execute(r, 25*time.Second)
	default:
	}
	w.point("after create")
	switch f {
	case fine:
		return nil
	case limited:
		return &clore.Error{Code: clore.CodeRate}
	case unsent:
		return fmt.Errorf("create_order: %w", clore.ErrNotSent)
	case offline:
		return &clore.Error{Code: clore.CodeOther, Text: clore.ServerOffline}
	case badKey:
		return &clore.Error{Code: clore.CodeKey}
	case taken:
		return &clore.Error{Code: clore.CodeOther, Text: clore.ServerRented}
	case poor:
		return &clore.Error{Code: clore.CodeOther, Text: clore.NotEnoughBalance}
	default:
		return fmt.Errorf("create_order: %w: connection reset", clore.ErrOutcomeUnknown)
	}
}

func (w *world) execute(r clore.OrderRequest, after time.Duration) {
	price := r.Limit
	if r.Kind == clore.Spot {
		price = r.Bid
	}
	w.last += 3
	o := &truth{password: r.SSHPassword, starts: w.clock.Add(after)}
	o.visible = o.starts.Add(3 * time.Second)
	o.Order = clore.Order{
		ID: w.last, Server: r.Server, Kind: r.Kind, Online: true,
		Price:       money.Money{Amount: price, Currency: r.Currency},
		CreationFee: usd("0.1"), Spend: usd("0.001"),
		Created: o.starts.Add(w.skew).Truncate(time.Second), MaxRental: 7 * 24 * time.Hour,
	}
	w.orders = append(w.orders, o)
}

// taken reports whether an order is on the server.
func (w *world) taken(id clore.ServerID) bool {
	return slices.ContainsFunc(w.orders, func(o *truth) bool {
		return o.Server == id && o.Ended.IsZero() && !o.starts.After(w.clock)
	})
}

func (w *world) CancelOrder(_ context.Context, id clore.OrderID, _ string) error {
	f := w.request("cancel")
	defer w.point("after cancel")
	i := slices.IndexFunc(w.orders, func(o *truth) bool { return o.ID == id })
	switch {
	case f == dropped:
		return fmt.Errorf("cancel_order: %w", clore.ErrOutcomeUnknown)
	case i < 0:
		return &clore.Error{Code: clore.CodeOther, Text: clore.OrderNotFound}
	case !w.orders[i].Ended.IsZero() || f == alreadyOff:
		return &clore.Error{Code: clore.CodeOther, Text: clore.OrderNotActive}
	}
	if f == hollow {
		return nil
	}
	w.end(id)
	if f == lost {
		return fmt.Errorf("cancel_order: %w", clore.ErrOutcomeUnknown)
	}
	return nil
}

// end ends an order, for whatever reason.
func (w *world) end(id clore.OrderID) {
	for _, o := range w.orders {
		if o.ID == id {
			o.Ended, o.Expired = w.clock.Add(w.skew), true
			o.Spend, o.Hosts, o.Ports = usd("0.5"), nil, nil
		}
	}
}

// deploy gives every order its container and address.
func (w *world) deploy() {
	for _, o := range w.orders {
		if o.Ended.IsZero() {
			o.Container, o.Hosts = clore.Deployed, []string{host}
			o.Ports = []clore.PortMap{{Container: 22, Public: int(o.ID)}}
		}
	}
}

func (w *world) MyOrders(_ context.Context, ended bool) ([]clore.Order, error) {
	f := w.request("list")
	if f == badKey {
		return nil, &clore.Error{Code: clore.CodeKey}
	}
	if f == emptyFor {
		return nil, nil
	}
	if f != fine {
		return nil, fmt.Errorf("my_orders: %w", clore.ErrUnavailable)
	}
	var all []clore.Order
	for _, o := range w.orders {
		live := o.Ended.IsZero() && !o.visible.After(w.clock)
		if live || ended && !o.Ended.IsZero() {
			v := o.Order
			v.Hosts, v.Ports = slices.Clone(o.Hosts), slices.Clone(o.Ports)
			all = append(all, v)
		}
	}
	return all, nil
}

func (w *world) Wallets(context.Context) ([]clore.Wallet, error) {
	if w.request("wallets") != fine {
		return nil, clore.ErrUnavailable
	}
	return w.wallets, nil
}

// bot is an agent in a world, driven as the watcher does it.
type bot struct {
	*rental.Agent
	world *world
	books *books
}

func newBot(w *world, b *books) *bot {
	return &bot{world: w, books: b, Agent: rental.NewAgent(rental.AgentOptions{
		Books: b, Quotes: b, Market: w, APIs: w, Secrets: b, Now: w.now, Finder: shop{w},
		Log: slog.New(slog.DiscardHandler),
	})}
}

// step does what is due, or lets the time pass until something is, but not beyond the end. It
// reports false when there is nothing to do until then.
func (b *bot) step(ctx context.Context, end time.Time) (bool, error) {
	s, err := b.Next(ctx, acc)
	switch {
	case err != nil:
		return false, err
	case s.Do == rental.DoNothing || s.At.After(end):
		b.world.clock = end
		return false, nil
	case s.At.After(b.world.clock):
		b.world.clock = s.At
		return true, nil
	}
	if err := b.Do(ctx, acc, s); err != nil {
		if !excused(err) {
			return false, err
		}
		b.world.clock = b.world.clock.Add(time.Second) // as the watcher rests
	}
	return true, nil
}

// excused reports whether an error is one that Clore or the disk may cause.
func excused(err error) bool {
	var answer *clore.Error
	return errors.Is(err, clore.ErrUnavailable) || errors.Is(err, clore.ErrOutcomeUnknown) ||
		errors.As(err, &answer) || errors.Is(err, errDisk)
}

// run lets the bot work for a while.
func (b *bot) run(ctx context.Context, d time.Duration) error {
	end := b.world.clock.Add(d)
	for b.world.clock.Before(end) {
		if _, err := b.step(ctx, end); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) SpotMarketplace(context.Context, clore.ServerID) (*clore.SpotMarket, error) {
	return &clore.SpotMarket{}, nil
}

func (w *world) SetSpotPrice(context.Context, clore.OrderID, money.Amount) error { return nil }
