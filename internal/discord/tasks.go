package discord

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// grace is how long requests may still be worked on after the end.
const grace = 10 * time.Second

// tasks counts the jobs that Run waits for in the end.
type tasks struct {
	mu      sync.Mutex
	over    bool
	running sync.WaitGroup
}

// start runs a job unless the end has come.
func (t *tasks) start(job func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.running.Go(job)
	}
}

// drain waits for the jobs, first patiently; then it cancels them.
func (t *tasks) drain(cancel context.CancelFunc) {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	patience := time.AfterFunc(grace, cancel)
	defer patience.Stop()
	t.running.Wait()
}

// task runs a job of its own. A panic in it ends nothing but the job.
func (f *Frontend) task(job func(context.Context)) {
	f.tasks.start(func() {
		defer f.recovered()
		job(f.work)
	})
}

func (f *Frontend) recovered() {
	if p := recover(); p != nil {
		f.o.Log.Error("discord front-end panicked", "panic", p, "stack", string(debug.Stack()))
	}
}
