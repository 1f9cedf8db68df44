package commands

import (
	"sync"
	"time"
)

// maxLimited bounds the memory of a limiter: strangers can make up as many names as they like.
const maxLimited = 10_000

// limiter lets each name through a number of times an hour.
type limiter struct {
	mu    sync.Mutex
	times int
	seen  map[string]window
}

type window struct {
	since time.Time
	count int
}

func newLimiter(times int) *limiter {
	return &limiter{times: times, seen: map[string]window{}}
}

// allow counts an attempt and reports whether it is within the limit.
func (l *limiter) allow(name string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, known := l.seen[name]
	if !known && len(l.seen) >= maxLimited {
		l.sweep(now)
		if len(l.seen) >= maxLimited {
			return false
		}
	}
	if now.Sub(w.since) >= hour {
		w = window{since: now}
	}
	w.count++
	l.seen[name] = w
	return w.count <= l.times
}

func (l *limiter) sweep(now time.Time) {
	for name, w := range l.seen {
		if now.Sub(w.since) >= hour {
			delete(l.seen, name)
		}
	}
}
