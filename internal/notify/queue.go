package notify

import (
	"container/heap"
	"context"
	"hash/fnv"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// watch is an account as the watcher sees it. There may be 100,000 of them: it must stay small.
type watch struct {
	id       account.ID
	due      time.Time
	calm     time.Time // not before, whoever kicks: it has just failed
	place    int       // in the heap, or unplaced
	failures int
	probes   map[clore.OrderID]*probe
	sorted   bool // its place at start-up was found
	known    bool // was worked for in this process
	running  bool
	ending   bool // a rental of it has to be cancelled
	again    bool // kicked while running
	removed  bool // to be forgotten after the turn
}

const unplaced = -1

func newWatch(id account.ID) *watch { return &watch{id: id, place: unplaced} }

// queue is a heap by due times.
type queue []*watch

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due.Before(q[j].due) }

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push implements [heap.Interface].
func (q *queue) Push(x any) {
	e := x.(*watch)
	e.place = len(*q)
	*q = append(*q, e)
}

// Pop implements [heap.Interface].
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.place = unplaced
	return e
}

// schedule makes an account due at a time, or at none for the zero time. The mutex is held.
func (w *Watcher) schedule(e *watch, at time.Time) {
	e.due = at
	switch {
	case at.IsZero() && e.place != unplaced:
		heap.Remove(&w.queue, e.place)
	case at.IsZero():
	case e.place == unplaced:
		heap.Push(&w.queue, e)
	default:
		heap.Fix(&w.queue, e.place)
	}
}

// forget drops an account. The mutex is held.
func (w *Watcher) forget(e *watch) {
	w.schedule(e, time.Time{})
	delete(w.accounts, e.id)
}

// sort finds the places of some accounts that are new. Those with something in hand come first.
func (w *Watcher) sort(ctx context.Context) {
	const atOnce = 256
	w.mu.Lock()
	some := w.fresh[:min(len(w.fresh), atOnce)]
	w.fresh = w.fresh[len(some):]
	if len(w.fresh) > 0 {
		w.rouse()
	}
	w.mu.Unlock()
	for _, e := range some {
		now := time.Now()
		at := now.Add(fraction(w.o.Spread, e.id, now))
		// An error is met again when its turn comes.
		if l, err := w.o.Ledgers.Ledger(ctx, e.id); err == nil && pressing(&l, at) {
			at = now
		}
		w.mu.Lock()
		if w.accounts[e.id] == e && !e.sorted {
			e.sorted = true
			w.schedule(e, at)
		}
		w.mu.Unlock()
	}
}

// pressing reports whether something of the account should not wait until a time.
func pressing(l *rental.Ledger, until time.Time) bool {
	open := func(n rental.Intent) bool { return n.State.Open() }
	moving := func(r rental.Rental) bool {
		return !r.Settled() || r.Cancel != nil || !r.Gone.IsZero() ||
			!r.StopAt.IsZero() && r.StopAt.Before(until)
	}
	return slices.ContainsFunc(l.Intents, open) || slices.ContainsFunc(l.Rentals, moving)
}

// fraction returns a part of a span that differs from account to account.
func fraction(span time.Duration, id account.ID, now time.Time) time.Duration {
	const parts = 1 << 16
	return span / parts * time.Duration(seed(id, now)%parts)
}

// seed is a number that differs from account to account and from time to time.
func seed(id account.ID, now time.Time) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash takes everything
	return mix(h.Sum64() ^ uint64(now.UnixNano()))
}

// sooner returns the earlier of two times of which a zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
