package storage

import (
	"bytes"
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// keepQuote is how long an expired quote is kept: whoever presses its button the next day is
// told what happened, and offered the same anew.
const keepQuote = 24 * time.Hour

func quoteKey(user chat.User, id string) key { return userKey(user).text(id) }

// SaveQuote implements [rental.Quotes]. While the disk is full it returns [ErrFull].
func (s *Store) SaveQuote(ctx context.Context, q rental.Quote) error {
	if s.Degraded() {
		return ErrFull
	}
	b, err := encode(quotes, q)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		return t.putExpiring(quotes, quoteKey(q.User, q.ID), b, q.Expires.Add(keepQuote))
	})
}

// Quote implements [rental.Quotes].
func (s *Store) Quote(ctx context.Context, id string, user chat.User) (rental.Quote, error) {
	var b []byte
	err := s.view(ctx, func(t *tx) error {
		v, ok := t.getExpiring(quotes, quoteKey(user, id))
		if !ok {
			return rental.ErrNoQuote
		}
		b = bytes.Clone(v)
		return nil
	})
	if err != nil {
		return rental.Quote{}, err
	}
	return load[rental.Quote](quotes, b)
}

// TakeQuote implements [rental.Books]. While the disk is full it returns [ErrFull]: whoever
// cannot write down what happens to an order must not make one.
func (s *Store) TakeQuote(
	ctx context.Context, id string, user chat.User, change func(*rental.Ledger, rental.Quote) error,
) error {
	if s.Degraded() {
		return ErrFull
	}
	return s.write(ctx, func(t *tx) error {
		k := quoteKey(user, id)
		b, ok := t.getExpiring(quotes, k)
		if !ok {
			return t.whyNoQuote(id, user)
		}
		q, err := load[rental.Quote](quotes, b)
		if err != nil {
			return err
		}
		e, err := s.workOut(t.snapshot(q.Account), func(l *rental.Ledger) error {
			if has(l, id, user) {
				return rental.ErrQuoteTaken
			}
			return change(l, q)
		})
		if err != nil {
			return err
		}
		if err := t.deleteExpiring(quotes, k); err != nil || e == nil {
			return err
		}
		return t.enter(q.Account, e)
	})
}

// whyNoQuote tells a quote that was taken from one that never was.
func (t *tx) whyNoQuote(id string, user chat.User) error {
	for _, a := range t.owned(user) {
		l, err := t.snapshot(a).decode()
		if err != nil {
			return err
		}
		if has(&l, id, user) {
			return rental.ErrQuoteTaken
		}
	}
	return rental.ErrNoQuote
}

func has(l *rental.Ledger, intent string, user chat.User) bool {
	for _, i := range l.Intents {
		if i.ID == intent && i.User == user {
			return true
		}
	}
	return false
}

// owned returns the accounts of a user.
func (t *tx) owned(user chat.User) []account.ID {
	var ids []account.ID
	t.scan(owned, userKey(user), func(rest, _ []byte) bool {
		if id, _, ok := textOf(rest); ok {
			ids = append(ids, account.ID(id))
		}
		return true
	})
	return ids
}
