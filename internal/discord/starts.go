package discord

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// startLimit is how many sessions may be begun. See "Session Start Limit Object" in Discord's
// reference: whoever passes it loses the token and all sessions.
type startLimit struct {
	Total          int `json:"total"`
	Remaining      int `json:"remaining"`
	ResetAfter     int `json:"reset_after"` // milliseconds
	MaxConcurrency int `json:"max_concurrency"`
}

const (
	// startPause is between two sessions of a lane. Discord wants five seconds between those that
	// arrive; the network may bring them nearer to each other than they were sent.
	startPause = 5*time.Second + 500*time.Millisecond
	// startPeriod is what the limit of sessions is for, and usualTotal the limit of a bot on less
	// than 150,000 servers.
	startPeriod = 24 * time.Hour
	usualTotal  = 1000
	// longestStart bounds the pause after sessions that did not begin.
	longestStart = 5 * time.Minute
	// staleInfo is when Discord is asked again for its limits and address.
	staleInfo = time.Minute
	// startPoll is how often a shard looks whether its turn has come while another's is open.
	startPoll = 500 * time.Millisecond
	longStart = 30 * time.Second // to wait, after which the log says why
	// resetGrace is added to the end of Discord's day, so that its clock has surely come there.
	resetGrace = 2 * time.Second
)

// starts decides when a shard may begin a session. All that begin one in a process share it.
//
// Discord allows a thousand sessions a day and, in each of a few lanes, one in five seconds. We
// take half of the thousand at most, however the connections fail: a tenth at once and the rest
// evenly over the day. While sessions do not begin, only one shard at a time tries, later and later.
type starts struct {
	shards int
	ask    func(context.Context) (gatewayInfo, error) // once
	log    *slog.Logger

	mu     sync.Mutex
	info   gatewayInfo
	asked  time.Time // when info was asked for
	left   int       // sessions that Discord allows until resets
	resets time.Time
	lanes  map[int]*lane
	last   time.Time // the last session, or the start of the process
	paid   time.Time // how far the sessions of the past reach when spread evenly
	open   int       // sessions on their way
	fails  int       // sessions in a row that did not begin
	next   time.Time // after those
}

// lane is what Discord calls a rate limit key.
type lane struct {
	busy bool
	last time.Time
}

// ticket is the permission to begin a session.
type ticket struct {
	s    *starts
	lane *lane
	sent bool
	over bool
}

func newStarts(info gatewayInfo, shards int, ask func(context.Context) (gatewayInfo, error), log *slog.Logger) *starts {
	s := &starts{shards: shards, ask: ask, log: log, lanes: map[int]*lane{}, last: time.Now()}
	s.learn(info, time.Now())
	return s
}

// learn takes over what Discord says.
func (s *starts) learn(info gatewayInfo, now time.Time) {
	if info.Start.Total <= 0 { // a proxy that does not tell
		info.Start = startLimit{Total: usualTotal, Remaining: usualTotal, MaxConcurrency: info.Start.MaxConcurrency}
	}
	reset := time.Duration(info.Start.ResetAfter) * time.Millisecond
	s.info, s.asked, s.resets = info, now, now.Add(reset+resetGrace)
	s.left = info.Start.Remaining - s.open
	if reset <= 0 {
		s.renew(now)
	}
}

// renumber goes on with another number of shards. Sessions of before are counted still.
func (s *starts) renumber(info gatewayInfo, shards int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shards = shards
	s.learn(info, time.Now())
}

// renew begins another day.
func (s *starts) renew(now time.Time) {
	s.left, s.resets = s.info.Start.Total-s.open, now.Add(startPeriod)
}

// begin waits until a shard may begin a session. It returns where, and a ticket that has to be told
// what came of it.
func (s *starts) begin(ctx context.Context, shard int) (home string, t *ticket, err error) {
	said := false
	for {
		s.refresh(ctx)
		now := time.Now()
		t, wait, why := s.try(shard, now)
		if t != nil {
			return s.home(), t, nil
		}
		if wait > longStart && !said {
			said = true
			s.log.WarnContext(ctx, "discord: the next session has to wait", "shard", shard, "wait", wait, "why", why)
		}
		if !sleep(ctx, min(wait, staleInfo)) {
			return "", nil, ctx.Err()
		}
	}
}

