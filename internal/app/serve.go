package app

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
)

// outages are the front-ends that have failed, and why.
type outages struct {
	mu     sync.Mutex
	failed []error
}

func (o *outages) note(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = append(o.failed, err)
}

// err returns what has failed, nil for nothing.
func (o *outages) err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return errors.Join(o.failed...)
}

// serve runs the front-ends until all have ended. One that fails, e.g. because its token was
// withdrawn, ends alone: rentals are still watched, and people of the others served. The error is
// that of the failed ones, once there is none left; nil when the context ended them.
func (a *App) serve(ctx context.Context) error {
	var running sync.WaitGroup
	for _, f := range a.frontends {
		running.Go(func() { a.serveOne(ctx, f) })
	}
	running.Wait()
	if ctx.Err() != nil {
		return nil //nolint:nilerr // stopping is no failure
	}
	return a.outages.err()
}

func (a *App) serveOne(ctx context.Context, f chat.Frontend) {
	err := f.Run(ctx, a.commands)
	if err == nil || ctx.Err() != nil {
		return
	}
	a.outages.note(fmt.Errorf("%s: %w", f.Platform(), err))
	a.log.Error("a front-end has failed and serves nobody until the bot is started again; any others go on",
		"platform", f.Platform(), "err", err)
}

// ailing is a front-end that knows what keeps it from serving everybody.
type ailing interface {
	// Health returns it, nil for nothing.
	Health() error
}

// Health says what keeps the bot from doing all that it should, nil for nothing.
func (a *App) Health(context.Context) error {
	failed := a.outages.err()
	for _, f := range a.frontends {
		if one, ok := f.(ailing); ok {
			if err := one.Health(); err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", f.Platform(), err))
			}
		}
	}
	if a.store.Degraded() {
		failed = errors.Join(errDiskFull, failed)
	}
	if failed != nil {
		return fmt.Errorf("degraded: %w", failed)
	}
	return nil
}

var errDiskFull = errors.New("the disk is full: nothing new is rented until there is room")
