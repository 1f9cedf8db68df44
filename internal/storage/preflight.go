package storage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// preflight goes through a file before it is opened for work. For its list of free pages bbolt
// looks at every page in a goroutine of its own, and a page that makes no sense panics there,
// where nobody can catch it. Here every page is touched first, where it can be caught.
func preflight(path string) error {
	db, err := openBolt(path, &bolt.Options{Timeout: lockTimeout, ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(walk(db, path), db.Close())
}

func walk(db *bolt.DB, path string) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return guard(func() error {
		return db.View(func(b *bolt.Tx) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if b.Size() > info.Size() {
				return fmt.Errorf("%w: it was cut from %d to %d bytes", ErrCorrupt, b.Size(), info.Size())
			}
			return b.ForEach(func(_ []byte, bucket *bolt.Bucket) error { return walkBucket(bucket) })
		})
	})
}

// walkBucket looks at every key. That they are in order shows that the pages belong together.
func walkBucket(b *bolt.Bucket) error {
	var last []byte
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if last != nil && bytes.Compare(last, k) >= 0 {
			return fmt.Errorf("%w: its keys are in disorder", ErrCorrupt)
		}
		last = k
		if v != nil {
			continue
		}
		if nested := b.Bucket(k); nested != nil {
			if err := walkBucket(nested); err != nil {
				return err
			}
		}
	}
	return nil
}
