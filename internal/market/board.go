package market

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// ErrClosed is returned by a closed [Board].
var ErrClosed = errors.New("market: closed")

// errEmpty is an answer without a server where there were some before: a fault, not the market.
var errEmpty = errors.New("marketplace without servers")

// Options of a [Board]. The zero value of each field means its default.
type Options struct {
	Now      func() time.Time // time.Now
	MaxAge   time.Duration    // a snapshot as old is served as it is; a minute
	MaxStale time.Duration    // one as old is still served, while the next is fetched; ten minutes
	Timeout  time.Duration    // of a fetch; 45 seconds
	Pause    time.Duration    // after a failed fetch, before the next in the background; 10 seconds
	// OnSnapshot is called with each new snapshot, one after the other. The next fetch waits
	// for it; those who wait for the snapshot do not.
	OnSnapshot func(*Snapshot)
	Log        *slog.Logger // of failed fetches that nobody waits for; discards
}

// Board keeps the newest snapshot of the marketplace and fetches one when somebody needs it:
// one fetch at a time, shared by all who wait. A caller who gives up does not stop it.
type Board struct {
	fetch   func(context.Context) (*clore.Marketplace, error)
	options Options

	mu      sync.Mutex
	current *Snapshot
	failed  time.Time // the last fetch in a row that failed
	running *flight
	queued  *flight // starts when running is done
	closed  bool
	done    sync.WaitGroup
}

// flight is a fetch.
type flight struct {
	cancel   context.CancelFunc
	landed   chan struct{} // closed when the next two are set
	snapshot *Snapshot
	err      error
	waiters  int
}

// NewBoard returns a board that fetches with a function such as [clore.Client.Marketplace]. It
// is to be closed.
func NewBoard(fetch func(context.Context) (*clore.Marketplace, error), o Options) *Board {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.MaxAge = cmp.Or(o.MaxAge, time.Minute)
	o.MaxStale = cmp.Or(o.MaxStale, 10*time.Minute)
	o.Timeout = cmp.Or(o.Timeout, 45*time.Second)
	o.Pause = cmp.Or(o.Pause, 10*time.Second)
	return &Board{fetch: fetch, options: o}
}

// Close stops a fetch and waits for its end. Calls that wait, and later ones, get ErrClosed.
func (b *Board) Close() {
	b.mu.Lock()
	b.closed = true
	if b.running != nil {
		b.running.cancel()
	}
	b.mu.Unlock()
	b.done.Wait()
}

// Peek returns the newest snapshot without fetching; nil when there is none yet.
func (b *Board) Peek() *Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current
}

// Snapshot returns a snapshot of at most MaxStale. One older than MaxAge is returned at once
// while the next is fetched behind it. Together with an error it returns the newest there is,
// however old, or nil.
func (b *Board) Snapshot(ctx context.Context) (*Snapshot, error) {
	b.mu.Lock()
	if b.closed {
		defer b.mu.Unlock()
		return b.current, ErrClosed
	}
	now, current := b.options.Now(), b.current
	age := b.options.MaxStale + 1
	if current != nil {
		age = now.Sub(current.at)
	}
	if age <= b.options.MaxStale {
		if age > b.options.MaxAge && b.running == nil && now.Sub(b.failed) >= b.options.Pause {
			b.start(newFlight())
		}
		b.mu.Unlock()
		return current, nil
	}
	if b.running == nil {
		b.start(newFlight())
	}
	f := b.running
	f.waiters++
	b.mu.Unlock()
	return b.wait(ctx, f)
}

// Fresh returns a snapshot that is fetched after the call. Callers that come while a fetch is on
// its way share the one that follows it.
func (b *Board) Fresh(ctx context.Context) (*Snapshot, error) {
	b.mu.Lock()
	if b.closed {
		defer b.mu.Unlock()
		return b.current, ErrClosed
	}
	var f *flight
	switch {
	case b.running == nil:
		f = newFlight()
		b.start(f)
	case b.queued == nil:
		b.queued = newFlight()
		f = b.queued
	default:
		f = b.queued
	}
	f.waiters++
	b.mu.Unlock()
	return b.wait(ctx, f)
}

// Server returns a server from a snapshot that is fetched after the call, and the rates; a nil
// server when it is not listed. The server is not to be altered.
func (b *Board) Server(ctx context.Context, id clore.ServerID) (*clore.Server, money.Rates, error) {
	s, err := b.Fresh(ctx)
	if err != nil {
		return nil, nil, err
	}
	return s.Server(id), s.Rates(), nil
}

func newFlight() *flight { return &flight{landed: make(chan struct{})} }

// start begins a fetch. The caller holds the lock, and no fetch is running.
func (b *Board) start(f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), b.options.Timeout)
	f.cancel = cancel
	b.running = f
	b.done.Go(func() {
		defer cancel()
		s, err := b.load(ctx)
		b.land(f, s, err)
		if err == nil && b.options.OnSnapshot != nil {
			b.options.OnSnapshot(s)
		}
		b.next()
	})
}

// load fetches and indexes.
func (b *Board) load(ctx context.Context) (*Snapshot, error) {
	at := b.options.Now()
	m, err := b.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("marketplace: %w", err)
	}
	if len(m.Servers) == 0 {
		if old := b.Peek(); m.Skipped > 0 || (old != nil && old.Len() > 0) {
			return nil, errEmpty
		}
	}
	return NewSnapshot(m, at), nil
}

// land publishes what a fetch brought.
func (b *Board) land(f *flight, s *Snapshot, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.current, b.failed = s, time.Time{}
	case b.closed:
		err = ErrClosed
	default:
		b.failed = b.options.Now()
		if f.waiters == 0 {
			b.options.Log.Warn("marketplace not refreshed", "error", err)
		}
	}
	f.settle(b.current, err)
}

// next starts the fetch that was asked for during the last one, if any.
func (b *Board) next() {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.queued
	b.running, b.queued = nil, nil
	switch {
	case f == nil:
	case b.closed:
		f.settle(b.current, ErrClosed)
	default:
		b.start(f)
	}
}

// settle hands the outcome to those who wait.
func (f *flight) settle(s *Snapshot, err error) {
	f.snapshot, f.err = s, err
	close(f.landed)
}

// wait returns the outcome of a fetch, or the newest snapshot when the caller cannot wait so long.
func (b *Board) wait(ctx context.Context, f *flight) (*Snapshot, error) {
	select {
	case <-f.landed:
		return f.snapshot, f.err
	case <-ctx.Done():
		return b.Peek(), ctx.Err()
	}
}
