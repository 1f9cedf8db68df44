package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

const (
	fileMode    fs.FileMode = 0o600
	folderMode  fs.FileMode = 0o700
	lockTimeout             = time.Second
	defaultMmap             = 64 << 20
	unfinished              = ".new-*" // what temporary files are called after the file they become
)

// fileOptions are those of etcd's backend: writing the list of free pages with every commit
// would make a file explode whose readers are slow.
func fileOptions(o Options) *bolt.Options {
	mmap := o.Mmap
	if mmap == 0 {
		mmap = defaultMmap
	}
	return &bolt.Options{
		Timeout:         lockTimeout,
		NoFreelistSync:  true,
		FreelistType:    bolt.FreelistMapType,
		MmapFlags:       mmapFlags,
		InitialMmapSize: mmap,
		MaxSize:         int(o.MaxSize),
	}
}

// openFile opens a file that exists and holds its lock.
func openFile(path string, options *bolt.Options) (*bolt.DB, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open data file: %w", err)
	}
	if info.Size() == 0 {
		return nil, fmt.Errorf("%w: %s is empty; restore a backup, or remove it to start anew", ErrCorrupt, path)
	}
	err = preflight(path)
	var db *bolt.DB
	if err == nil {
		db, err = openBolt(path, options)
	}
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		by := holder(path)
		if by == "" {
			by = "another process"
		}
		return nil, fmt.Errorf("%w: %s is held by %s", ErrLocked, path, by)
	case err != nil:
		return nil, fmt.Errorf("open data file %s: %w", path, translate(err))
	}
	return db, nil
}

// openBolt opens a file with bbolt. A damaged file makes bbolt panic, or touch memory behind
// the end of the file; both become [ErrCorrupt], and the file is closed.
func openBolt(path string, options *bolt.Options) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var f *os.File
	o := *options
	o.OpenFile = func(name string, flags int, mode os.FileMode) (*os.File, error) {
		f, err = os.OpenFile(name, flags, mode)
		return f, err
	}
	err = guard(func() error {
		db, err = bolt.Open(path, fileMode, &o)
		return err
	})
	if err != nil {
		if f != nil {
			_ = f.Close() // closed already unless bbolt panicked
		}
		return nil, err
	}
	if err := stillNamed(f, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// stillNamed makes sure that the locked file is the one of that name, and was not replaced
// while its lock was waited for.
func stillNamed(f *os.File, path string) error {
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(opened, named) {
		return bolterrors.ErrTimeout // somebody else works on it: as if locked
	}
	return nil
}

// createFile makes a new data file. It gets its name when it is complete and on the disk: a
// crash in between leaves a temporary file that nobody mistakes for data.
func createFile(path string, all []migration, options *bolt.Options) error {
	return withTemporary(path, func(temporary string) error {
		db, err := openBolt(temporary, options)
		if err != nil {
			return translate(err)
		}
		return errors.Join(migrate(db, all), db.Close())
	}, install)
}

// withTemporary has a file made under a temporary name in the folder of path, syncs it, and
// finishes by giving it its name.
func withTemporary(path string, fill func(temporary string) error, finish func(temporary, path string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+unfinished) // mode 0600
	if err != nil {
		return fmt.Errorf("make data file: %w", err)
	}
	temporary := f.Name()
	err = fill(temporary)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = finish(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary) // a leftover does no harm
		return translate(err)
	}
	return syncFolder(filepath.Dir(path))
}

// install names a file, and refuses when the name is taken.
func install(temporary, path string) error {
	err := os.Link(temporary, path)
	switch {
	case err == nil:
		return os.Remove(temporary)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%w: %s", ErrExists, path)
	}
	// A file system without links. Between the look and the renaming somebody else could take
	// the name; there is no better way here.
	if Exists(path) {
		return fmt.Errorf("%w: %s", ErrExists, path)
	}
	return os.Rename(temporary, path)
}

// removeUnfinished removes what crashes have left behind. The file's lock must be held.
func removeUnfinished(path string) {
	leftovers, err := filepath.Glob(filepath.Join(filepath.Dir(path), filepath.Base(path)+unfinished))
	if err != nil {
		return // the name of the file has characters that are special to Glob
	}
	for _, name := range leftovers {
		_ = os.Remove(name) // tried again at the next start
	}
}

// backup writes a copy of the file as it is now to a new file.
func backup(ctx context.Context, db *bolt.DB, path string) error {
	return withTemporary(path, func(temporary string) error {
		f, err := os.OpenFile(temporary, os.O_WRONLY, fileMode)
		if err != nil {
			return err
		}
		err = guard(func() error {
			return db.View(func(b *bolt.Tx) error {
				_, err := b.WriteTo(&patientWriter{ctx, f})
				return err
			})
		})
		return errors.Join(err, f.Close())
	}, install)
}

// patientWriter stops writing when its context ends.
type patientWriter struct {
	ctx context.Context //nolint:containedctx // lives for one call
	io.Writer
}

// Write implements [io.Writer].
func (w *patientWriter) Write(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Writer.Write(b)
}

// makeFolder makes the folder of the data file, private to its owner, and refuses one in which
// others may put files in the place of ours.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, folderMode); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	const othersWrite = 0o022
	if info.Mode().Perm()&othersWrite != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("others may write to %s: run chmod 700 %s", path, path)
	}
	return nil
}
