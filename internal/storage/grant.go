package storage

import (
	"context"

	"github.com/clorebot/clorebot/internal/account"
)

func grantKey(g account.Grant) key {
	return textKey(string(g.Platform)).text(g.User).text(g.Space)
}

// Grants implements [commands.Grants].
func (s *Store) Grants(ctx context.Context) ([]account.Grant, error) {
	var all []account.Grant
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(grants, nil, func(_, v []byte) bool {
			var g account.Grant
			g, err = load[account.Grant](grants, v)
			all = append(all, g)
			return err == nil
		})
		return err
	})
	return all, err
}

// SaveGrant implements [commands.Grants]. It replaces a grant to the same user or space.
func (s *Store) SaveGrant(ctx context.Context, g account.Grant) error {
	return s.write(ctx, func(t *tx) error { return t.putJSON(grants, grantKey(g), g) })
}

// DropGrant implements [commands.Grants]. A grant that is not there is no error.
func (s *Store) DropGrant(ctx context.Context, g account.Grant) error {
	return s.write(ctx, func(t *tx) error { return t.delete(grants, grantKey(g)) })
}
