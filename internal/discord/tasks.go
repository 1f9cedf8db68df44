package discord

import (
	"context"
	"fmt"
	"runtime"
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

// lastWords is how long an answer may still take when the work on it was ended.
const lastWords = 5 * time.Second

// lasting returns a context that ends a little after ctx, so that a stop leaves no message with
// its controls off, and nobody waiting.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-longer.Done():
		case <-time.After(lastWords):
			cancel()
		}
	})
	return longer, func() {
		stop()
		cancel()
	}
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
		f.logPanic("front-end", p)
	}
}

// logPanic logs a panic, but not its text unless it is the runtime's: it may hold what was typed.
func (f *Frontend) logPanic(in string, p any) {
	text := fmt.Sprintf("%T", p)
	if err, ok := p.(runtime.Error); ok {
		text = err.Error()
	}
	f.o.Log.Error("panicked", "in", in, "panic", text, "stack", string(debug.Stack()))
}
