// Package app puts the bot together from its parts, and starts and stops them. It is the only
// package that knows all the others.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/watch"
	"github.com/clorebot/clorebot/internal/words"
)

// Options are what an App is made from, beside its configuration.
type Options struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	// In and Out are the terminal's, used when it is enabled.
	In  io.Reader
	Out io.Writer
	// Env is the environment, for what a terminal wants to know.
	Env []string
	// Notice gets lines for whoever started the bot: the claim code, a new keyset.
	Notice io.Writer
	// Demo says that the marketplace is simulated and nothing costs money.
	Demo bool
	// Transport, Resolver and DialSSH replace the network in tests.
	Transport http.RoundTripper
	Resolver  notify.Resolver
	DialSSH   func(ctx context.Context, network, address string) (net.Conn, error)
	// ChatTransport replaces the network of the chat platforms in tests.
	ChatTransport http.RoundTripper
	// ChatListen replaces the network for what the chat platforms call.
	ChatListen func(ctx context.Context, network, address string) (net.Listener, error)
	// Frontends are served beside the configured ones, e.g. by tests.
	Frontends []chat.Frontend
	// Now is time.Now when nil.
	Now func() time.Time
}

// App is a bot that is ready to run.
type App struct {
	o          Options
	log        *slog.Logger
	store      *storage.Store
	client     *clore.Client
	board      *market.Board
	commands   *commands.Commands
	agent      *rental.Agent
	watches    *watch.Keeper
	watcher    *notify.Watcher
	dispatcher *notify.Dispatcher
	frontends  []chat.Frontend
	outages    outages
	control    *control
	cleanups   []func() error
}

// New opens the data file and connects the parts. Close the App in the end, also when Run was
// never called.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{o: o, log: o.Log}
	if err := a.assemble(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) assemble(ctx context.Context) error {
	catalogue, err := words.New()
	if err != nil {
		return fmt.Errorf("words: %w", err)
	}
	if err := a.wantFrontends(); err != nil {
		return err
	}
	if err := a.openStore(); err != nil {
		return err
	}
	if err := a.openClore(); err != nil {
		return err
	}
	if err := a.openWatches(ctx); err != nil {
		return err
	}
	claim, err := a.grantAccess(ctx)
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	a.connect(catalogue, claim)
	if err := a.openFrontends(catalogue); err != nil {
		return err
	}
	a.deliver()
	a.control = &control{
		socket: socketPath(a.o.Config), listen: a.o.Config.Health.Listen,
		health: a.Health, backup: a.store.Backup,
	}
	return nil
}

// openStore opens the keyset and the data file.
func (a *App) openStore() error {
	keys, err := openVault(a.o.Config, a.o.Notice)
	if err != nil {
		return err
	}
	a.store, err = storage.Open(storage.Options{
		Path: a.o.Config.Storage.Path, Vault: keys, Diff: notify.Diff,
		OnLedger: a.kick, Now: a.o.Now, Log: a.log.With("part", "storage"),
		MaxSize: int64(a.o.Config.Storage.MaxSize) << 20,
	})
	if err != nil {
		return fmt.Errorf("data file %s: %w", a.o.Config.Storage.Path, err)
	}
	a.cleanup(a.store.Close)
	return nil
}

func (a *App) openClore() error {
	client, err := clore.New(clore.Options{
		BaseURL: a.o.Config.Clore.BaseURL, UserAgent: "clorebot/" + a.o.Version,
		Transport: a.o.Transport, Log: a.log.With("part", "clore"),
	})
	if err != nil {
		return err
	}
	a.client = client
	a.cleanup(func() error { client.CloseIdle(); return nil })
	a.board = market.NewBoard(client.Background().Marketplace, market.Options{
		Now: a.o.Now, MaxAge: time.Duration(a.o.Config.Clore.MarketAge), OnSnapshot: a.judge,
		Log: a.log.With("part", "market"),
	})
	a.cleanup(func() error { a.board.Close(); return nil })
	return nil
}

