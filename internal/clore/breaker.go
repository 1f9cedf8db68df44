package clore

import (
	"errors"
	"sync"
	"time"
)

const (
	breakAfter  = 10 // faults in a row, over all keys
	firstRest   = 2 * time.Second
	longestRest = time.Minute
)

var errResting = errors.New("clore has failed many times in a row; background calls are resting")

// breaker keeps the background calls of all keys off a host that answers nobody. People's calls
// and writes pass always, and their success closes it. While it is open one background call at
// a time is let through as a probe after each rest.
type breaker struct {
	mu      sync.Mutex
	faults  int
	rest    time.Duration
	until   time.Time
	probing bool // a probe is out since the last rest
}

// allow reports whether a background call may go.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.faults < breakAfter {
		return true
	}
	if now.Before(b.until) {
		return false
	}
	b.until, b.probing = now.Add(b.rest), true
	return true
}

// note records whether an attempt got an answer of Clore, whatever it said.
func (b *breaker) note(answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.faults, b.rest, b.probing = 0, 0, false
		return
	}
	b.faults++
	if b.probing || b.faults == breakAfter {
		b.rest = min(max(2*b.rest, firstRest), longestRest)
		b.until, b.probing = now.Add(b.rest), false
	}
}
