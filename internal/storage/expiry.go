package storage

import (
	"bytes"
	"time"
)

// Records that expire carry the moment in front of their value and have an entry in the bucket
// of expiries, by which sweeping finds them without looking at the others.

// putExpiring writes a record that may be swept after at.
func (t *tx) putExpiring(bucket string, k key, v []byte, at time.Time) error {
	old := t.get(bucket, k)
	if same := old != nil && numberOf(old) == nanoseconds(at); !same {
		if err := t.deleteExpiring(bucket, k); err != nil {
			return err
		}
		if err := t.put(expiries, expiryKey(at, bucket, k), []byte{}); err != nil {
			return err
		}
	}
	return t.put(bucket, k, append(key{}.moment(at), v...))
}

// getExpiring returns the value and whether there is one, expired or not.
func (t *tx) getExpiring(bucket string, k key) ([]byte, bool) {
	b := t.get(bucket, k)
	if len(b) < width {
		return nil, false
	}
	return b[width:], true
}

func (t *tx) deleteExpiring(bucket string, k key) error {
	old := t.get(bucket, k)
	if old == nil {
		return nil
	}
	if err := t.delete(expiries, expiryKey(momentOf(old), bucket, k)); err != nil {
		return err
	}
	return t.delete(bucket, k)
}

func (t *tx) deleteAllExpiring(bucket string, prefix key) error {
	for _, k := range t.keys(bucket, prefix) {
		if err := t.deleteExpiring(bucket, k); err != nil {
			return err
		}
	}
	return nil
}

func expiryKey(at time.Time, bucket string, k key) key {
	return append(key{}.moment(at).text(bucket), k...)
}

// expired returns up to n entries of expiries that are over.
func (t *tx) expired(n int) []key {
	var all []key
	limit := key{}.moment(t.now)
	t.scan(expiries, nil, func(k, _ []byte) bool {
		if len(all) == n || bytes.Compare(k[:min(width, len(k))], limit) > 0 {
			return false
		}
		all = append(all, bytes.Clone(k))
		return true
	})
	return all
}

// sweep removes up to n expired records and returns how many there were.
func (t *tx) sweep(n int) (int, error) {
	all := t.expired(n)
	for _, k := range all {
		bucket, rest, ok := textOf(k[min(width, len(k)):])
		var err error
		switch {
		case !ok:
		case bucket == deliveries:
			err = t.removeDelivery(numberOf(rest))
		default:
			err = t.deleteExpiring(bucket, rest)
		}
		if err == nil {
			err = t.delete(expiries, k) // if it is there still
		}
		if err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
