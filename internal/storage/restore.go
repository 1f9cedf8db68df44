package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clorebot/clorebot/internal/vault"
)

// Restore checks a backup and puts a copy of it in place of the data file, which no bot may be
// using. The present file is kept under the name that is returned, "" when there was none.
func Restore(ctx context.Context, from, to string, v *vault.Vault) (sum Summary, aside string, err error) {
	if sum, err = Check(from, v); err != nil {
		return sum, "", err
	}
	if err := makeFolder(filepath.Dir(to)); err != nil {
		return sum, "", fmt.Errorf("make folder of data file: %w", err)
	}
	unlock, err := lock(to)
	if err != nil {
		return sum, "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	err = withTemporary(to, func(temporary string) error {
		return copyFile(ctx, from, temporary)
	}, func(temporary, path string) (err error) {
		if aside, err = keepAside(path); err != nil {
			return err
		}
		return os.Rename(temporary, path)
	})
	if err != nil {
		err = fmt.Errorf("restore: %w", err)
	}
	return sum, aside, err
}

// lock takes the lock of a data file, which may be damaged, if there is one.
func lock(path string) (unlock func() error, err error) {
	if !Exists(path) {
		return func() error { return nil }, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open data file: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: stop the bot first", err), f.Close())
	}
	return f.Close, nil
}

func copyFile(ctx context.Context, from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.OpenFile(to, os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(&patientWriter{ctx, out}, in)
	return errors.Join(err, out.Close())
}

// keepAside gives a file a second name, so that it outlives the one that will get its first.
// It returns "" when there is no file.
func keepAside(path string) (string, error) {
	if !Exists(path) {
		return "", nil
	}
	for i := 1; ; i++ {
		aside := fmt.Sprintf("%s.before-restore-%d", path, i)
		err := os.Link(path, aside)
		switch {
		case err == nil:
			return aside, nil
		case errors.Is(err, fs.ErrExist):
			continue
		}
		if Exists(aside) {
			continue
		}
		// A file system without links.
		if err := os.Rename(path, aside); err != nil {
			return "", fmt.Errorf("keep the present data file: %w", err)
		}
		return aside, nil
	}
}
