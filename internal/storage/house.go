package storage

import (
	"context"
	"errors"
	"time"
)

const (
	houseInterval = time.Minute
	sweepBatch    = 500 // records a commit
)

// keepHouse sweeps what expired, and looks for room when the disk was full, until the store is
// closed.
func (s *Store) keepHouse() {
	ticker := time.NewTicker(houseInterval)
	defer ticker.Stop()
	for {
		select {
		case <-s.writer.stop:
			return
		case <-ticker.C:
		}
		if _, err := s.sweep(context.Background()); err != nil && !errors.Is(err, ErrClosed) {
			s.o.Log.Warn("expired records were not removed", "err", err)
		}
		s.findRoom()
	}
}

// sweep removes all expired records and returns how many there were. It commits nothing when
// there are none.
func (s *Store) sweep(ctx context.Context) (int, error) {
	for total := 0; ; {
		found := 0
		err := s.view(ctx, func(t *tx) error {
			found = len(t.expired(1))
			return nil
		})
		if err != nil || found == 0 {
			return total, err
		}
		err = s.write(ctx, func(t *tx) (err error) {
			found, err = t.sweep(sweepBatch)
			return err
		})
		if err != nil {
			return total, err
		}
		total += found
	}
}
