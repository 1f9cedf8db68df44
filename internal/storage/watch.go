package storage

import (
	"context"
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

// SaveWatches implements [watch.Store]. It returns [watch.ErrTooMany] for one more than a user
// may have, and [ErrFull] for a new one while the disk is full.
func (s *Store) SaveWatches(ctx context.Context, changes []watch.Change) error {
	return s.write(ctx, func(t *tx) error {
		for _, c := range changes {
			if c.Cause == watch.Added && s.Degraded() {
				return ErrFull
			}
			if err := t.saveWatch(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// saveWatch writes a change with the alert that follows from it. What was ended or forgotten
// meanwhile stays so, and has no news.
func (t *tx) saveWatch(c watch.Change) error {
	w := c.Watch
	k := watchKey(w.User, w.ID)
	switch c.Cause {
	case watch.Added:
		if len(t.keys(watches, userKey(w.User))) >= watch.MaxPerUser {
			return watch.ErrTooMany
		}
		return t.putJSON(watches, k, w)
	case watch.Edited, watch.Judged:
		if t.get(watches, k) == nil {
			return nil
		}
		if err := t.putJSON(watches, k, w); err != nil || len(c.Hits) == 0 {
			return err
		}
		return t.tellWatch(rental.WatchHit, fmt.Sprintf("%s/%s/%d", rental.WatchHit, w.ID, w.Fired.UnixMilli()), c)
	case watch.Expired:
		if t.get(watches, k) == nil {
			return nil
		}
		if err := t.delete(watches, k); err != nil {
			return err
		}
		return t.tellWatch(rental.WatchOver, fmt.Sprintf("%s/%s", rental.WatchOver, w.ID), c)
	case watch.Removed:
		return t.delete(watches, k)
	default:
		return fmt.Errorf("save watch: unknown cause %q", c.Cause)
	}
}

// tellWatch queues an alert for the user of a watch.
func (t *tx) tellWatch(kind rental.EventKind, said string, c watch.Change) error {
	news, err := c.News()
	if err != nil {
		return err
	}
	return t.announce(c.Watch.User, []rental.Event{{
		Kind: kind, Key: said, Account: c.Watch.Account, Watch: c.Watch.ID, Hits: news,
	}})
}
