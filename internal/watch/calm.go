package watch

import (
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/clorebot/clorebot/internal/market"
)

// calm says what a watch need not be judged on again: most looks bring most watches the same
// offers at the same prices. It is in memory only, and of a watch that was changed there is none.
type calm struct {
	list  uint64    // of the offers judged last, by sum
	until time.Time // from then on the same offers may make a difference; zero when they may at once
}

// sum tells lists of offers from each other: by servers, prices and order. Two lists of the same
// sum are the same but for a chance of one in 2⁶⁴, and nobody can look for such lists without
// the seed.
func sum(seed maphash.Seed, offers []market.Brief) uint64 {
	const width = 17
	var bytes [Most * width]byte
	n := 0
	for i := range offers[:min(len(offers), Most)] {
		o := &offers[i]
		binary.LittleEndian.PutUint64(bytes[n:], uint64(o.Server))
		binary.LittleEndian.PutUint64(bytes[n+8:], uint64(o.USD))
		if o.Sound {
			bytes[n+16] = 1
		}
		n += width
	}
	return maphash.Bytes(seed, bytes[:n])
}

// calmed returns until when judging the same offers again changes nothing, for a watch that was
// just judged: until a server is away for too long, a snooze is over, or the watch is. During a
// snooze it is the zero time, as long as one may begin or end unseen.
func (w *Watch) calmed(now time.Time) time.Time {
	until := w.Expires
	if w.Asleep(now) {
		return time.Time{}
	}
	for i := range w.Seen {
		if gone := w.Seen[i].Gone; !gone.IsZero() {
			if forgotten := gone.Add(Away); forgotten.Before(until) {
				until = forgotten
			}
		}
	}
	return until
}
