package telegram

import (
	"context"
	"sync"
)

const (
	laneLength = 64     // updates of one chat that wait; beyond it somebody is playing
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
	waiting []job
	abort   context.CancelFunc
}

// newLanes returns lanes that take nothing until they are started.
func newLanes() *lanes { return &lanes{all: map[int64]*lane{}, stopped: true} }

// put has a job run in the lane of a chat. It reports false when there is no room, or no time.
func (l *lanes) put(chat int64, j job) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.all[chat]
	if l.stopped || l.total >= lanesTotal || (one != nil && len(one.waiting) >= laneLength) {
		return false
	}
	if one == nil {
		ctx, cancel := context.WithCancel(context.Background())
		one = &lane{abort: cancel}
		l.all[chat] = one
		l.running.Go(func() {
			defer cancel()
			l.serve(ctx, chat)
		})
	}
	one.waiting = append(one.waiting, j)
	l.total++
	return true
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
	j := one.waiting[0]
	one.waiting[0] = nil
	one.waiting = one.waiting[1:]
	l.total--
	return j
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
