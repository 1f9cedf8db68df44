package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/simulator"
)

// DemoOptions are the choices of a demo.
type DemoOptions struct {
	Seed  uint64
	Speed float64 // how much faster than life orders start and prices move
	// Dir keeps the data; "" makes a folder that is removed in the end.
	Dir string
}

// demoLatency is how long the simulated Clore takes to answer at most, at normal speed.
const demoLatency = 400 * time.Millisecond

// demoBidders is the share of the servers that strangers bid on, so that bidding can be tried.
const demoBidders = 0.5

// Demo runs the whole product on this machine: a simulated Clore, a data file, the notifier and
// the terminal, with an account that has play money. o needs no configuration.
func Demo(ctx context.Context, o Options, d DemoOptions) (err error) {
	dir, remove, err := demoDir(d.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	ctx, stop := context.WithCancel(ctx)
	clore, err := simulator.Start(ctx, simulator.Options{
		Seed: d.Seed, Speed: d.Speed, Limiter: simulator.Lenient, Bidders: demoBidders,
		Latency: time.Duration(float64(demoLatency) / d.Speed),
	}, "127.0.0.1:0")
	if err != nil {
		stop()
		return err
	}
	defer func() { stop(); clore.Wait() }()
	o.Config = demoConfig(dir, clore.BaseURL)
	o.Demo = true
	a, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.lend(ctx, secret.New(clore.Key)); err != nil {
		return err
	}
	return a.Run(ctx)
}

// demoDir returns the folder for the data and what to do with it in the end.
func demoDir(dir string) (path string, remove func() error, err error) {
	if dir != "" {
		return dir, func() error { return nil }, nil
	}
	path, err = os.MkdirTemp("", "clorebot-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("demo: %w", err)
	}
	return path, func() error { return os.RemoveAll(path) }, nil
}

func demoConfig(dir, base string) config.Config {
	c := config.Default()
	c.Clore.BaseURL = base
	c.Terminal.Enabled = true
	c.Storage.Path = filepath.Join(dir, "data", "clorebot.db")
	c.Vault.KeyFile = filepath.Join(dir, "keys", "clorebot.keyset.json")
	c.Log.Level = "error"
	return c
}

// lend gives the person at the terminal an account with the key. A demo that goes on with old
// data gets the new simulator's key in the old account.
func (a *App) lend(ctx context.Context, key secret.Text) error {
	user := chat.User{Platform: chat.Terminal, ID: "local"}
	own := account.Account{ID: "demo", User: user, Label: "Demo", Tail: key.Tail(), Added: a.o.Now()}
	if err := a.store.SaveAccount(ctx, own, key); err != nil {
		return fmt.Errorf("demo account: %w", err)
	}
	return a.store.UpdateProfile(ctx, user, func(p *account.Profile) error {
		p.Active = own.ID
		return nil
	})
}