func (s *starts) home() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info.URL
}

// refresh asks Discord again for its limits: others may have used the token meanwhile. What is
// known stays when it does not answer.
func (s *starts) refresh(ctx context.Context) {
	s.mu.Lock()
	now := time.Now()
	fresh := now.Sub(s.asked) < staleInfo && (now.Before(s.resets) || s.asked.After(s.resets))
	s.asked = now
	s.mu.Unlock()
	if fresh {
		return
	}
	info, err := s.ask(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "discord does not tell its limits; going on with those of before", "err", refusal(err))
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learn(info, time.Now())
}

// try takes a ticket, or returns how long to wait, and why.
func (s *starts) try(shard int, now time.Time) (*ticket, time.Duration, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !now.Before(s.resets) {
		s.renew(now)
	}
	key := shard % max(s.info.Start.MaxConcurrency, 1)
	l := s.lanes[key]
	if l == nil {
		l = &lane{}
		s.lanes[key] = l
	}
	if l.busy || (s.fails > 0 && s.open > 0) {
		return nil, startPoll, ""
	}
	until, why := s.earliest(l)
	if wait := until.Sub(now); wait > 0 {
		return nil, wait, why
	}
	l.busy = true
	s.open++
	s.left--
	s.paid = later(s.paid, now).Add(s.gap())
	return &ticket{s: s, lane: l}, 0, ""
}

// earliest returns when the next session may begin, and what has to be waited for.
func (s *starts) earliest(l *lane) (until time.Time, why string) {
	if !l.last.IsZero() {
		until = l.last.Add(startPause)
	}
	for _, bound := range []struct {
		at  time.Time
		why string
	}{
		{s.next, "sessions did not begin; look at https://discordstatus.com"},
		{s.paid.Add(-time.Duration(s.burst()-1) * s.gap()), "too many sessions began lately"},
		{s.saving(), "few of the sessions are left that discord allows a day; does something else use this token, or restart the bot again and again?"},
	} {
		if bound.at.After(until) {
			until, why = bound.at, bound.why
		}
	}
	return until, why
}

// saving returns when the next session may begin so that those that are left last until the day
// ends. It bounds what is used in all, also by a process that is restarted again and again.
func (s *starts) saving() time.Time {
	const few = 5 // a fifth of all
	switch {
	case s.left <= 0:
		return s.resets
	case s.left < s.info.Start.Total/few:
		return s.last.Add(s.resets.Sub(s.last) / time.Duration(s.left+1))
	default:
		return time.Time{}
	}
}

// burst is how many sessions may begin without a pause after a quiet day.
func (s *starts) burst() int {
	const tenth, half = 10, 2
	total := s.info.Start.Total
	return max(total/tenth, min(s.shards, total/half), 1)
}

// gap is the mean time between sessions when they keep failing.
func (s *starts) gap() time.Duration {
	const tenths, of = 4, 10
	return startPeriod / time.Duration(max(s.info.Start.Total*tenths/of, 1))
}

// done says that the session was asked for. Another of the lane may follow.
func (t *ticket) done() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	now := time.Now()
	t.sent, t.lane.busy, t.lane.last, t.s.last = true, false, now, now
}

// close says whether the session began. Only the first call counts.
func (t *ticket) close(began bool) {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.over {
		return
	}
	t.over = true
	s.open--
	switch {
	case began:
		s.fails, s.next = 0, time.Time{}
	case t.sent:
		pause := backoff(s.fails, longestStart)
		s.fails++
		s.next = time.Now().Add(pause)
	default: // nothing was asked for, so nothing is to be paid
		t.lane.busy = false
		s.left++
		s.paid = s.paid.Add(-s.gap())
	}
}

// backoff returns a pause that doubles with each failure from a second to the longest, give or
// take the half.
func backoff(fails int, longest time.Duration) time.Duration {
	const doublings = 10
	pause := min(time.Second<<min(fails, doublings), longest)
	return pause/2 + rand.N(pause)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
