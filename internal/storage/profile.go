package storage

import (
	"bytes"
	"context"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Profile implements [commands.Profiles].
func (s *Store) Profile(ctx context.Context, user chat.User) (account.Profile, error) {
	var b []byte
	err := s.view(ctx, func(t *tx) error {
		b = bytes.Clone(t.get(profiles, userKey(user)))
		return nil
	})
	if err != nil {
		return account.Profile{}, err
	}
	return profileOf(user, b)
}

func profileOf(user chat.User, b []byte) (account.Profile, error) {
	if b == nil {
		return account.Profile{User: user}, nil
	}
	return load[account.Profile](profiles, b)
}

// UpdateProfile implements [commands.Profiles]. A change that changes nothing commits nothing.
func (s *Store) UpdateProfile(ctx context.Context, user chat.User, change func(*account.Profile) error) error {
	return s.write(ctx, func(t *tx) error {
		p, err := profileOf(user, t.get(profiles, userKey(user)))
		if err != nil {
			return err
		}
		before, err := encode(profiles, p)
		if err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		p.User = user
		after, err := encode(profiles, p)
		if err != nil || bytes.Equal(before, after) {
			return err
		}
		return t.put(profiles, userKey(user), after)
	})
}
