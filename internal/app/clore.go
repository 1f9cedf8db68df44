package app

import (
	"context"
	"net/url"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// keys gives the API key of an account.
type keys interface {
	Key(ctx context.Context, id account.ID) (secret.Text, error)
}

// apis gives the API of an account, as [rental.APIs].
type apis struct {
	keys   keys
	client *clore.Client
}

// API opens the account's key for the calls to come; it is not kept.
func (a apis) API(ctx context.Context, id account.ID) (rental.API, error) {
	key, err := a.keys.Key(ctx, id)
	if err != nil {
		return nil, err
	}
	own := a.client.WithKey(key)
	return api{own, own.Background()}, nil
}

// api sends what people wait for ahead of what is merely looked up.
type api struct {
	*clore.Client
	background *clore.Client
}

// MyOrders waits behind people's calls: it is what polls do.
func (a api) MyOrders(ctx context.Context, completed bool) ([]clore.Order, error) {
	return a.background.MyOrders(ctx, completed)
}

// checkKey tries a key before it is kept.
func (a *App) checkKey(ctx context.Context, key secret.Text) ([]clore.Wallet, []clore.Order, error) {
	c := a.client.WithKey(key)
	wallets, err := c.Wallets(ctx)
	if err != nil {
		return nil, nil, err
	}
	orders, err := c.MyOrders(ctx, false)
	return wallets, orders, err
}

// pastOrders lists what a key opens, also what has ended.
func (a *App) pastOrders(ctx context.Context, key secret.Text) ([]clore.Order, error) {
	return a.client.WithKey(key).MyOrders(ctx, true)
}

// cloreIsLocal reports whether the marketplace is a simulator on this machine.
func cloreIsLocal(c config.Config) bool {
	u, err := url.Parse(c.Clore.BaseURL)
	return err == nil && config.Loopback(u.Hostname())
}
