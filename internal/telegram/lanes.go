package telegram

import "sync"

const (
	laneLength = 64     // updates of one chat that wait; beyond it somebody is playing
	lanesTotal = 20_000 // updates of all chats that wait
)

// lanes run what belongs to one chat in order, and chats side by side.
type lanes struct {
	mu      sync.Mutex
	waiting map[int64][]func() // an entry for every chat that is being served
	total   int
	stopped bool
	running sync.WaitGroup
}

// newLanes returns lanes that take nothing until they are started.
func newLanes() *lanes { return &lanes{waiting: map[int64][]func(){}, stopped: true} }

// put has a job run in the lane of a chat. It reports false when there is no room, or no time.
func (l *lanes) put(chat int64, job func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue, served := l.waiting[chat]
	if l.stopped || len(queue) >= laneLength || l.total >= lanesTotal {
		return false
	}
	l.waiting[chat] = append(queue, job)
	l.total++
	if !served {
		l.running.Go(func() { l.serve(chat) })
	}
	return true
}

func (l *lanes) serve(chat int64) {
	for {
		job := l.next(chat)
		if job == nil {
			return
		}
		job()
	}
}

// next takes the first job of a chat; without one the chat's goroutine ends.
func (l *lanes) next(chat int64) func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.waiting[chat]
	if len(queue) == 0 || l.stopped {
		l.total -= len(queue)
		delete(l.waiting, chat)
		return nil
	}
	job := queue[0]
	queue[0] = nil
	l.waiting[chat] = queue[1:]
	l.total--
	return job
}

// stop lets the jobs in hand finish and starts no other. What waits is in the inbox still.
func (l *lanes) stop() {
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.running.Wait()
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
