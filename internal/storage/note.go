package storage

import (
	"bytes"
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

func noteKey(kind, name string) key { return textKey(kind).text(name) }

// SaveNote implements [telegram.Notes].
func (s *Store) SaveNote(ctx context.Context, kind, name string, value []byte, expires time.Time) error {
	return s.write(ctx, func(t *tx) error {
		return t.putExpiring(notes, noteKey(kind, name), value, expires)
	})
}

// DropNote implements [telegram.Notes].
func (s *Store) DropNote(ctx context.Context, kind, name string) error {
	return s.write(ctx, func(t *tx) error { return t.deleteExpiring(notes, noteKey(kind, name)) })
}

// Notes implements [telegram.Notes].
func (s *Store) Notes(ctx context.Context, kind string) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := s.view(ctx, func(t *tx) error {
		t.scan(notes, textKey(kind), func(rest, v []byte) bool {
			if name, _, ok := textOf(rest); ok && len(v) >= width {
				all[name] = bytes.Clone(v[width:])
			}
			return true
		})
		return nil
	})
	return all, err
}

// MoveSpace implements [telegram.People]: grants to a group go with it.
func (s *Store) MoveSpace(ctx context.Context, p chat.Platform, from, to string) error {
	return s.write(ctx, func(t *tx) (err error) {
		var moved []account.Grant
		t.scan(grants, textKey(string(p)), func(_, v []byte) bool {
			var g account.Grant
			if g, err = load[account.Grant](grants, v); err == nil && g.Space == from {
				moved = append(moved, g)
			}
			return err == nil
		})
		for _, g := range moved {
			if err == nil {
				err = t.delete(grants, grantKey(g))
			}
			if g.Space = to; err == nil {
				err = t.putJSON(grants, grantKey(g), g)
			}
		}
		return err
	})
}
