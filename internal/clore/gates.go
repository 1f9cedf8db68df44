package clore

import (
	"sync"
	"time"
)

const (
	// forgetAfter is longer than any pause a gate keeps, so that forgetting one breaks no limit.
	forgetAfter = 10 * time.Minute
	sweepEvery  = time.Minute
)

// gates has the gate of every key that was used of late.
type gates struct {
	mu    sync.Mutex
	pace  Pace
	byKey map[keyID]*gate
	swept time.Time
}

func newGates(p Pace) *gates { return &gates{pace: p, byKey: map[keyID]*gate{}} }

// borrow returns the gate of a key. It stays in place until it is given back.
func (t *gates) borrow(id keyID) *gate {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.byKey[id]
	if g == nil {
		g = newGate(t.pace)
		t.byKey[id] = g
	}
	g.users++
	return g
}

func (t *gates) giveBack(g *gate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	g.users--
	g.idle = now
	if now.Sub(t.swept) < sweepEvery {
		return
	}
	t.swept = now
	for id, g := range t.byKey {
		if g.users == 0 && now.Sub(g.idle) > forgetAfter {
			delete(t.byKey, id)
		}
	}
}
