package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"

	bolt "go.etcd.io/bbolt"
)

// The buckets; doc.go says what is in them.
const (
	meta       = "meta"
	profiles   = "profiles"
	accounts   = "accounts"
	owned      = "owned"
	ledgers    = "ledgers"
	secrets    = "secrets"
	history    = "history"
	quotes     = "quotes"
	confirms   = "confirms"
	grants     = "grants"
	deliveries = "deliveries"
	queue      = "queue"
	chats      = "chats"
	due        = "due"
	cards      = "cards"
	told       = "told"
	expiries   = "expiries"
	updates    = "updates"
	notes      = "notes"
	watches    = "watches"
)

// The keys in meta.
const (
	schemaKey  = "schema"
	keysetKey  = "keyset"
	compactKey = "compact"
	discordKey = "discord"
)

// migration changes a file from the schema before it to its own.
type migration struct {
	to    uint32
	apply func(*bolt.Tx) error
}

// migrations returns all of them in order. A released one is never changed; a new file is made
// by running them all, so old and new files cannot differ.
func migrations() []migration {
	return []migration{
		{1, firstSchema},
		{2, frontendSchema},
		{3, watchSchema},
	}
}

func firstSchema(b *bolt.Tx) error {
	for _, name := range []string{
		meta, profiles, accounts, owned, ledgers, secrets, history, quotes, confirms, grants,
		deliveries, queue, chats, due, cards, told, expiries,
	} {
		if _, err := b.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
	}
	return nil
}

// frontendSchema has room for what front-ends keep.
func frontendSchema(b *bolt.Tx) error {
	for _, name := range []string{updates, notes} {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return fmt.Errorf("create %s: %w", name, err)
		}
	}
	return nil
}

// watchSchema has room for watches.
func watchSchema(b *bolt.Tx) error {
	if _, err := b.CreateBucketIfNotExists([]byte(watches)); err != nil {
		return fmt.Errorf("create %s: %w", watches, err)
	}
	return nil
}

// schemaOf returns the schema of the file, 0 when nothing is in it yet.
func schemaOf(b *bolt.Tx) (uint32, error) {
	m := b.Bucket([]byte(meta))
	if m == nil {
		if name, _ := b.Cursor().First(); name != nil {
			return 0, fmt.Errorf("%w: it is no data file of this program", ErrCorrupt)
		}
		return 0, nil
	}
	v := m.Get([]byte(schemaKey))
	if len(v) != 4 {
		return 0, fmt.Errorf("%w: it does not say its schema", ErrCorrupt)
	}
	return binary.BigEndian.Uint32(v), nil
}

// readSchema returns the schema of the file and refuses one that is too new.
func readSchema(db *bolt.DB, all []migration) (schema uint32, err error) {
	err = guard(func() error {
		return db.View(func(b *bolt.Tx) error {
			schema, err = schemaOf(b)
			return err
		})
	})
	newest := all[len(all)-1].to
	if err == nil && schema > newest {
		err = fmt.Errorf("%w: its schema is %d, this program knows up to %d; update the program or restore an older backup", ErrNewer, schema, newest)
	}
	return schema, err
}

// migrate brings the file to the newest schema in one transaction, after a copy of the file.
func migrate(db *bolt.DB, all []migration) error {
	schema, err := readSchema(db, all)
	if err != nil || schema == all[len(all)-1].to {
		return err
	}
	if schema > 0 {
		copied := fmt.Sprintf("%s.schema-%d", db.Path(), schema)
		// A copy from an earlier try that was interrupted is of the same schema, and as good.
		err := backup(context.Background(), db, copied)
		if err != nil && !errors.Is(err, ErrExists) {
			return fmt.Errorf("copy the data file before changing its schema: %w", err)
		}
	}
	b, err := db.Begin(true)
	if err != nil {
		return translate(err)
	}
	defer rollback(b)
	for _, m := range all {
		if m.to <= schema {
			continue
		}
		if err := step(b, m); err != nil {
			return fmt.Errorf("change the data file to schema %d: %w", m.to, err)
		}
	}
	return translate(b.Commit())
}

func step(b *bolt.Tx, m migration) error {
	if err := guard(func() error { return m.apply(b) }); err != nil {
		return err
	}
	return b.Bucket([]byte(meta)).Put([]byte(schemaKey), binary.BigEndian.AppendUint32(nil, m.to))
}

// Exists reports whether there is a data file, so that a missing keyset can be told from a
// first start.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
