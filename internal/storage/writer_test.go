package storage_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/clorebot/clorebot/internal/rental"
)

// whileStalled runs f with the writer busy, so that what f's goroutines write gathers in one
// group. It waits until n jobs are queued before it lets the writer go.
func (b *bench) whileStalled(n int, f func()) {
	b.t.Helper()
	until := make(chan struct{})
	b.Stall(until)
	f()
	for b.Queued() < n {
		runtime.Gosched()
	}
	close(until)
}

func TestQueuedWritesShareACommit(t *testing.T) {
	b := start(t)
	const jobs = 50
	var wait sync.WaitGroup
	n := b.commits(func() {
		b.whileStalled(jobs, func() {
			for i := range jobs {
				wait.Go(func() {
					if err := b.PutSecret(ctx, ann(), fmt.Sprint(i), secretOf("x")); err != nil {
						t.Error(err)
					}
				})
			}
		})
		wait.Wait()
	})
	if n != 1 {
		t.Errorf("%d writes took %d commits, want 1", jobs, n)
	}
}

// TestOneFailureDoesNotSpoilTheGroup queues good jobs around bad ones.
func TestOneFailureDoesNotSpoilTheGroup(t *testing.T) {
	b := start(t)
	broken := errors.New("broken")
	var wait sync.WaitGroup
	b.whileStalled(22, func() {
		for i := range 20 {
			wait.Go(func() {
				if err := b.Run(ctx, fmt.Sprint("good", i), "x", nil); err != nil {
					t.Errorf("a good job failed: %v", err)
				}
			})
		}
		wait.Go(func() {
			if err := b.Run(ctx, "bad", "x", broken); !errors.Is(err, broken) {
				t.Errorf("a bad job: %v", err)
			}
		})
		wait.Go(func() {
			if err := b.Panic(ctx, "worse"); err == nil || !strings.Contains(err.Error(), "boom") {
				t.Errorf("a panicking job: %v", err)
			}
		})
	})
	wait.Wait()
	all := b.Contents()
	for i := range 20 {
		if all[fmt.Sprint("meta/good", i)] != "x" {
			t.Errorf("good job %d left nothing", i)
		}
	}
	if all["meta/bad"] != "" || all["meta/worse"] != "" {
		t.Error("failed jobs left something")
	}
}

func TestCancelledWhileQueued(t *testing.T) {
	b := start(t)
	cancelled, cancel := context.WithCancel(ctx)
	result := make(chan error, 1)
	until := make(chan struct{})
	b.Stall(until)
	go func() { result <- b.PutSecret(cancelled, ann(), "f", secretOf("x")) }()
	for b.Queued() == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) { // although the writer is still busy
		t.Errorf("error %v, want that of the context", err)
	}
	close(until)
	b.must(b.PutSecret(ctx, ann(), "g", secretOf("x"))) // the writer has passed the cancelled job
	if s, err := b.Secret(ctx, ann(), "f"); err != nil || !s.Empty() {
		t.Errorf("the cancelled write was done (%v)", err)
	}
	if err := b.PutSecret(cancelled, ann(), "f", secretOf("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("write with an ended context: %v", err)
	}
	if _, err := b.Ledger(cancelled, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("read with an ended context: %v", err)
	}
}

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	b := start(t)
	const jobs = 20
	results := make(chan error, jobs)
	b.whileStalled(jobs, func() {
		for i := range jobs {
			go func() { results <- b.PutSecret(ctx, ann(), fmt.Sprint(i), secretOf("x")) }()
		}
	})
	b.must(b.Close())
	b.open()
	kept := 0
	for range jobs {
		if err := <-results; err == nil {
			kept++
		}
	}
	stored := 0
	for k := range b.Contents() {
		if strings.HasPrefix(k, "secrets/") {
			stored++
		}
	}
	if kept != jobs || stored != jobs {
		t.Errorf("%d of %d acknowledged, %d stored", kept, jobs, stored)
	}
}

// TestChangeIsWorkedOutAgain changes a ledger between the reading and the writing of another
// change: neither may be lost.
func TestChangeIsWorkedOutAgain(t *testing.T) {
	b := start(t, withDiff)
	b.join(ann(), "a")
	add := func(id string) func(*rental.Ledger) error {
		return func(l *rental.Ledger) error {
			l.Intents = append(l.Intents, rental.Intent{ID: id, User: ann()})
			return nil
		}
	}
	var wait sync.WaitGroup
	b.whileStalled(2, func() {
		for _, id := range []string{"x", "y"} {
			wait.Go(func() { b.must(b.Update(ctx, "a", add(id))) })
		}
	})
	wait.Wait()
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	st, err := b.Stats(ctx)
	b.must(err)
	if len(l.Intents) != 2 || st.Deliveries != 2 {
		t.Errorf("%d intents and %d deliveries, want 2 of each", len(l.Intents), st.Deliveries)
	}
}
