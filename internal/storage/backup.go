package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/clorebot/clorebot/internal/vault"
)

// Backup writes a copy of the data as it is now to a new file, while everything goes on. It
// replaces nothing ([ErrExists]). The keyset is not in the copy and must be kept elsewhere.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := backup(ctx, s.db, path); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // bbolt gives it as text only
		}
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

// Summary says what is in a data file.
type Summary struct {
	Schema   uint32
	Size     int64
	Keyset   string // its fingerprint
	Accounts int
	Secrets  int
	Records  int // all of them
}

// Check opens a file that no bot is using, without changing it, and goes through all of it:
// the structure, every record, and every secret with the keyset. It returns what is wrong first.
func Check(path string, v *vault.Vault) (sum Summary, err error) {
	if v == nil {
		return sum, fmt.Errorf("%w: %s", ErrNoKeyset, path)
	}
	db, err := openFile(path, &bolt.Options{Timeout: lockTimeout, ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if sum.Schema, err = readSchema(db, migrations()); err != nil {
		return sum, err
	}
	if sum.Schema == 0 {
		return sum, fmt.Errorf("%w: there is nothing in it", ErrCorrupt)
	}
	err = guard(func() error {
		return db.View(func(b *bolt.Tx) error { return sum.check(&tx{b: b}, v) })
	})
	return sum, err
}

func (sum *Summary) check(t *tx, v *vault.Vault) error {
	sum.Size = t.b.Size()
	for err := range t.b.Check() {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if t.get(meta, key(keysetKey)) == nil {
		return fmt.Errorf("%w: it does not say its keyset", ErrCorrupt)
	}
	if err := checkKeyset(t, v); err != nil {
		return err
	}
	sum.Keyset = v.Fingerprint()
	return t.b.ForEach(func(name []byte, b *bolt.Bucket) error {
		return b.ForEach(func(k, value []byte) error {
			sum.Records++
			return sum.record(string(name), k, value, v)
		})
	})
}

// record checks one record by what its bucket holds.
func (sum *Summary) record(bucket string, k, value []byte, v *vault.Vault) error {
	switch bucket {
	case accounts:
		sum.Accounts++
	case secrets:
		sum.Secrets++
		user, field, ok := secretKeyParts(k)
		if !ok {
			return fmt.Errorf("%w: a secret belongs to nobody", ErrCorrupt)
		}
		if _, err := v.Open(secretLabel(user, field), value); err != nil {
			return fmt.Errorf("%s of %s: %w", field, user, err)
		}
		return nil
	case meta, owned, queue, due, expiries, told, updates, notes:
		return nil
	case quotes, confirms, deliveries, cards:
		value = value[min(width, len(value)):]
	}
	if !json.Valid(value) {
		return fmt.Errorf("%w: a record of %s cannot be read", ErrCorrupt, bucket)
	}
	return nil
}
