package notify

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// ErrSkip is returned by a [Renderer] for an event that is not to be shown: its level is off,
// or what it speaks of is no more.
var ErrSkip = errors.New("nothing to show")

// Renderer puts events into words.
type Renderer interface {
	Render(ctx context.Context, to chat.Address, e rental.Event) (chat.View, error)
}

// DispatcherOptions configure a [Dispatcher].
type DispatcherOptions struct {
	Outbox   Outbox
	Renderer Renderer
	// Crowd and Digester have bursts of a kind become one message; without them none does.
	Crowd    Crowd
	Digester Digester
	// Senders are the front-ends. Deliveries to other platforms wait until there is one.
	Senders  map[chat.Platform]chat.Sender
	Parallel int           // deliveries in flight at once; 32
	Timeout  time.Duration // of one delivery; 15 s
	Grace    time.Duration // for deliveries in flight when the context ends; 5 s
	Log      *slog.Logger
}

// Dispatcher delivers what is in the outbox: one delivery at a time an address, in their order.
type Dispatcher struct {
	o    DispatcherOptions
	kick chan struct{}
	log  *outageLog

	mu      sync.Mutex
	flying  map[chat.Address]bool // deliveries in flight
	brakes  map[chat.Platform]*brake
	workers sync.WaitGroup
}

// NewDispatcher returns a Dispatcher; [Dispatcher.Run] starts it.
func NewDispatcher(o DispatcherOptions) *Dispatcher {
	o.Parallel = cmp.Or(o.Parallel, 32)
	o.Timeout = cmp.Or(o.Timeout, 15*time.Second)
	o.Grace = cmp.Or(o.Grace, 5*time.Second)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Dispatcher{
		o: o, kick: make(chan struct{}, 1), log: &outageLog{log: o.Log, what: "outbox"},
		flying: map[chat.Address]bool{}, brakes: map[chat.Platform]*brake{},
	}
}

// Kick makes the dispatcher look into the outbox now. It never blocks.
func (d *Dispatcher) Kick() {
	select {
	case d.kick <- struct{}{}:
	default: // one is waiting already, and it will see everything
	}
}

// Run delivers until the context ends, and returns after the deliveries in flight are settled.
func (d *Dispatcher) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for failures := 0; ; {
		kick := d.kick
		if failures > 0 {
			kick = nil // a failing store is not asked more often because of a kick
		}
		select {
		case <-ctx.Done():
			d.finish(cancel)
			return nil
		case <-kick:
		case <-timer.C:
		}
		next, err := d.start(ctx, work)
		if d.log.note(err); err != nil && ctx.Err() == nil {
			failures++
			timer.Reset(storePause(failures))
			continue
		}
		failures = 0
		timer.Reset(untilNext(next))
	}
}

// finish waits for the deliveries in flight, first patiently.
func (d *Dispatcher) finish(cancel context.CancelFunc) {
	patience := time.AfterFunc(d.o.Grace, cancel)
	defer patience.Stop()
	d.workers.Wait()
}

const (
	idleWait = time.Minute // without a known next delivery; kicks come sooner
	spinWait = time.Second // when what is due is in flight already
)

func untilNext(next time.Time) time.Duration {
	if next.IsZero() {
		return idleWait
	}
	wait := time.Until(next)
	if wait <= 0 {
		return spinWait
	}
	return min(wait, idleWait)
}

// storePause is how long a failing store is left alone.
func storePause(failures int) time.Duration {
	return min(time.Second<<min(failures-1, 5), 30*time.Second)
}

// start begins the deliveries that are due and have room. It returns when the next one is due.
func (d *Dispatcher) start(ctx, work context.Context) (time.Time, error) {
	// What the outbox says of an address in flight may be out of date by the time it has landed.
	d.mu.Lock()
	flying := maps.Clone(d.flying)
	d.mu.Unlock()
	// Twice the room, because those in flight may be among the answer.
	due, next, err := d.o.Outbox.Due(ctx, time.Now(), 2*d.o.Parallel)
	if err != nil {
		return time.Time{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range due {
		if len(d.flying) >= d.o.Parallel {
			break // a kick follows as soon as one has landed
		}
		if flying[one.To] || d.flying[one.To] {
			continue
		}
		d.flying[one.To] = true
		d.workers.Go(func() {
			d.deliver(work, one)
			d.land(one.To)
		})
	}
	return next, nil
}

func (d *Dispatcher) land(a chat.Address) {
	d.mu.Lock()
	delete(d.flying, a)
	d.mu.Unlock()
	d.Kick() // the address may have another, and somebody may wait for the room
}
