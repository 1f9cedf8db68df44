package storage

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
)

// SaveConfirmation implements [commands.Confirmations].
func (s *Store) SaveConfirmation(ctx context.Context, c commands.Confirmation) error {
	b, err := encode(confirms, c)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		return t.putExpiring(confirms, userKey(c.User).text(c.ID), b, c.Expires)
	})
}

// Confirmation implements [commands.Confirmations].
func (s *Store) Confirmation(
	ctx context.Context, id string, user chat.User, now time.Time,
) (c commands.Confirmation, err error) {
	err = s.view(ctx, func(t *tx) error {
		b, ok := t.getExpiring(confirms, userKey(user).text(id))
		if !ok {
			return commands.ErrNoConfirmation
		}
		c, err = load[commands.Confirmation](confirms, b)
		return err
	})
	if err == nil && !now.Before(c.Expires) {
		err = commands.ErrNoConfirmation
	}
	if err != nil {
		return commands.Confirmation{}, err
	}
	return c, nil
}

// TakeConfirmation implements [commands.Confirmations].
func (s *Store) TakeConfirmation(
	ctx context.Context, id string, user chat.User, now time.Time,
) (c commands.Confirmation, err error) {
	err = s.write(ctx, func(t *tx) error {
		k := userKey(user).text(id)
		b, ok := t.getExpiring(confirms, k)
		if !ok {
			return commands.ErrNoConfirmation
		}
		// The variable of the caller is set anew at every run.
		if c, err = load[commands.Confirmation](confirms, b); err != nil {
			return err
		}
		if !now.Before(c.Expires) {
			return commands.ErrNoConfirmation
		}
		return t.deleteExpiring(confirms, k)
	})
	if err != nil {
		return commands.Confirmation{}, err
	}
	return c, nil
}
