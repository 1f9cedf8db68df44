package telegram

import (
	"context"
	"sync"
)

const (
	laneLength = 64     // updates of one person in one chat that wait; beyond it somebody is playing
	lanesTotal = 20_000 // updates of all chats that wait
)

// job is what is done for one update. Its context ends only when a stop takes too long.
type job func(context.Context)

// lanes run what belongs to one chat in order, and chats side by side.
type lanes struct {
	mu      sync.Mutex
	all     map[int64]*lane // those of the chats that are being served
	total   int
	stopped bool
	running sync.WaitGroup
}

type lane struct {
	waiting []queued
	of      map[int64]int // how many of them are each person's
	abort   context.CancelFunc
}

type queued struct {
	person int64
	do     job
}

// room is whether something was taken.
type room int

const (
	taken  room = iota
	flood       // too much of one person
	full        // too much of all
	closed      // no time
)

// newLanes returns lanes that take nothing until they are started.
func newLanes() *lanes { return &lanes{all: map[int64]*lane{}, stopped: true} }

// put has a job run in the lane of a chat, on behalf of a person. What an earlier run took is old
// and has a place in any case.
func (l *lanes) put(chat, person int64, old bool, j job) room {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	switch {
	case l.stopped:
		return closed
	case l.total >= lanesTotal:
		return full
	case one != nil && one.of[person] >= laneLength && !old:
		return flood
	}
	if one == nil {
		ctx, cancel := context.WithCancel(context.Background())
		one = &lane{abort: cancel, of: map[int64]int{}}
		l.all[chat] = one
		l.running.Go(func() {
			defer cancel()
			l.serve(ctx, chat)
		})
	}
	one.waiting = append(one.waiting, queued{person, j})
	one.of[person]++
	l.total++
	return taken
}

func (l *lanes) serve(ctx context.Context, chat int64) {
	for {
		j := l.next(chat)
		if j == nil {
			return
		}
		j(ctx)
	}
}

// next takes the first job of a chat; without one the chat's goroutine ends.
func (l *lanes) next(chat int64) job {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	if len(one.waiting) == 0 || l.stopped {
		l.total -= len(one.waiting)
		delete(l.all, chat)
		return nil
	}
	q := one.waiting[0]
	one.waiting[0] = queued{}
	one.waiting = one.waiting[1:]
	if one.of[q.person]--; one.of[q.person] == 0 {
		delete(one.of, q.person)
	}
	l.total--
	return q.do
}

// stop lets the jobs in hand finish and starts no other. What waits is in the inbox still.
func (l *lanes) stop() {
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.running.Wait()
}

// abort ends the contexts of the jobs in hand.
func (l *lanes) abort() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.all {
		one.abort()
	}
}

// start takes jobs.
func (l *lanes) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = false
}

func (l *lanes) closed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped
}
