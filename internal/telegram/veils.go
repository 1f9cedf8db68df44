package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// inSight is how long hidden text stays in a message.
const inSight = 10 * time.Minute

// veil says that a message holds something secret, when it goes, and what stays.
type veil struct {
	To      place     `json:"to"`
	Message int       `json:"message"`
	Due     time.Time `json:"due"`
	Expires time.Time `json:"expires"` // then it is given up
	Body    rendered  `json:"body"`    // without the secret
}

func (v veil) key() string { return fmt.Sprintf("%d/%d", v.To.Chat, v.Message) }

// veils hides what was shown a while ago, also when the bot was restarted meanwhile.
type veils struct {
	f    *Frontend
	kick chan struct{}

	mu  sync.Mutex
	all map[string]veil
	// away are those of the veils whose chats took nothing.
	away map[string]int64
}

func newVeils(f *Frontend) *veils {
	return &veils{f: f, kick: make(chan struct{}, 1), all: map[string]veil{}, away: map[string]int64{}}
}

func (vs *veils) load(ctx context.Context) error {
	notes, err := vs.f.o.Store.Notes(ctx, veilNote)
	if err != nil {
		return err
	}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, note := range notes {
		var v veil
		if err := json.Unmarshal(note, &v); err != nil {
			vs.f.log.Error("a message with a secret is not known any more", "err", err)
			continue
		}
		vs.all[v.key()] = v
	}
	return nil
}

// add has a message veiled in a while.
func (vs *veils) add(ctx context.Context, to place, message int, body rendered) {
	now := vs.f.o.Now()
	v := veil{To: to, Message: message, Due: now.Add(inSight), Expires: now.Add(KeepUpdates), Body: body}
	vs.mu.Lock()
	vs.all[v.key()] = v
	vs.mu.Unlock()
	vs.save(ctx, v)
	vs.wake()
}

// wake has run look again at what is due.
func (vs *veils) wake() {
	select {
	case vs.kick <- struct{}{}:
	default:
	}
}

func (vs *veils) save(ctx context.Context, v veil) {
	note, err := json.Marshal(v)
	if err == nil {
		err = vs.f.o.Store.SaveNote(context.WithoutCancel(ctx), veilNote, v.key(), note, v.Expires)
	}
	if err != nil {
		vs.f.log.Error("a message with a secret will not be hidden after a restart", "err", err)
	}
}

// drop forgets a message that shows nothing secret any more.
func (vs *veils) drop(ctx context.Context, to place, message int) {
	vs.mu.Lock()
	v, known := vs.all[veil{To: to, Message: message}.key()]
	vs.mu.Unlock()
	if known {
		vs.done(ctx, v)
	}
}

// done forgets a veil and reports whether it did: not if another was added for the same message
// meanwhile.
func (vs *veils) done(ctx context.Context, v veil) bool {
	key := v.key()
	vs.mu.Lock()
	same := vs.all[key].Due.Equal(v.Due)
	if same {
		delete(vs.all, key)
		delete(vs.away, key)
	}
	vs.mu.Unlock()
	if !same {
		return false
	}
	if err := vs.f.o.Store.DropNote(context.WithoutCancel(ctx), veilNote, key); err != nil {
		vs.f.log.Warn("a note could not be removed", "err", err)
	}
	return true
}

// next returns the veil that is due first.
func (vs *veils) next() (first veil, ok bool) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, v := range vs.all {
		if !ok || v.Due.Before(first.Due) {
			first, ok = v, true
		}
	}
	return first, ok
}

// run veils until the context ends.
func (vs *veils) run(ctx context.Context) {
	for {
		v, ok := vs.next()
		wait := time.Hour
		if ok {
			wait = v.Due.Sub(vs.f.o.Now())
		}
		if wait <= 0 {
			vs.lower(ctx, v)
			continue
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-vs.kick:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}
