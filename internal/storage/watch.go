package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/watch"
)

func watchKey(user chat.User, id string) key { return userKey(user).text(id) }

// Watches implements [watch.Store].
func (s *Store) Watches(ctx context.Context) ([]watch.Watch, error) {
	var all []watch.Watch
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(watches, nil, func(_, v []byte) bool {
			var w watch.Watch
			w, err = load[watch.Watch](watches, v)
			all = append(all, w)
			return err == nil
		})
		return err
	})
	return all, err
}

// watchEntry is a change of a watch, ready to be written.
type watchEntry struct {
	cause  watch.Cause
	user   chat.User
	key    key
	record []byte // nil for the end of a watch
	event  *rental.Event
	ends   watch.Watch // an armed watch whose permission may not outlive it, else without a mandate
}

// SaveWatches implements [watch.Store]. A permission ends with its watch, or sooner. It returns
// [watch.ErrTooMany] for one more than a user may have, and [ErrFull] for a new one while the disk is full. What is to be written is put
// together before the transaction, because others wait for that.
func (s *Store) SaveWatches(ctx context.Context, changes []watch.Change) error {
	entries := make([]watchEntry, 0, len(changes))
	for _, c := range changes {
		if c.Cause == watch.Added && s.Degraded() {
			return ErrFull
		}
		e, err := watchEntryOf(c)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	return s.write(ctx, func(t *tx) error {
		for i := range entries {
			if err := s.endPermission(t, entries[i].ends); err != nil {
				return err
			}
			if err := t.saveWatch(&entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// endPermission lets the permission of an armed watch end no later than the watch, with the alerts
// that follow from that. An account that is gone has none. A ledger that cannot be read stays as it
// is, since watches of others are in the same transaction: nothing can be bought with it either.
func (s *Store) endPermission(t *tx, w watch.Watch) error {
	if w.Mandate == "" {
		return nil
	}
	e, err := s.workOut(t.snapshot(w.Account), func(l *rental.Ledger) error {
		l.EndWithWatch(w.ID, w.Expires, t.now)
		return nil
	})
	switch {
	case errors.Is(err, rental.ErrNoAccount), err == nil && e == nil:
		return nil
	case err != nil:
		s.o.Log.Error("permission was not ended with its watch", "account", w.Account, "watch", w.ID, "err", err)
		return nil
	}
	return t.enter(w.Account, e)
}

func watchEntryOf(c watch.Change) (e watchEntry, err error) {
	w := c.Watch
	e = watchEntry{cause: c.Cause, user: w.User, key: watchKey(w.User, w.ID)}
	if c.Cause == watch.Edited || c.Cause == watch.Expired {
		e.ends = w
	}
	switch c.Cause {
	case watch.Added, watch.Edited, watch.Judged:
		if e.record, err = encode(watches, w); err == nil && len(c.Hits) > 0 {
			e.event, err = watchEvent(rental.WatchHit, fmt.Sprintf("%s/%s/%d", rental.WatchHit, w.ID, w.Fired.UnixMilli()), c)
		}
	case watch.Expired:
		e.event, err = watchEvent(rental.WatchOver, fmt.Sprintf("%s/%s", rental.WatchOver, w.ID), c)
	case watch.Removed:
	default:
		err = fmt.Errorf("save watch: unknown cause %q", c.Cause)
	}
	return e, err
}

// watchEvent makes the event that tells the user of a watch.
func watchEvent(kind rental.EventKind, said string, c watch.Change) (*rental.Event, error) {
	news, err := c.News()
	if err != nil {
		return nil, err
	}
	return &rental.Event{Kind: kind, Key: said, Account: c.Watch.Account, Watch: c.Watch.ID, Hits: news}, nil
}

// saveWatch writes a change with the alert that follows from it. What was ended or forgotten
// meanwhile stays so, and has no news.
func (t *tx) saveWatch(e *watchEntry) error {
	there := t.get(watches, e.key) != nil
	switch {
	case e.cause == watch.Added:
		if len(t.keys(watches, userKey(e.user))) >= watch.MaxPerUser {
			return watch.ErrTooMany
		}
	case !there:
		return nil
	}
	var err error
	if e.record == nil {
		err = t.delete(watches, e.key)
	} else {
		err = t.put(watches, e.key, e.record)
	}
	if err != nil || e.event == nil {
		return err
	}
	return t.announce(e.user, []rental.Event{*e.event})
}
