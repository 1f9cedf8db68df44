package storage

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Sweep is one round of housekeeping.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	n, err := s.sweep(ctx)
	s.findRoom()
	return n, err
}

// Commits returns how many transactions were committed since the start.
func (s *Store) Commits() uint64 { return s.writer.commits.Load() }

// Contents returns all records, "bucket/key", for comparing files.
func (s *Store) Contents() map[string]string {
	all := map[string]string{}
	_ = s.db.View(func(b *bolt.Tx) error {
		return b.ForEach(func(name []byte, bucket *bolt.Bucket) error {
			return bucket.ForEach(func(k, v []byte) error {
				all[string(name)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	return all
}

// Verify goes through the structure of the file and the rules of the outbox.
func (s *Store) Verify() error {
	return translate(s.db.View(func(b *bolt.Tx) error {
		for err := range b.Check() {
			return err
		}
		return (&tx{b: b, now: s.o.Now()}).verifyOutbox()
	}))
}

// Run runs something in a write transaction that fails after it has written.
func (s *Store) Run(ctx context.Context, k, v string, fail error) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.put(meta, key(k), []byte(v)); err != nil {
			return err
		}
		return fail
	})
}

// Damage makes the ledger of an account unreadable.
func (s *Store) Damage(id account.ID) error {
	return s.write(context.Background(), func(t *tx) error { return t.put(ledgers, textKey(string(id)), []byte("{")) })
}

// Panic runs a job that panics after it has written.
func (s *Store) Panic(ctx context.Context, k string) error {
	return s.write(ctx, func(t *tx) error {
		_ = t.put(meta, key(k), []byte("x"))
		panic("boom")
	})
}

// Stall keeps the writer busy until the channel is closed; it returns when it has begun.
func (s *Store) Stall(until <-chan struct{}) {
	began := make(chan struct{})
	go func() {
		_ = s.write(context.Background(), func(*tx) error {
			close(began)
			<-until
			return nil
		})
	}()
	<-began
}

// Queued returns how many jobs wait for the writer.
func (s *Store) Queued() int { return len(s.writer.queue) }

// OpenWith opens a file with one more migration, which writes a word into meta.
func OpenWith(o Options, fail error) (*Store, error) {
	all := migrations()
	next := all[len(all)-1].to + 1
	return open(o, append(all, migration{next, func(b *bolt.Tx) error {
		if err := b.Bucket([]byte(meta)).Put([]byte("migrated"), []byte("yes")); err != nil {
			return err
		}
		return fail
	}}))
}

// SetSchema writes a schema number into a file that is open.
func (s *Store) SetSchema(n byte) error {
	return s.Run(context.Background(), schemaKey, string([]byte{0, 0, 0, n}), nil)
}

// Swap moves a sealed secret to another user and field.
func (s *Store) Swap(from chat.User, field string, to chat.User, other string) error {
	return s.write(context.Background(), func(t *tx) error {
		return t.put(secrets, secretKey(to, other), t.get(secrets, secretKey(from, field)))
	})
}
