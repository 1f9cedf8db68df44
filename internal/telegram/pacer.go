package telegram

import (
	"cmp"
	"container/heap"
	"context"
	"sync"
	"time"
)

// Pace is how much may be sent. Zero fields take the values that Telegram publishes.
type Pace struct {
	Chat    time.Duration // between messages to one chat; 1 s
	Burst   int           // messages to a private chat before that counts; 3
	Group   int           // messages a minute to one group; 20
	Overall int           // messages a second; 30, negative for no limit
}

func (p Pace) withDefaults() Pace {
	p.Chat = cmp.Or(p.Chat, time.Second)
	p.Burst = cmp.Or(p.Burst, 3)
	p.Group = cmp.Or(p.Group, 20)
	p.Overall = cmp.Or(p.Overall, 30)
	return p
}

// class says what goes first.
type class int

const (
	answers class = iota // somebody waits
	alerts               // nobody does
	classes
)

// pacer lets messages through at a pace. Those to one chat go in their order within a class.
type pacer struct {
	pace Pace
	now  func() time.Time

	mu     sync.Mutex
	chats  map[int64]*stream
	later  streams            // chats that may not be written to yet, the earliest first
	ready  [classes][]*stream // chats that only wait for the overall pace, by their first message
	free   time.Time          // when the next message may go to whatever chat
	timer  *time.Timer
	limits map[int64]limited // chats that were rate-limited lately
	brake  time.Duration     // how long all waited when last several chats were
	braked time.Time         // until when
	turn   int               // counts messages, for the share of the alerts
	heard  time.Time         // when an earlier run may have sent last
}

// alertShare is which part of the overall pace alerts get at least: every so-manieth message.
const alertShare = 5

// stream is what goes to one chat.
type stream struct {
	chat    int64
	due     time.Time   // theoretical time of the next message, were there no burst
	blocked time.Time   // nothing goes before
	sent    []time.Time // to a group within the last minute
	waiting [classes][]*ticket
	at      time.Time // its place in later
	index   int       // in later; -1 outside
}

// ticket is a message that waits.
type ticket struct {
	sent chan struct{} // closed when it may go
	gone bool          // nobody waits any more
}

func newPacer(p Pace, now func() time.Time) *pacer {
	return &pacer{pace: p, now: now, chats: map[int64]*stream{}, limits: map[int64]limited{}}
}

// wait returns when a message may be sent, or the error of the context.
func (p *pacer) wait(ctx context.Context, chat int64, c class) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &ticket{sent: make(chan struct{})}
	p.mu.Lock()
	s := p.stream(chat)
	s.waiting[c] = append(s.waiting[c], t)
	p.place(s)
	p.pump()
	p.mu.Unlock()
	select {
	case <-t.sent:
		return nil
	case <-ctx.Done():
		p.mu.Lock()
		t.gone = true
		p.mu.Unlock()
		return ctx.Err()
	}
}

func (p *pacer) stream(chat int64) *stream {
	s := p.chats[chat]
	if s == nil {
		s = &stream{chat: chat, index: -1}
		p.chats[chat] = s
	}
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// place puts a stream where it belongs: into later, with the time at which it may go on.
func (p *pacer) place(s *stream) {
	s.at = p.earliest(s)
	if s.index >= 0 {
		heap.Fix(&p.later, s.index)
		return
	}
	heap.Push(&p.later, s)
}

// earliest returns when a stream may send its next message. A part of what a group may get is kept
// for answers.
func (p *pacer) earliest(s *stream) time.Time {
	burst := time.Duration(p.pace.Burst-1) * p.pace.Chat
	at := later(s.due.Add(-burst), s.blocked)
	most := p.pace.Group
	if c, ok := s.next(); ok && c != answers {
		most -= most / 4
	}
	if s.chat < 0 {
		at = later(at, p.nth(s, most).Add(time.Minute))
	}
	return at
}

// nth returns when the message before the last n was sent to a group; long ago for none. Before
// the messages of this run an earlier one is taken to have sent what alerts may be.
func (p *pacer) nth(s *stream, n int) time.Time {
	before := p.pace.Group - p.pace.Group/4
	switch i := before + len(s.sent) - n; {
	case i >= before:
		return s.sent[i-before]
	case i >= 0:
		return p.heard
	}
	return time.Time{}
}

// follow has the pace go on from that of an earlier run, which may have sent until a time.
func (p *pacer) follow(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = until
}

// pump lets go all that may. It is called with the lock held.
func (p *pacer) pump() {
	now := p.now()
	for len(p.later) > 0 && !p.later[0].at.After(now) {
		s := heap.Pop(&p.later).(*stream)
		if c, ok := s.next(); ok {
			p.ready[c] = append(p.ready[c], s)
			continue
		}
		if s.due.After(now) || len(s.sent) > 0 && now.Sub(s.sent[len(s.sent)-1]) < time.Minute {
			s.at = later(s.due, now.Add(time.Minute)) // remembered for as long as it counts
			heap.Push(&p.later, s)
			continue
		}
		if p.chats[s.chat] == s {
			delete(p.chats, s.chat)
		}
	}
	for !p.free.After(now) {
		s, t := p.first()
		if t == nil {
			break
		}
		p.spend(s, now)
		close(t.sent)
	}
	p.arm(now)
}

// first takes the message that goes next.
func (p *pacer) first() (*stream, *ticket) {
	p.turn++
	order := [classes]class{answers, alerts}
	if p.turn%alertShare == 0 {
		order = [classes]class{alerts, answers}
	}
	for _, c := range order {
		for len(p.ready[c]) > 0 {
			s := p.ready[c][0]
			p.ready[c] = p.ready[c][1:]
			best, ok := s.next()
			if ok && p.earliest(s).After(p.now()) || !ok {
				p.place(s)
				continue
			}
			t := s.waiting[best][0]
			s.waiting[best] = s.waiting[best][1:]
			return s, t
		}
	}
	return nil, nil
}

// next returns the class of a stream's first message, dropping those that nobody waits for.
func (s *stream) next() (class, bool) {
	for c := range classes {
		for len(s.waiting[c]) > 0 && s.waiting[c][0].gone {
			s.waiting[c] = s.waiting[c][1:]
		}
		if len(s.waiting[c]) > 0 {
			return c, true
		}
	}
	return 0, false
}

// spend counts a message.
func (p *pacer) spend(s *stream, now time.Time) {
	s.due = later(s.due, now).Add(p.pace.Chat)
	if s.chat < 0 {
		if s.sent = append(s.sent, now); len(s.sent) > p.pace.Group {
			s.sent = s.sent[len(s.sent)-p.pace.Group:]
		}
	}
	if p.pace.Overall > 0 {
		// Rounded up: one message more would fall into a second.
		p.free = later(p.free, now).Add(time.Second/time.Duration(p.pace.Overall) + time.Nanosecond)
	}
	p.place(s)
}

// arm sets the timer for what comes next.
func (p *pacer) arm(now time.Time) {
	var next time.Time
	for c := range p.ready {
		if len(p.ready[c]) > 0 {
			next = p.free
		}
	}
	if len(p.later) > 0 && (next.IsZero() || p.later[0].at.Before(next)) {
		next = p.later[0].at
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	if !next.IsZero() {
		p.timer = time.AfterFunc(max(next.Sub(now), 0), func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.pump()
		})
	}
}
