package storage

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
)

// What arrives from a chat service and waits to be answered has its content among the secrets,
// since people type secrets too: under a user that stands for the bot and a field of this prefix
// and the number of what arrived in hexadecimal digits.
const updatePrefix = "update/"

func updateField(id uint64) string {
	return updatePrefix + hex.EncodeToString(key{}.number(id))
}

// arrival is something that a chat service sent.
type arrival struct {
	id  uint64
	raw []byte
}

// admit stores what has never arrived and returns its numbers, which are remembered for a time.
func (s *Store) admit(ctx context.Context, bot chat.User, keep time.Duration, all []arrival) (fresh []uint64, err error) {
	if len(all) == 0 {
		return nil, ctx.Err()
	}
	sealed := make([][]byte, len(all))
	for i, a := range all {
		if sealed[i], err = s.seal(bot, updateField(a.id), secret.New(string(a.raw))); err != nil {
			return nil, err
		}
	}
	err = s.write(ctx, func(t *tx) error {
		fresh = fresh[:0]
		for i, a := range all {
			k := userKey(bot).number(a.id)
			if _, known := t.getExpiring(updates, k); known {
				continue
			}
			if err := t.putExpiring(updates, k, nil, t.now.Add(keep)); err != nil {
				return err
			}
			if err := t.put(secrets, secretKey(bot, updateField(a.id)), sealed[i]); err != nil {
				return err
			}
			fresh = append(fresh, a.id)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// answered forgets the content of what arrived.
func (s *Store) answered(ctx context.Context, bot chat.User, id uint64) error {
	return s.write(ctx, func(t *tx) error {
		return t.delete(secrets, secretKey(bot, updateField(id)))
	})
}

// waiting returns what was not answered, by number. What is older than what is remembered is
// removed and not returned: who sent it has given up long ago.
func (s *Store) waiting(ctx context.Context, bot chat.User) ([]arrival, error) {
	var all []arrival
	var late []uint64
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(secrets, userKey(bot), func(rest, v []byte) bool {
			id, ok := updateID(rest)
			if !ok {
				return true
			}
			if t.get(updates, userKey(bot).number(id)) == nil {
				late = append(late, id)
				return true
			}
			var raw secret.Text
			if raw, err = s.unseal(bot, updateField(id), v); err != nil {
				return false
			}
			all = append(all, arrival{id, []byte(raw.Reveal())})
			return true
		})
		return err
	})
	for _, id := range late {
		if err == nil {
			err = s.answered(ctx, bot, id)
		}
	}
	return all, err
}

// updateID reads the field of a secret that is something that arrived.
func updateID(rest []byte) (uint64, bool) {
	field, _, ok := textOf(rest)
	if !ok || len(field) != len(updatePrefix)+2*width || field[:len(updatePrefix)] != updatePrefix {
		return 0, false
	}
	b, err := hex.DecodeString(field[len(updatePrefix):])
	return numberOf(b), err == nil
}
