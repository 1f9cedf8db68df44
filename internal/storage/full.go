package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A full disk is a state and not an end. A reserve file next to the data file is removed when a
// commit finds no room, so that what is under way can be written down; from then on no new
// rentals are begun ([Store.Degraded]) until there is room for the reserve again.

const (
	defaultReserve = 4 << 20
	elbowRoom      = 1 << 20 // free bytes below the size limit that count as room
)

// Degraded reports whether the disk was found full and there is no room yet.
func (s *Store) Degraded() bool { return s.reduced.Load() }

func (s *Store) reservePath() string { return s.o.Path + ".reserve" }

// reserve makes the reserve file and reports whether it is there.
func (s *Store) reserve() bool {
	if s.o.Reserve < 0 {
		return true
	}
	if info, err := os.Stat(s.reservePath()); err == nil && info.Size() == s.o.Reserve {
		return true
	}
	if err := fillFile(s.reservePath(), s.o.Reserve); err != nil {
		_ = os.Remove(s.reservePath()) // half a reserve is room for others
		return false
	}
	return true
}

// fillFile writes a file full of something that no file system stores as a hole.
func fillFile(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return fmt.Errorf("make reserve: %w", err)
	}
	block := make([]byte, 64<<10)
	for i := range block {
		block[i] = byte(i*7 + 1)
	}
	for left := size; left > 0 && err == nil; left -= int64(len(block)) {
		_, err = f.Write(block[:min(int64(len(block)), left)])
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// relieve is called by the writer when a commit found no room. It reports whether it made some.
func (s *Store) relieve() bool {
	if !s.reduced.Swap(true) {
		s.o.Log.Error("disk is full: no new rentals until there is room", "path", s.o.Path)
	}
	if s.o.Reserve < 0 {
		return false
	}
	err := os.Remove(s.reservePath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.o.Log.Warn("reserve was not removed", "err", err)
	}
	return err == nil
}

// findRoom ends the degraded state when there is room again.
func (s *Store) findRoom() {
	if !s.Degraded() || !s.roomy() || !s.reserve() {
		return
	}
	s.reduced.Store(false)
	s.o.Log.Info("there is room on the disk again", "path", s.o.Path)
}

// roomy reports whether the file is not at its own limit.
func (s *Store) roomy() bool {
	if s.o.MaxSize <= 0 {
		return true
	}
	size, free := s.space()
	return size-free+elbowRoom <= s.o.MaxSize
}

// space returns the size of the file and how much of it is free.
func (s *Store) space() (size, free int64) {
	if info, err := os.Stat(s.o.Path); err == nil {
		size = info.Size()
	}
	pages := s.db.Stats().FreePageN
	return size, int64(pages) * int64(s.db.Info().PageSize)
}
