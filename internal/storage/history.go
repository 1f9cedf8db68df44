package storage

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// mostHistory is how many ended rentals of a user are kept.
const mostHistory = 1000

// archive adds an ended rental to the history of its user. Times and numbers are inverted in
// the key, so that the newest comes first.
func (t *tx) archive(user chat.User, r rental.Rental) error {
	if r.EndedAt.IsZero() {
		r.EndedAt = t.now
	}
	k := historyKey(user, r)
	if err := t.putJSON(history, k, r); err != nil {
		return err
	}
	all := t.keys(history, userKey(user))
	for _, old := range all[min(mostHistory, len(all)):] {
		if err := t.delete(history, old); err != nil {
			return err
		}
	}
	return nil
}

// unarchive takes back that a rental ended at its EndedAt.
func (t *tx) unarchive(user chat.User, r rental.Rental) error {
	return t.delete(history, historyKey(user, r))
}

func historyKey(user chat.User, r rental.Rental) []byte {
	return userKey(user).number(^nanoseconds(r.EndedAt)).number(^uint64(r.Order.ID))
}

// Ended implements [commands.Archive].
func (s *Store) Ended(ctx context.Context, user chat.User, since time.Time) ([]rental.Rental, bool, error) {
	var all []rental.Rental
	err := s.view(ctx, func(t *tx) (err error) {
		last := ^nanoseconds(since)
		t.scan(history, userKey(user), func(rest, v []byte) bool {
			if numberOf(rest[:width]) > last {
				return false
			}
			var r rental.Rental
			r, err = load[rental.Rental](history, v)
			all = append(all, r)
			return err == nil
		})
		return err
	})
	return all, len(all) < mostHistory, err
}

// History implements [commands.Archive].
func (s *Store) History(ctx context.Context, user chat.User, limit int) ([]rental.Rental, error) {
	var all []rental.Rental
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(history, userKey(user), func(_, v []byte) bool {
			if len(all) >= limit {
				return false
			}
			var r rental.Rental
			r, err = load[rental.Rental](history, v)
			all = append(all, r)
			return err == nil
		})
		return err
	})
	return all, err
}
