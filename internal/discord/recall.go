package discord

import (
	"context"
	"sync"
	"time"
)

// recollection says whether the notes of earlier runs are read.
type recollection struct {
	mu   sync.Mutex
	done bool
}

// recall reads, once, what earlier runs noted of people. Alerts are sent before and beside Run, so
// whoever needs it calls it. When it fails the bot goes on as if nothing had been noted, and reads
// again the next time.
func (f *Frontend) recall(ctx context.Context) {
	f.recalled.mu.Lock()
	defer f.recalled.mu.Unlock()
	if f.recalled.done {
		return
	}
	channels, err := f.o.Store.Notes(ctx, directNote)
	if err == nil {
		var told map[string][]byte
		told, err = f.o.Store.Notes(ctx, toldNote)
		f.people.restore(channels, told)
	}
	if f.recalled.done = err == nil; err != nil {
		f.o.Log.WarnContext(ctx, "notes of earlier runs cannot be read", "err", err)
	}
}

// note keeps something about a user. What cannot be noted costs a request or a repetition.
func (f *Frontend) note(ctx context.Context, kind, user string, value []byte, keep time.Duration) {
	if err := f.o.Store.SaveNote(ctx, kind, user, value, f.o.Now().Add(keep)); err != nil {
		f.o.Log.WarnContext(ctx, "cannot note", "kind", kind, "err", err)
	}
}

func (f *Frontend) dropNote(ctx context.Context, kind, user string) {
	if err := f.o.Store.DropNote(ctx, kind, user); err != nil {
		f.o.Log.WarnContext(ctx, "cannot drop a note", "kind", kind, "err", err)
	}
}

// forgetChannel forgets the channel of direct messages with a user.
func (f *Frontend) forgetChannel(ctx context.Context, user string) {
	f.people.setChannel(user, "")
	f.dropNote(ctx, directNote, user)
}

// reached notes that a direct message arrived.
func (f *Frontend) reached(ctx context.Context, user string) {
	if f.people.reached(user) {
		f.dropNote(ctx, toldNote, user)
	}
}
