package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// startLimit is how many sessions may be begun. See "Session Start Limit Object" in Discord's
// reference: whoever passes it loses the token.
type startLimit struct {
	Total          int `json:"total"`
	Remaining      int `json:"remaining"`
	ResetAfter     int `json:"reset_after"` // milliseconds
	MaxConcurrency int `json:"max_concurrency"`
}

// starts spaces the beginning of sessions, one in five seconds and bucket, and keeps to their
// number a day.
type starts struct {
	buckets []chan time.Time
	log     *slog.Logger

	mu     sync.Mutex
	total  int
	left   int
	resets time.Time
}

const (
	startPause  = 5 * time.Second
	startPeriod = 24 * time.Hour
	maxBuckets  = 64
)

func newStarts(l startLimit, log *slog.Logger) *starts {
	s := &starts{
		buckets: make([]chan time.Time, min(max(l.MaxConcurrency, 1), maxBuckets)), log: log,
		total: max(l.Total, 1), left: l.Remaining,
		resets: time.Now().Add(time.Duration(l.ResetAfter) * time.Millisecond),
	}
	for i := range s.buckets {
		s.buckets[i] = make(chan time.Time, 1)
		s.buckets[i] <- time.Time{}
	}
	return s
}

// wait returns when a shard may begin a session, or with the error of the context.
func (s *starts) wait(ctx context.Context, shard int) error {
	for wait := s.take(); wait > 0; wait = s.take() {
		s.log.WarnContext(ctx, "discord lets the bot connect no more for now", "wait", wait)
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
	bucket := s.buckets[shard%len(s.buckets)]
	select {
	case <-ctx.Done():
		return ctx.Err()
	case last := <-bucket:
		if !sleep(ctx, time.Until(last.Add(startPause))) {
			bucket <- last
			return ctx.Err()
		}
		bucket <- time.Now()
		return nil
	}
}

// take takes one of the starts that are left, or returns how long there is none.
func (s *starts) take() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); !now.Before(s.resets) {
		s.left, s.resets = s.total, now.Add(startPeriod)
	}
	if s.left <= 0 {
		return time.Until(s.resets)
	}
	s.left--
	return 0
}

// giveBack returns a start that was not made.
func (s *starts) giveBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left++
}
