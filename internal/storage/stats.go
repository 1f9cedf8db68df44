package storage

import (
	"context"

	bolt "go.etcd.io/bbolt"
)

// Stats is what can be measured of a store.
type Stats struct {
	Commits    uint64 // since it was opened
	Size       int64  // bytes of the file
	Free       int64  // of them in pages that can be used again
	Accounts   int
	Deliveries int // waiting in the outbox
	Degraded   bool
}

// Stats measures the store.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	st := Stats{Commits: s.writer.commits.Load(), Degraded: s.Degraded()}
	st.Size, st.Free = s.space()
	err := s.view(ctx, func(t *tx) error {
		st.Accounts = count(t.b, accounts)
		st.Deliveries = count(t.b, deliveries)
		return nil
	})
	return st, err
}

func count(b *bolt.Tx, bucket string) int { return b.Bucket([]byte(bucket)).Stats().KeyN }
