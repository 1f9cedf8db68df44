package storage

import (
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

const (
	compactOver  = 64 << 20 // smaller files are not worth it
	compactTimes = 4        // by how much the file must exceed what is live
	compactTx    = 1 << 20  // bytes a transaction while compacting
)

// compact rewrites the file without its free pages, when there are very many of them or
// somebody was forgotten. On an error the old file is as it was.
func (s *Store) compact() error {
	var asked bool
	err := s.db.View(func(b *bolt.Tx) error {
		asked = b.Bucket([]byte(meta)).Get([]byte(compactKey)) != nil
		return nil
	})
	if err != nil {
		return translate(err)
	}
	size, free := s.space()
	if !asked && (size <= compactOver || size <= compactTimes*(size-free)) {
		return nil
	}
	db, err := s.rewrite()
	if err != nil {
		return err
	}
	old := s.db
	s.db = db
	now, _ := s.space()
	s.o.Log.Info("data file was compacted", "from_bytes", size, "to_bytes", now)
	return old.Close()
}

// rewrite puts a compact copy in place of the file and returns it open and locked. The old file
// keeps its lock until the caller closes it, so there is no moment for another process.
func (s *Store) rewrite() (db *bolt.DB, err error) {
	fill := func(temporary string) error {
		if db, err = openBolt(temporary, fileOptions(s.o)); err != nil {
			return err
		}
		err = guard(func() error { return bolt.Compact(db, s.db, compactTx) })
		if err == nil {
			err = clearMark(db)
		}
		return err
	}
	inPlace := false
	err = withTemporary(s.o.Path, fill, func(temporary, path string) error {
		err := os.Rename(temporary, path)
		inPlace = err == nil
		return err
	})
	switch {
	case inPlace: // from here on the old file has no name and must not be used, whatever failed
		return db, nil
	case db != nil:
		return nil, errors.Join(fmt.Errorf("compact: %w", translate(err)), db.Close())
	default:
		return nil, fmt.Errorf("compact: %w", translate(err))
	}
}

// clearMark removes the request to compact.
func clearMark(db *bolt.DB) error {
	b, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer rollback(b)
	if err := b.Bucket([]byte(meta)).Delete([]byte(compactKey)); err != nil {
		return err
	}
	return b.Commit()
}
