package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
	// maxFile bounds what is read: a keyset of a hundred keys is smaller.
	maxFile = 64 << 10
)

// AccessError says that others than the bot can get at a keyset file.
type AccessError struct {
	Path   string      // the file, or the folder when that is what is open to others
	Mode   fs.FileMode // its permissions
	Reason string
	Remedy string // what to type or set
}

// Error implements error.
func (e *AccessError) Error() string {
	return fmt.Sprintf("keyset %s (mode %04o) %s; %s", e.Path, e.Mode.Perm(), e.Reason, e.Remedy)
}

func readFile(path string, o Options) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open keyset: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	if guarded && !o.AllowWide {
		if err := private(f, path); err != nil {
			return nil, err
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	return text, nil
}

// private refuses files that others can read and folders in which they can put another file in
// its place. It asks about the opened file, which cannot be swapped any more.
func private(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("inspect keyset: %w", err)
	}
	if !info.Mode().IsRegular() {
		return &AccessError{path, info.Mode(), "is no plain file", "name a file"}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &AccessError{path, info.Mode(), "can be reached by other users", "run chmod 600 " + path}
	}
	if !ours(info) {
		return &AccessError{path, info.Mode(), "belongs to another user", "run chown to the user of the bot"}
	}
	folder := filepath.Dir(path)
	info, err = os.Stat(folder)
	if err != nil {
		return fmt.Errorf("inspect keyset's folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return &AccessError{folder, info.Mode(), "is a folder in which other users can write", "run chmod 700 " + folder}
	}
	return nil
}

// createFile writes a new file and never replaces one.
func createFile(path string, text []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return fmt.Errorf("make keyset's folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, path)
	}
	if err != nil {
		return fmt.Errorf("create keyset: %w", err)
	}
	if err := fill(f, text); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return syncFolder(folder)
}

// replaceFile puts new text in place of a keyset file, at once or not at all.
func replaceFile(path string, text []byte) error {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	if err := fill(f, text); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(fmt.Errorf("replace keyset: %w", err), os.Remove(f.Name()))
	}
	return syncFolder(folder)
}

// fill writes, syncs and closes.
func fill(f *os.File, text []byte) error {
	_, err := f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	return nil
}
