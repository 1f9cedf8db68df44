package storage

import (
	"bytes"
	"context"
	"fmt"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/vault"
)

func secretKey(user chat.User, field string) key { return userKey(user).text(field) }

func secretLabel(user chat.User, field string) vault.Label {
	return vault.Label{Platform: string(user.Platform), User: user.ID, Field: field}
}

func (s *Store) seal(user chat.User, field string, text secret.Text) ([]byte, error) {
	return s.o.Vault.Seal(secretLabel(user, field), text)
}

func (s *Store) unseal(user chat.User, field string, sealed []byte) (secret.Text, error) {
	text, err := s.o.Vault.Open(secretLabel(user, field), sealed)
	if err != nil {
		return secret.Text{}, fmt.Errorf("%s of %s: %w", field, user, err)
	}
	return text, nil
}

// PutSecret implements [rental.Secrets].
func (s *Store) PutSecret(ctx context.Context, user chat.User, field string, text secret.Text) error {
	sealed, err := s.seal(user, field, text)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error { return t.put(secrets, secretKey(user, field), sealed) })
}

// Secret implements [rental.Secrets].
func (s *Store) Secret(ctx context.Context, user chat.User, field string) (secret.Text, error) {
	var sealed []byte
	err := s.view(ctx, func(t *tx) error {
		sealed = bytes.Clone(t.get(secrets, secretKey(user, field)))
		return nil
	})
	if err != nil || sealed == nil {
		return secret.Text{}, err
	}
	return s.unseal(user, field, sealed)
}

// DropSecret implements [rental.Secrets].
func (s *Store) DropSecret(ctx context.Context, user chat.User, field string) error {
	return s.write(ctx, func(t *tx) error { return t.delete(secrets, secretKey(user, field)) })
}
