package telegram

import (
	"context"
	"strconv"
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
)

// moves knows the groups that became supergroups, which gives them another ID.
type moves struct {
	store Store

	mu sync.Mutex
	to map[int64]int64
}

func newMoves(s Store) *moves { return &moves{store: s, to: map[int64]int64{}} }

// load reads what earlier runs learnt.
func (m *moves) load(ctx context.Context) error {
	notes, err := m.store.Notes(ctx, movedNote)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, value := range notes {
		from, wrong := strconv.ParseInt(key, 10, 64)
		to, err := strconv.ParseInt(string(value), 10, 64)
		if wrong == nil && err == nil {
			m.to[from] = to
		}
	}
	return nil
}

// current returns the present ID of a chat.
func (m *moves) current(id int64) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to, ok := m.to[id]; ok {
		return to
	}
	return id
}

// learn tells those who keep a group's ID that it has another now, and remembers that. After a
// failure the group is as unknown as before, so that the next message to it tells them again.
func (m *moves) learn(ctx context.Context, now noter, from, to int64) error {
	if from == 0 || to == 0 || m.current(from) == to {
		return nil
	}
	old, fresh := strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)
	if err := m.store.MoveSpace(ctx, chat.Telegram, old, fresh); err != nil {
		return err
	}
	m.mu.Lock()
	m.to[from] = to
	m.mu.Unlock()
	return now(ctx, movedNote, old, []byte(fresh))
}

// noter saves a note that does not get old.
type noter func(ctx context.Context, kind, key string, value []byte) error

func (f *Frontend) note(ctx context.Context, kind, key string, value []byte) error {
	return f.o.Store.SaveNote(ctx, kind, key, value, f.o.Now().Add(ever))
}
