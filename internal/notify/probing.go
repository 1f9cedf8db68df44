package notify

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// probe is a port that is reached for again and again.
type probe struct {
	host   string
	port   int
	since  time.Time
	due    time.Time
	flying bool
	every  time.Duration
	calm   bool // it answers, and another answer is nothing new
}

// probe starts the probes of an account that are due, and brings its plan up to date.
func (w *Watcher) probe(ctx context.Context, e *watch, l *rental.Ledger) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := make(map[clore.OrderID]*probe, len(l.Rentals))
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if p := e.plan(r, now); p != nil {
			kept[r.Order.ID] = p
			w.launch(ctx, e, r.Order.ID, p, now)
		}
	}
	e.probes = nil
	if len(kept) > 0 {
		e.probes = kept
	}
}

// plan returns the probe of a rental, or nil when its port need not be reached for.
func (e *watch) plan(r *rental.Rental, now time.Time) *probe {
	host, port, ok := r.Order.SSH()
	ending := r.Cancel != nil && !r.Cancel.Accepted.IsZero()
	if !ok || ending || r.Stage != rental.Addressed && r.Stage != rental.Ready {
		return nil
	}
	p := e.probes[r.Order.ID]
	if p == nil || p.host != host || p.port != port {
		p = &probe{host: host, port: port, since: now, due: now.Add(firstProbe)}
		if r.Stage == rental.Ready { // found so at start-up
			p.due = now.Add(fraction(readyProbe, e.id, now))
		}
	}
	if every := interval(r, now.Sub(p.since)); every != p.every {
		p.every = every
		if at := now.Add(every); p.due.After(at) {
			p.due = at
		}
	}
	p.calm = r.Stage == rental.Ready && r.Probe.Misses == 0
	return p
}

const (
	firstProbe = time.Second
	readyProbe = time.Minute
)

// interval returns how long to wait between probes of a rental that has been reached for so
// long.
func interval(r *rental.Rental, age time.Duration) time.Duration {
	switch {
	case r.Stage == rental.Ready && !r.Probe.Down.IsZero():
		return 15 * time.Second
	case r.Stage == rental.Ready:
		return readyProbe
	case age < 5*time.Minute:
		return 2 * time.Second
	case age < 15*time.Minute:
		return 5 * time.Second
	default:
		return 30 * time.Second
	}
}

// launch starts a probe that is due. The mutex is held.
func (w *Watcher) launch(ctx context.Context, e *watch, order clore.OrderID, p *probe, now time.Time) {
	if p.flying || p.due.After(now) || ctx.Err() != nil {
		return
	}
	p.flying = true
	calm := p.calm
	w.work.Go(func() {
		select {
		case w.reach <- struct{}{}:
		case <-ctx.Done():
			return
		}
		failure := w.o.Reacher.Probe(ctx, p.host, p.port)
		<-w.reach
		if ctx.Err() != nil {
			return // it says nothing of the port
		}
		if (failure != "" || !calm) && !w.ours(failure) {
			w.reached(ctx, e, order, rental.ProbeResult{Host: p.host, Port: p.port, Failure: failure})
		}
		w.landed(e, p)
	})
}

// ours reports whether a failure is most likely one of our own network, since Clore cannot be
// reached either. Nobody is told that a server is down because the bot is offline.
func (w *Watcher) ours(failure string) bool {
	silent := failure == TimedOut || failure == Unresolved || failure == Cut
	return silent && w.faults.many()
}

// reached records what a probe has shown. Nothing is committed when it changes nothing.
func (w *Watcher) reached(ctx context.Context, e *watch, order clore.OrderID, res rental.ProbeResult) {
	err := w.o.Ledgers.Update(ctx, e.id, func(l *rental.Ledger) error {
		l.Reached(order, res, time.Now())
		return nil
	})
	_ = w.stored(err) // the next probe finds the same
}

// landed makes the account due for the next probe.
func (w *Watcher) landed(e *watch, p *probe) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	p.flying = false
	p.due = now.Add(jitter(p.every, seed(e.id, now)))
	if w.accounts[e.id] != e || e.running {
		return // the end of the turn sees to it
	}
	w.schedule(e, sooner(e.due, p.due))
	w.rouse()
}

// nextProbe returns when the first probe is due, zero for never. The mutex is held.
func (e *watch) nextProbe() time.Time {
	var first time.Time
	for _, p := range e.probes {
		if !p.flying {
			first = sooner(first, p.due)
		}
	}
	return first
}
