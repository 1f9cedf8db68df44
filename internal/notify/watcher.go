package notify

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
)

// Ledgers is what the watcher needs of [rental.Books].
type Ledgers interface {
	Ledger(ctx context.Context, id account.ID) (rental.Ledger, error)
	Update(ctx context.Context, id account.ID, change func(*rental.Ledger) error) error
}

// Agent knows what has to be done for an account, and does it. A step that is due at the zero
// time is never due. *rental.Agent is one.
type Agent interface {
	Next(ctx context.Context, id account.ID) (rental.Step, error)
	Do(ctx context.Context, id account.ID, step rental.Step) error
}

// Reacher finds out whether SSH answers; [Prober] is one. It returns "" when it does.
type Reacher interface {
	Probe(ctx context.Context, host string, port int) string
}

// WatcherOptions configure a [Watcher].
type WatcherOptions struct {
	Ledgers  Ledgers
	Agent    Agent
	Reacher  Reacher
	Parallel int           // accounts that are worked for at once; 1,024
	Spread   time.Duration // over which the first looks at idle accounts are spread; 1 minute
	Grace    time.Duration // for steps that spend or end something when the context ends; 10 s
	Log      *slog.Logger
}

// Watcher has done what is due for each account: one heap by due times, one timer, and a
// goroutine for each account that something is being done for. There are never two of an
// account; a kick meanwhile makes it due again. Its methods may be called at any time.
type Watcher struct {
	o       WatcherOptions
	wake    chan struct{}
	store   *outageLog
	reach   chan struct{} // room for probes
	work    sync.WaitGroup
	faults  faults
	silence silence

	mu       sync.Mutex
	accounts map[account.ID]*watch
	queue    queue
	fresh    []*watch // not in the queue yet
	running  int
}

// NewWatcher returns a Watcher; [Watcher.Run] starts it.
func NewWatcher(o WatcherOptions) *Watcher {
	const probes = 256
	o.Parallel = cmp.Or(o.Parallel, 1024)
	o.Spread = cmp.Or(o.Spread, time.Minute)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Watcher{
		o: o, wake: make(chan struct{}, 1), reach: make(chan struct{}, probes),
		store: &outageLog{log: o.Log, what: "store"}, faults: faults{log: o.Log},
		accounts: map[account.ID]*watch{},
	}
}

// Add makes accounts known. Those with something in hand are looked at first, the others in the
// course of the spread.
func (w *Watcher) Add(ids ...account.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if e := w.accounts[id]; e != nil {
			e.removed = false
			continue
		}
		e := newWatch(id)
		w.accounts[id] = e
		w.fresh = append(w.fresh, e)
	}
	w.rouse()
}

// Kick makes an account due now: something changed about it. An unknown one is added.
func (w *Watcher) Kick(id account.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.accounts[id]
	if e == nil {
		e = newWatch(id)
		w.accounts[id] = e
	}
	if e.running {
		e.again, e.removed = true, false
		return
	}
	e.sorted = true
	w.schedule(e, latest(time.Now(), e.calm))
	w.rouse()
}

// Remove forgets an account. What is being done for it is finished.
func (w *Watcher) Remove(id account.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := w.accounts[id]; {
	case e == nil:
	case e.running: // it keeps its place, so that there are never two turns at once
		e.removed, e.again = true, false
	default:
		w.forget(e)
	}
}

// Run works until the context ends. Then it begins nothing new and returns when what is in hand
// is finished: reads are given up, but the answer to an order is waited for.
func (w *Watcher) Run(ctx context.Context) error {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-w.wake:
			w.begin(ctx, late, timer)
		case <-timer.C:
			w.begin(ctx, late, timer)
		}
	}
	return w.finish(cancel)
}

var errStuck = errors.New("watcher: something in hand did not end")

func (w *Watcher) finish(cancel context.CancelFunc) error {
	done := make(chan struct{})
	go func() {
		w.work.Wait()
		close(done)
	}()
	patience := time.NewTimer(w.o.Grace)
	defer patience.Stop()
	for range 2 {
		select {
		case <-done:
			return nil
		case <-patience.C:
			cancel()
			patience.Reset(w.o.Grace)
		}
	}
	return errStuck
}

// begin starts what is due and sets the timer to what comes next.
func (w *Watcher) begin(ctx, late context.Context, timer *time.Timer) {
	w.sort(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for len(w.queue) > 0 && w.running < w.o.Parallel && !w.queue[0].due.After(now) {
		e := heap.Pop(&w.queue).(*watch)
		e.running = true
		w.running++
		w.work.Go(func() { w.run(ctx, late, e) })
	}
	timer.Stop()
	if len(w.queue) > 0 && w.running < w.o.Parallel { // otherwise something wakes us
		timer.Reset(w.queue[0].due.Sub(now))
	}
}

// rouse makes Run look at the heap.
func (w *Watcher) rouse() {
	select {
	case w.wake <- struct{}{}:
	default: // it is about to
	}
}
