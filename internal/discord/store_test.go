package discord_test

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/discord"
)

// store keeps what the front-end wants kept, in memory.
type store struct {
	mu          sync.Mutex
	fingerprint string
	seen        map[uint64]bool
	waiting     map[uint64][]byte
	notes       map[string]map[string][]byte // by kind and user
	broken      error                        // what it answers with, nil for none
}

func newStore() *store {
	return &store{seen: map[uint64]bool{}, waiting: map[uint64][]byte{}, notes: map[string]map[string][]byte{}}
}

// copied returns the store as a kill at this moment leaves it.
func (s *store) copied() *store {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := newStore()
	c.fingerprint, c.seen, c.waiting = s.fingerprint, maps.Clone(s.seen), maps.Clone(s.waiting)
	for kind, notes := range s.notes {
		c.notes[kind] = maps.Clone(notes)
	}
	return c
}

func (s *store) Registered(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fingerprint, nil
}

func (s *store) SetRegistered(_ context.Context, f string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fingerprint = f
	return nil
}

func (s *store) Admit(_ context.Context, i discord.Interaction) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil || s.seen[i.ID] {
		return false, s.broken
	}
	s.seen[i.ID], s.waiting[i.ID] = true, i.Raw
	return true, nil
}

func (s *store) Answered(_ context.Context, id uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
	return s.broken
}

func (s *store) Waiting(context.Context) ([]discord.Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []discord.Interaction
	for id, raw := range s.waiting {
		all = append(all, discord.Interaction{ID: id, Raw: raw})
	}
	return all, nil
}

func (s *store) SaveNote(_ context.Context, kind, user string, value []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes[kind] == nil {
		s.notes[kind] = map[string][]byte{}
	}
	s.notes[kind][user] = value
	return s.broken
}

func (s *store) DropNote(_ context.Context, kind, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.notes[kind], user)
	return s.broken
}

func (s *store) Notes(_ context.Context, kind string) (map[string][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.notes[kind]), s.broken
}

func (s *store) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}
