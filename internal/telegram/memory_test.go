package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/telegram"
)

// memory is a store that outlives front-ends.
type memory struct {
	mu      sync.Mutex
	updates map[int64][]byte // nil: answered
	notes   map[string]map[string][]byte
	woken   []chat.Address
	moved   map[string]string
	fails   bool // everything that is written
}

func newMemory() *memory {
	return &memory{updates: map[int64][]byte{}, notes: map[string]map[string][]byte{}, moved: map[string]string{}}
}

var errFull = errors.New("the disk is full")

func (m *memory) fail(all bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fails = all
}

func (m *memory) write() error {
	if m.fails {
		return errFull
	}
	return nil
}

func (m *memory) Admit(_ context.Context, _ int64, updates []telegram.Update) (fresh []int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range updates {
		if _, known := m.updates[u.ID]; !known {
			m.updates[u.ID] = bytes.Clone(u.Raw)
			fresh = append(fresh, u.ID)
		}
	}
	return fresh, m.write()
}

func (m *memory) Answered(_ context.Context, _, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.updates[id] = nil
	return m.write()
}

func (m *memory) Waiting(context.Context, int64) ([]telegram.Update, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []telegram.Update
	for id, raw := range m.updates {
		if raw != nil {
			all = append(all, telegram.Update{ID: id, Raw: raw})
		}
	}
	slices.SortFunc(all, func(a, b telegram.Update) int { return int(a.ID - b.ID) })
	return all, nil
}

func (m *memory) SaveNote(_ context.Context, kind, key string, value []byte, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.notes[kind] == nil {
		m.notes[kind] = map[string][]byte{}
	}
	m.notes[kind][key] = bytes.Clone(value)
	return m.write()
}

func (m *memory) DropNote(_ context.Context, kind, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.notes[kind], key)
	return m.write()
}

func (m *memory) Notes(_ context.Context, kind string) (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string][]byte{}
	for k, v := range m.notes[kind] {
		all[k] = bytes.Clone(v)
	}
	return all, nil
}

func (m *memory) Wake(_ context.Context, a chat.Address) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.woken = append(m.woken, a)
	return nil
}

func (m *memory) MoveSpace(_ context.Context, _ chat.Platform, from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return errFull
	}
	m.moved[from] = to
	return nil
}

// everything returns all that is written down, notes only: updates are sealed by a real store.
func (m *memory) everything() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b bytes.Buffer
	for kind, notes := range m.notes {
		for key, value := range notes {
			b.WriteString(kind + key)
			b.Write(value)
		}
	}
	return b.String()
}
