package app

import (
	"context"
	"fmt"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

// openWatches loads the watches. From then on they are judged with each snapshot of the market.
func (a *App) openWatches(ctx context.Context) error {
	var err error
	a.watches, err = watch.Open(ctx, a.store, watch.Options{Now: a.o.Now, Ripe: a.ripe, Log: a.log.With("part", "watches")})
	if err != nil {
		return fmt.Errorf("data file %s: %w", a.o.Config.Storage.Path, err)
	}
	return nil
}

// judge puts a snapshot before the watches. No snapshot comes before everything is connected.
func (a *App) judge(s *market.Snapshot) { a.watches.Judge(s) }

// ripe has an account worked on, of whose mandates one may buy now.
func (a *App) ripe(id account.ID, mandate string) {
	a.agent.Ripe(id, mandate)
	a.kick(id)
}