// connect makes the parts that decide and act.
func (a *App) connect(catalogue *words.Catalogue, claim secret.Text) {
	apis := apis{a.store, a.client}
	pace := rental.DefaultPace()
	pace.Quarantine = time.Duration(a.o.Config.Rental.Quarantine)
	a.agent = rental.NewAgent(rental.AgentOptions{
		Books: a.store, Quotes: a.store, Market: a.board, APIs: apis, Secrets: a.store,
		Finder: finder{a.board, a.o.Now, time.Duration(a.o.Config.Clore.MarketAge)}, Worth: a.worth,
		Log: a.log.With("part", "agent"), Now: a.o.Now, Pace: pace,
	})
	a.watcher = notify.NewWatcher(notify.WatcherOptions{
		Ledgers: a.store, Agent: a.agent, Reacher: a.prober(), Log: a.log.With("part", "watcher"),
	})
	desk := rental.NewDesk(rental.DeskOptions{
		Books: a.store, Quotes: a.store, Secrets: a.store, Kick: a.kick, Now: a.o.Now,
	})
	a.commands = commands.New(commands.Options{
		Words: catalogue, Board: a.board, Desk: desk, Books: a.store, Quotes: a.store,
		Profiles: a.store, Accounts: a.store, Keys: a.store, Grants: a.store, Archive: a.store,
		Confirmations: a.store, Watches: a.watches, Waker: a.store, APIs: apis, Check: a.checkKey, Past: a.pastOrders,
		Watch: a.watch, Now: a.o.Now, NewID: rental.NewID, Log: a.log.With("part", "commands"),
		Local: map[chat.Platform]bool{chat.Terminal: true}, Claim: claim, Demo: a.o.Demo,
	})
}

// prober reaches for SSH ports: public ones, and those of this machine only when Clore itself is
// a simulator on this machine.
func (a *App) prober() *notify.Prober {
	return notify.NewProber(notify.ProberOptions{
		AllowLoopback: cloreIsLocal(a.o.Config), Resolver: a.o.Resolver, Dial: a.o.DialSSH,
	})
}

// deliver connects the outbox with the front-ends.
func (a *App) deliver() {
	senders := map[chat.Platform]chat.Sender{}
	for _, f := range a.frontends {
		senders[f.Platform()] = f
	}
	a.dispatcher = notify.NewDispatcher(notify.DispatcherOptions{
		Outbox: a.store, Renderer: a.commands, Crowd: a.store, Digester: a.commands, Senders: senders, Log: a.log.With("part", "dispatcher"),
	})
}

// Run serves until the context ends or no front-end is left: the terminal is left by its user,
// others end when they fail.
func (a *App) Run(ctx context.Context) error {
	ids, err := a.store.Watched(ctx)
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	a.watcher.Add(ids...)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.watcher.Run(ctx) })
	g.Go(func() error { return a.dispatcher.Run(ctx) })
	g.Go(func() error { a.watches.Run(ctx, a.board); return nil })
	g.Go(func() error { return a.kickDispatcher(ctx) })
	if a.control.backup != nil && a.o.Transport == nil {
		g.Go(func() error { return a.control.run(ctx) })
	}
	g.Go(func() error {
		defer stop()
		return a.serve(ctx)
	})
	a.log.Info("started", "version", a.o.Version, "accounts", len(ids))
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// kickDispatcher tells the dispatcher of deliveries that were committed.
func (a *App) kickDispatcher(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.store.Wakeups():
			a.dispatcher.Kick()
		}
	}
}

// kick tells the watcher that an account's ledger changed. The store calls it before there is a
// watcher, too.
func (a *App) kick(id account.ID) {
	if a.watcher != nil {
		a.watcher.Kick(id)
	}
}

// watch has an account watched that is new, has a new key, or is gone.
func (a *App) watch(id account.ID) {
	if _, err := a.store.Ledger(context.Background(), id); errors.Is(err, rental.ErrNoAccount) {
		a.watcher.Remove(id)
		return
	}
	a.watcher.Add(id)
	a.watcher.Kick(id)
}

func (a *App) cleanup(f func() error) { a.cleanups = append(a.cleanups, f) }

// Close releases everything in the reverse order of its making.
func (a *App) Close() error {
	var failed error
	for _, f := range slices.Backward(a.cleanups) {
		failed = errors.Join(failed, f())
	}
	a.cleanups = nil
	return failed
}
