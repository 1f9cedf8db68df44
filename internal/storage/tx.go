package storage

import (
	"bytes"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/clorebot/clorebot/internal/account"
)

// tx is a transaction as the rest of the package sees it. Values that get and scan give out
// must not be changed, and end with the transaction.
type tx struct {
	b   *bolt.Tx
	now time.Time
	// wrote says whether anything was changed: a transaction without changes is not committed,
	// and a job that failed without one does not spoil its group.
	wrote bool
	after effects
}

// effects is what others are told after a commit.
type effects struct {
	deliveries bool // the outbox has something new
	ledgers    []account.ID
}

func (t *tx) get(bucket string, k key) []byte { return t.b.Bucket([]byte(bucket)).Get(k) }

func (t *tx) put(bucket string, k key, v []byte) error {
	t.wrote = true
	if err := t.b.Bucket([]byte(bucket)).Put(k, v); err != nil {
		return fmt.Errorf("write to %s: %w", bucket, err)
	}
	return nil
}

// putJSON writes a record.
func (t *tx) putJSON(bucket string, k key, v any) error {
	b, err := encode(bucket, v)
	if err != nil {
		return err
	}
	return t.put(bucket, k, b)
}

// delete removes a record; one that is not there is no change.
func (t *tx) delete(bucket string, k key) error {
	b := t.b.Bucket([]byte(bucket))
	if b.Get(k) == nil {
		return nil
	}
	t.wrote = true
	if err := b.Delete(k); err != nil {
		return fmt.Errorf("delete from %s: %w", bucket, err)
	}
	return nil
}

// scan calls f with the records whose keys start with prefix, in order, until f returns false.
// f gets the key without the prefix, and must not write to the bucket.
func (t *tx) scan(bucket string, prefix key, f func(rest, v []byte) bool) {
	c := t.b.Bucket([]byte(bucket)).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !f(k[len(prefix):], v) {
			return
		}
	}
}

// keys returns the keys that start with prefix, whole and copied.
func (t *tx) keys(bucket string, prefix key) []key {
	var all []key
	t.scan(bucket, prefix, func(rest, _ []byte) bool {
		all = append(all, append(bytes.Clone(prefix), rest...))
		return true
	})
	return all
}

// deleteAll removes the records whose keys start with prefix.
func (t *tx) deleteAll(bucket string, prefix key) error {
	for _, k := range t.keys(bucket, prefix) {
		if err := t.delete(bucket, k); err != nil {
			return err
		}
	}
	return nil
}
