package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	longestRest = time.Minute           // of an account that fails
	endingRest  = 8 * time.Second       // of one that has to end something: it costs money meanwhile
	calmFor     = time.Second           // after a failure, whoever kicks
	leastGap    = 20 * time.Millisecond // between two turns of an account
)

// run has one turn of an account and puts it back into the queue.
func (w *Watcher) run(ctx, late context.Context, e *watch) {
	next, err := w.turn(ctx, late, e)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	e.running, e.known = false, e.known || err == nil
	w.rouse()
	now := time.Now()
	switch again := e.again; {
	case e.removed, errors.Is(err, rental.ErrNoAccount) && !again:
		w.forget(e)
		return
	case err != nil:
		e.failures++
		e.calm = now.Add(calmFor)
		next = now.Add(jitter(e.rest(), seed(e.id, now)))
		if again {
			next = e.calm
		}
		w.o.Log.Debug("account failed", "account", e.id, "failures", e.failures, "err", err)
	default:
		e.failures = 0
		if again {
			next = now
		}
		if !next.IsZero() {
			next = latest(next, now.Add(leastGap))
		}
	}
	e.again = false
	w.schedule(e, sooner(next, e.nextProbe()))
}

// rest returns 1 s, 2 s, 4 s, … for the first, second, third failure in a row.
func (e *watch) rest() time.Duration {
	longest := longestRest
	if e.ending {
		longest = endingRest
	}
	return min(time.Second<<min(e.failures-1, 10), longest)
}

// ending reports whether a rental of the account has to be cancelled.
func ending(l *rental.Ledger) bool {
	return slices.ContainsFunc(l.Rentals, func(r rental.Rental) bool { return r.Cancel != nil })
}

// turn does at most one step for an account and returns when the next one is due, zero for
// never.
func (w *Watcher) turn(ctx, late context.Context, e *watch) (time.Time, error) {
	l, err := w.look(ctx, e)
	if err != nil {
		return time.Time{}, err
	}
	e.ending = ending(&l)
	w.probe(ctx, e, &l)
	step, err := w.o.Agent.Next(ctx, e.id)
	if err != nil || step.Do == rental.DoNothing || step.At.After(time.Now()) {
		return step.At, err
	}
	if err := w.do(ctx, late, &l, step); err != nil {
		return time.Time{}, err
	}
	// The step may have brought an address to reach for.
	if l, err = w.look(ctx, e); err != nil {
		return time.Time{}, err
	}
	w.probe(ctx, e, &l)
	step, err = w.o.Agent.Next(ctx, e.id)
	return step.At, err
}

// look loads the ledger. The first time in this process it settles what the last one left: a
// request that was being sent then has an outcome that nobody knows.
func (w *Watcher) look(ctx context.Context, e *watch) (rental.Ledger, error) {
	if !e.known {
		err := w.o.Ledgers.Update(ctx, e.id, func(l *rental.Ledger) error {
			l.Restart(time.Now())
			return nil
		})
		if err != nil {
			return rental.Ledger{}, w.stored(err)
		}
	}
	l, err := w.o.Ledgers.Ledger(ctx, e.id)
	return l, w.stored(err)
}

// stored takes note of how the store fares.
func (w *Watcher) stored(err error) error {
	if !errors.Is(err, rental.ErrNoAccount) {
		w.store.note(err)
	}
	return err
}

// do does a step. What spends or ends something is not cut short when the bot is told to stop.
func (w *Watcher) do(ctx, late context.Context, l *rental.Ledger, step rental.Step) error {
	if step.Do == rental.DoPlace || step.Do == rental.DoCancel {
		ctx = late
	}
	err := w.o.Agent.Do(ctx, l.Account.ID, step)
	if step.Do != rental.DoTick && ctx.Err() == nil { // a tick does not ask Clore
		w.faults.note(err)
		w.listen(ctx, l, step, err)
	}
	if clore.IsCode(err, clore.CodeKey) {
		return w.reject(ctx, l.Account)
	}
	return err
}

// reject notes that Clore refuses the key, unless it was replaced meanwhile. Nothing is asked of
// Clore with it again; its user is told.
func (w *Watcher) reject(ctx context.Context, a account.Account) error {
	err := w.o.Ledgers.Update(ctx, a.ID, func(l *rental.Ledger) error {
		same := l.Account.Tail == a.Tail && l.Account.Added.Equal(a.Added)
		if same && l.Account.Rejected.IsZero() {
			l.Account.Rejected = time.Now()
		}
		return nil
	})
	return w.stored(err)
}

// faults tells the log when Clore seems to be down for everybody, and when it is back. The
// client holds background calls back meanwhile, and each account rests longer and longer.
type faults struct {
	log *slog.Logger

	mu    sync.Mutex
	inRow int
}

const manyFaults = 5

// many reports whether nobody has reached Clore for a while.
func (f *faults) many() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inRow >= manyFaults
}

func (f *faults) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case errors.Is(err, clore.ErrUnavailable), errors.Is(err, clore.ErrOutcomeUnknown):
		if f.inRow++; f.inRow == manyFaults {
			f.log.Warn("clore does not answer", "err", err)
		}
	case err == nil:
		if f.inRow >= manyFaults {
			f.log.Info("clore answers again")
		}
		f.inRow = 0
	}
}
