package telegram

import (
	"context"
	"sync"
	"time"
)

const (
	// tooOld is how long after somebody did something the bot still acts on it.
	tooOld = 15 * time.Minute
	// hearing is how often the time at which Telegram was heard is written down.
	hearing = time.Minute
	// catchingUp is how long Telegram may take to deliver to a webhook what has waited.
	catchingUp = 2 * time.Minute
)

// absence knows when Telegram was not heard for so long that what it delivers now may be old. Only
// then are the dates of messages looked at: a wrong clock must not make the bot deaf.
type absence struct {
	store Notes
	key   string
	now   func() time.Time

	mu     sync.Mutex
	last   time.Time     // when Telegram was heard
	saved  time.Time     // the same as it is written down
	behind bool          // what comes has waited
	until  time.Time     // a webhook: until then
	ahead  time.Duration // a webhook: how long after its date a message came that had not waited
	unsure map[int64]bool
}

func newAbsence(s Notes, now func() time.Time) *absence {
	return &absence{store: s, now: now, unsure: map[int64]bool{}}
}

// load reads when an earlier run heard Telegram.
func (a *absence) load(ctx context.Context, bot int64) error {
	a.key = decimal64(bot)
	notes, err := a.store.Notes(ctx, heardNote)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if last, err := time.Parse(time.RFC3339, string(notes[a.key])); err == nil {
		a.last, a.saved = last, last
	}
	if now := a.now(); now.Sub(a.last) > tooOld {
		a.until = now.Add(catchingUp)
	}
	return nil
}

// long reports whether the bot was away for long before this run.
func (a *absence) long() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.until.IsZero()
}

// recent returns until when an earlier run may have been at work, as far as is written down.
func (a *absence) recent() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last.IsZero() {
		return a.last
	}
	if until := a.last.Add(2 * hearing); until.Before(a.now()) {
		return until
	}
	return a.now()
}

// polled takes note of an answer of getUpdates, behind which there may be more: these updates in it
// are new.
func (a *absence) polled(ctx context.Context, more bool, fresh []int64) {
	a.mu.Lock()
	now := a.now()
	a.behind = a.behind || now.Sub(a.last) > tooOld
	for _, id := range fresh {
		if a.behind {
			a.unsure[id] = true
		}
	}
	a.behind = a.behind && more
	a.last = now
	due := a.due()
	a.mu.Unlock()
	a.save(ctx, due, now)
}

// called takes note of an update that came by the webhook, with the date of its message or the
// zero time. After a long silence it may be that Telegram could not deliver.
func (a *absence) called(ctx context.Context, id int64, sent time.Time) {
	a.mu.Lock()
	now := a.now()
	if now.Sub(a.last) > tooOld {
		a.until = now.Add(catchingUp)
	}
	switch {
	case now.Before(a.until):
		a.unsure[id] = true
	case !sent.IsZero():
		a.ahead = max(0, now.Sub(sent))
	}
	a.last = now
	due := a.due()
	a.mu.Unlock()
	a.save(ctx, due, now)
}

// due reports whether to write down that Telegram was heard: not while something old is in hand,
// which would be as old after a kill.
func (a *absence) due() bool {
	due := !a.behind && len(a.unsure) == 0 && a.last.Sub(a.saved) >= hearing
	if due {
		a.saved = a.last
	}
	return due
}

func (a *absence) save(ctx context.Context, due bool, now time.Time) {
	if due {
		// Without it the bot only looks more closely at what comes first.
		_ = a.store.SaveNote(ctx, heardNote, a.key, []byte(now.UTC().Format(time.RFC3339)), now.Add(ever))
	}
}

// date reads the date of a message by the bot's clock, which may be ahead of Telegram's.
func (a *absence) date(sent time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return sent.Add(a.ahead)
}

// old reports, once, whether an update may be old.
func (a *absence) old(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.unsure[id]
	delete(a.unsure, id)
	return old
}
