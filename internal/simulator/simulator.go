package simulator

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Simulator is a Clore of its own. Use [New]; all methods may be called at the same time.
type Simulator struct {
	opts      Options
	endpoints map[string]endpoint

	mu        sync.Mutex // guards everything below
	world     *world
	faults    faults
	hostile   []Hostile
	log       diary
	anonymous gate
	delays    dice
	memory    *memory

	sshd   *sshd
	wake   chan struct{} // of capacity 1: the agenda has changed
	done   chan struct{} // closed by Close
	closed sync.Once
	busy   sync.WaitGroup
}

// New makes a simulator. Nothing runs until [Simulator.Run]; without it time passes only when
// a request or a question comes, which is enough for everything but sshd on a real port.
// Close it when done.
func New(opts Options) *Simulator {
	opts = opts.withDefaults()
	s := &Simulator{
		opts: opts, endpoints: endpoints(), world: newWorld(opts), delays: newDice(opts.Seed, streamLatency, 0),
		log:  diary{keep: opts.KeepRequests, violations: map[string]int{}},
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	s.sshd = newSSHD(opts, &s.busy)
	s.world.doors = s.sshd
	return s
}

// Run lets time pass until the context ends: orders come up and end, prices move. It returns
// the context's error.
func (s *Simulator) Run(ctx context.Context) error {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			return http.ErrServerClosed
		case <-s.wake:
		case <-t.C:
		}
		t.Reset(s.pass())
	}
}

// pass lets happen what is due and returns how long nothing else is.
func (s *Simulator) pass() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	s.world.advance(now)
	next, _ := s.world.agenda.next() // the next tick at the latest
	return max(0, next.Sub(now))
}

// kick tells Run that the agenda may have changed.
func (s *Simulator) kick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Close ends every connection and waits for the goroutines that served them.
func (s *Simulator) Close() {
	s.closed.Do(func() { close(s.done) })
	s.mu.Lock()
	m := s.memory
	s.mu.Unlock()
	if m != nil {
		m.close()
	}
	s.sshd.close()
	s.busy.Wait()
}

// change runs f on the world as it is now.
func (s *Simulator) change(f func(w *world, now time.Time) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kick()
	now := s.opts.Now()
	s.world.advance(now)
	return f(s.world, now)
}
