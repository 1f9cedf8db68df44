package storage

import (
	"context"

	bolt "go.etcd.io/bbolt"
)

// view reads. f must copy out what it wants to keep, and wait for nothing.
func (s *Store) view(ctx context.Context, f func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return translate(guard(func() error {
		return s.db.View(func(b *bolt.Tx) error {
			return f(&tx{b: b, now: s.o.Now()})
		})
	}))
}

// write changes something and tells others after the commit. f may run more than once.
func (s *Store) write(ctx context.Context, f func(*tx) error) error {
	after, err := s.writer.do(ctx, f)
	if err != nil {
		return err
	}
	if after.deliveries {
		s.wake()
	}
	for _, id := range after.ledgers {
		s.o.OnLedger(id)
	}
	return nil
}
