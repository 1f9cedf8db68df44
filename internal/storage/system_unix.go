//go:build unix

package storage

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// quotaExceeded is the full disk of a single user.
const quotaExceeded = syscall.EDQUOT

// lockFile takes the lock that bbolt takes, without reading the file.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}

// syncFolder makes the names of files as lasting as their content.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
