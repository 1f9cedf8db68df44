package telegram

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/go-telegram/bot/models"
)

// roomy reports that there is room again for what was spilled.
func (l *lanes) roomy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hasRoom()
}

func (l *lanes) hasRoom() bool { return len(l.spilled) > 0 && l.total < l.most/2 && !l.stopped }

// rouse has somebody look for what was spilled, when there is room. The lock is held.
func (l *lanes) rouse() {
	if !l.hasRoom() {
		return
	}
	select {
	case l.refill <- struct{}{}:
	default:
	}
}

// waiting returns what was spilled.
func (l *lanes) waiting() map[int64]arrival {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.spilled)
}

// forget drops what was spilled and is not in the inbox any more.
func (l *lanes) forget(id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.spilled, id)
}

// refill takes updates that had no room from the inbox as soon as there is some. Until all of them
// are taken, what comes waits behind them, so that every chat is answered in order.
func (f *Frontend) refill(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.lanes.refill:
		}
		for f.lanes.roomy() && ctx.Err() == nil {
			if !f.refillOnce(ctx) {
				sleep(ctx, callTime)
			}
		}
	}
}

// refillOnce reports whether the inbox could be read.
func (f *Frontend) refillOnce(ctx context.Context) bool {
	spilled := f.lanes.waiting()
	all, err := f.o.Store.Waiting(ctx, f.bot.ID())
	if err != nil {
		f.log.Warn("the inbox cannot be read", "err", err)
		return false
	}
	for _, w := range all {
		a, ours := spilled[w.ID]
		if !ours {
			continue
		}
		var u models.Update
		if err := json.Unmarshal(w.Raw, &u); err != nil {
			f.answered(w.ID)
			continue // it is forgotten below
		}
		a.old, a.mute = true, true
		if f.take(&u, a) == full {
			return true
		}
		delete(spilled, w.ID)
	}
	for id := range spilled {
		f.lanes.forget(id)
	}
	return true
}
