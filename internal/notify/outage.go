package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// silence knows since when Clore has answered nobody.
type silence struct {
	mu    sync.Mutex
	since time.Time // zero: it answers, as far as is known
	last  time.Time // that it did not answer
}

// silenceGap is how long after a request that was not answered another one must follow to be of the
// same outage: while Clore is away, an account that rents something asks once a minute.
const silenceGap = 5 * time.Minute

// broken notes a request that was not answered, and returns since when there are only such. What was
// before this process is not known to it: whoever was told then is not told again, and others once
// it has lasted for long enough anew.
func (s *silence) broken(now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || now.Sub(s.last) > silenceGap {
		s.since = now
	}
	s.last = now
	return s.since
}

func (s *silence) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = time.Time{}
}

// listen takes note of how a step has ended, and has the user told when Clore has answered nobody
// for long. That it answers again follows from the next list of orders.
func (w *Watcher) listen(ctx context.Context, l *rental.Ledger, step rental.Step, err error) {
	switch {
	case errors.Is(err, clore.ErrUnavailable), errors.Is(err, clore.ErrOutcomeUnknown):
		now := time.Now()
		since := w.silence.broken(now)
		if !l.Unheard(since, now) {
			return
		}
		err := w.o.Ledgers.Update(ctx, l.Account.ID, func(l *rental.Ledger) error {
			l.NoAnswer(since, now)
			return nil
		})
		_ = w.stored(err) // the next failure finds the same
	case err == nil && (step.Do == rental.DoPoll || step.Do == rental.DoFunds): // others may ask nothing
		w.silence.ended()
	}
}
