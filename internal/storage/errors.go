package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Errors of the data file. Those of records are the ports' own (rental.ErrNoAccount, …).
var (
	// ErrLocked means that another process, or another Store of this one, has the file open.
	ErrLocked = errors.New("data file is in use")
	// ErrNewer means that a later version of the program has written the file.
	ErrNewer = errors.New("data file was written by a newer version")
	// ErrNoKeyset means that there is a data file but no keyset to read its secrets with. A new
	// keyset would make them unreadable for ever, so none is made.
	ErrNoKeyset = errors.New("data file has secrets but its keyset was not given")
	// ErrWrongKeyset means that the secrets of the file were sealed with another keyset.
	ErrWrongKeyset = errors.New("keyset does not belong to the data file")
	// ErrCorrupt means that the file is damaged or no data file of this program.
	ErrCorrupt = errors.New("data file is damaged")
	// ErrFull means that the disk, or the most that the file may grow to, is used up. Nothing
	// was changed. Reading still works, and so does deleting records of common sizes.
	ErrFull = errors.New("no room left for the data file")
	// ErrClosed is returned by all methods after Close.
	ErrClosed = errors.New("data file is closed")
	// ErrExists is returned by Backup, which replaces nothing.
	ErrExists = errors.New("file exists already")
)

// translate turns an error of bbolt or the system into one of this package's.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed
	case full(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum),
		errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrInvalidMapping):
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	default:
		return err
	}
}

func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, quotaExceeded) ||
		errors.Is(err, bolterrors.ErrMaxSizeReached)
}

// guard runs f and turns a panic into [ErrCorrupt]: that is how bbolt answers to pages that
// make no sense.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrCorrupt, p)
		}
	}()
	return f()
}

// load reads a record.
func load[T any](bucket string, b []byte) (T, error) {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		// The cause may quote the record.
		return v, fmt.Errorf("%w: a record of %s cannot be read", ErrCorrupt, bucket)
	}
	return v, nil
}

func encode(bucket string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write to %s: %w", bucket, err)
	}
	return b, nil
}

// rollback ends a transaction that is not to be committed, or was.
func rollback(b *bolt.Tx) { _ = b.Rollback() } // it fails only when the transaction has ended
