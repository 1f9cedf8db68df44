package storage

import (
	"bytes"
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/vault"
)

// rekeyBatch is how many secrets are sealed anew in a commit.
const rekeyBatch = 500

// Rekey seals anew all that is not sealed with the primary key of the keyset, and returns how
// much that was. After it has returned without an error the older keys can be retired. It can
// be interrupted and called again.
func (s *Store) Rekey(ctx context.Context) (int, error) {
	total := 0
	var from key
	for done := false; !done; {
		batch, next := 0, key(nil)
		err := s.write(ctx, func(t *tx) (err error) {
			batch, next, err = s.rekeySome(t, from)
			return err
		})
		if err != nil {
			return total, err
		}
		total += batch
		from, done = next, next == nil
	}
	return total, s.write(ctx, func(t *tx) error { return markKeyset(t, s.o.Vault) })
}

// rekeySome goes through the secrets from a key on until it has sealed a batch. It returns the
// key to go on from, nil at the end.
func (s *Store) rekeySome(t *tx, from key) (n int, next key, err error) {
	stale, next := t.sealedOtherwise(from, s.o.Vault.Primary())
	for _, k := range stale {
		if err := s.reseal(t, k); err != nil {
			return 0, nil, err
		}
	}
	return len(stale), next, nil
}

// sealedOtherwise returns a batch of the secrets that are not sealed with the primary key, and
// the key to go on from, nil at the end.
func (t *tx) sealedOtherwise(from key, primary uint32) (stale []key, next key) {
	c := t.b.Bucket([]byte(secrets)).Cursor()
	for k, v := c.Seek(from); k != nil; k, v = c.Next() {
		if len(stale) == rekeyBatch {
			return stale, bytes.Clone(k)
		}
		if vault.KeyOf(v) != primary {
			stale = append(stale, bytes.Clone(k))
		}
	}
	return stale, nil
}

func (s *Store) reseal(t *tx, k key) error {
	user, field, ok := secretKeyParts(k)
	if !ok {
		return ErrCorrupt
	}
	text, err := s.unseal(user, field, t.get(secrets, k))
	if err != nil {
		return err
	}
	sealed, err := s.seal(user, field, text)
	if err != nil {
		return err
	}
	return t.put(secrets, k, sealed)
}

// secretKeyParts reads what secretKey wrote.
func secretKeyParts(k key) (user chat.User, field string, ok bool) {
	platform, rest, ok := textOf(k)
	if !ok {
		return user, "", false
	}
	id, rest, ok := textOf(rest)
	if !ok {
		return user, "", false
	}
	field, _, ok = textOf(rest)
	return chat.User{Platform: chat.Platform(platform), ID: id}, field, ok
}
