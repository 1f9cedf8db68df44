package storage

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
)

// job is a piece of work for the writer.
type job struct {
	run   func(*tx) error // may be called again after a rollback
	state atomic.Int32
	done  chan error
	after effects
}

// States of jobs. Whoever moves one on from queued has the say over it.
const (
	queued int32 = iota
	taken
	abandoned
)

const (
	queueLength = 1024
	groupLength = 256 // jobs that share a commit
)

// writer is the one goroutine that writes: it commits everything that is queued as one group,
// and while that commit waits for the disk the next group gathers.
type writer struct {
	db      *bolt.DB
	now     func() time.Time
	relieve func() bool // makes room on a full disk; false when there is none to make
	queue   chan *job
	stop    chan struct{}
	stopped chan struct{}
	commits atomic.Uint64
}

func newWriter(db *bolt.DB, now func() time.Time, relieve func() bool) *writer {
	return &writer{
		db: db, now: now, relieve: relieve,
		queue: make(chan *job, queueLength),
		stop:  make(chan struct{}), stopped: make(chan struct{}),
	}
}

// do has a job run and returns after it is committed. When the context ends before its turn,
// the job is not run; afterwards the result is waited for, because it is a matter of milliseconds.
func (w *writer) do(ctx context.Context, run func(*tx) error) (effects, error) {
	if err := ctx.Err(); err != nil {
		return effects{}, err
	}
	j := &job{run: run, done: make(chan error, 1)}
	select {
	case w.queue <- j:
	case <-ctx.Done():
		return effects{}, ctx.Err()
	case <-w.stop:
		return effects{}, ErrClosed
	}
	var reason error
	select {
	case err := <-j.done:
		return j.after, err
	case <-ctx.Done():
		reason = ctx.Err()
	case <-w.stopped:
		reason = ErrClosed
	}
	if j.state.CompareAndSwap(queued, abandoned) {
		return effects{}, reason
	}
	err := <-j.done
	return j.after, err
}

// loop runs until stop is closed, and finishes what is queued by then.
func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case j := <-w.queue:
			w.commit(w.gather(j))
		case <-w.stop:
			if group := w.gather(nil); len(group) > 0 {
				w.commit(group)
				continue
			}
			return
		}
	}
}

// gather takes what is queued, without those whose callers have left.
func (w *writer) gather(first *job) []*job {
	var group []*job
	add := func(j *job) {
		if j != nil && j.state.CompareAndSwap(queued, taken) {
			group = append(group, j)
		}
	}
	add(first)
	for len(group) < groupLength {
		select {
		case j := <-w.queue:
			add(j)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction. A job that fails after it has written spoils the
// transaction: it is taken out and the others run again.
func (w *writer) commit(group []*job) {
	for len(group) > 0 {
		results, spoilt, err := w.attempt(group)
		switch {
		case spoilt >= 0:
			group[spoilt].done <- results[spoilt]
			group = append(group[:spoilt:spoilt], group[spoilt+1:]...)
			continue
		case err != nil && full(err) && w.relieve():
			continue
		case err != nil:
			// Also those that were refused get this error: they were judged by the changes of
			// others that are not committed.
			for _, j := range group {
				j.done <- translate(err)
			}
		default:
			for i, j := range group {
				j.done <- results[i]
			}
		}
		return
	}
}

// attempt runs and commits a group. It returns what each job returned, and the index of the one
// that spoilt the transaction, -1 for none.
func (w *writer) attempt(group []*job) (results []error, spoilt int, err error) {
	b, err := w.db.Begin(true)
	if err != nil {
		return nil, -1, err
	}
	defer rollback(b)
	results = make([]error, len(group))
	wrote := false
	for i, j := range group {
		t := &tx{b: b, now: w.now()}
		results[i] = safely(func() error { return j.run(t) })
		j.after = t.after
		if results[i] != nil && t.wrote {
			return results, i, nil
		}
		wrote = wrote || t.wrote
	}
	if !wrote {
		return results, -1, nil
	}
	if err := guard(b.Commit); err != nil {
		return results, -1, err
	}
	w.commits.Add(1)
	return results, -1, nil
}

// safely keeps a panic of one job from ending the process with the work of all.
func safely(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("change panicked: %v", p)
		}
	}()
	return run()
}
