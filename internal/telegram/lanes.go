package telegram

import (
	"context"
	"sync"
)

const (
	laneLength = 64     // updates of one person in one chat that wait; beyond it somebody is playing
	lanesTotal = 20_000 // updates of all chats that wait; beyond it they do in the inbox
)

// job is what is done for one update. Its context ends only when a stop takes too long.
type job func(context.Context)

// lanes run what belongs to one chat in order, and chats side by side.
type lanes struct {
	mu      sync.Mutex
	all     map[int64]*lane // those of the chats that are being served
	most    int             // of them that wait
	total   int
	spilled map[int64]arrival // updates that had no room and are in the inbox
	refill  chan struct{}     // there is room for them
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
func newLanes(most int) *lanes {
	return &lanes{
		most: most, all: map[int64]*lane{}, spilled: map[int64]arrival{},
		refill: make(chan struct{}, 1), stopped: true,
	}
}

// put has a job run in the lane of a chat, on behalf of a person, for an update that came in a way.
func (l *lanes) put(chat, person, update int64, a arrival, j job) room {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	switch {
	case l.stopped:
		return closed
	case l.total >= l.most, len(l.spilled) > 0 && !a.old:
		l.spilled[update] = a
		return full
	case one != nil && one.of[person] >= laneLength && !a.old:
		return flood
	}
	delete(l.spilled, update)
	l.add(chat, person, j)
	return taken
}

// pass has a job that another lane has begun go on in the lane of a chat. There is room for it: it
// had a place in the other lane.
func (l *lanes) pass(chat, person int64, j job) room {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	switch {
	case l.stopped:
		return closed
	case one != nil && one.of[person] >= laneLength:
		return flood
	}
	l.add(chat, person, j)
	return taken
}

// crowded reports whether a person has as much waiting in a chat's lane as there may be.
func (l *lanes) crowded(chat, person int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	return one != nil && one.of[person] >= laneLength
}

// add puts a job at the end of a chat's lane. The lock is held.
func (l *lanes) add(chat, person int64, j job) {
	one := l.all[chat]
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
	l.rouse()
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
