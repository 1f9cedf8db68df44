package storage

import (
	"context"
	"encoding/hex"
	"strconv"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
)

// An update that waits has its content among the secrets, since people type secrets too: under
// the bot as a user and a field of this prefix and the update's ID in hexadecimal digits.
const updatePrefix = "update/"

func updateField(id int64) string {
	return updatePrefix + hex.EncodeToString(key{}.number(uint64(id)))
}

func botUser(bot int64) chat.User {
	return chat.User{Platform: chat.Telegram, ID: strconv.FormatInt(bot, 10)}
}

func updateKey(bot, id int64) key {
	return userKey(botUser(bot)).number(uint64(id))
}

// Admit implements [telegram.Inbox].
func (s *Store) Admit(ctx context.Context, bot int64, all []telegram.Update) (fresh []int64, err error) {
	if len(all) == 0 {
		return nil, ctx.Err()
	}
	user := botUser(bot)
	sealed := make([][]byte, len(all))
	for i, u := range all {
		if sealed[i], err = s.seal(user, updateField(u.ID), secret.New(string(u.Raw))); err != nil {
			return nil, err
		}
	}
	err = s.write(ctx, func(t *tx) error {
		fresh = fresh[:0]
		for i, u := range all {
			k := updateKey(bot, u.ID)
			if _, known := t.getExpiring(updates, k); known {
				continue
			}
			if err := t.putExpiring(updates, k, nil, t.now.Add(telegram.KeepUpdates)); err != nil {
				return err
			}
			if err := t.put(secrets, secretKey(user, updateField(u.ID)), sealed[i]); err != nil {
				return err
			}
			fresh = append(fresh, u.ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// Answered implements [telegram.Inbox].
func (s *Store) Answered(ctx context.Context, bot, id int64) error {
	return s.write(ctx, func(t *tx) error {
		return t.delete(secrets, secretKey(botUser(bot), updateField(id)))
	})
}

// Waiting implements [telegram.Inbox]. An update that is older than what is remembered is removed
// and not returned: who wrote it has given up long ago.
func (s *Store) Waiting(ctx context.Context, bot int64) ([]telegram.Update, error) {
	user := botUser(bot)
	var all []telegram.Update
	var late []int64
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(secrets, userKey(user), func(rest, v []byte) bool {
			id, ok := updateID(rest)
			if !ok {
				return true
			}
			if t.get(updates, updateKey(bot, id)) == nil {
				late = append(late, id)
				return true
			}
			var raw secret.Text
			if raw, err = s.unseal(user, updateField(id), v); err != nil {
				return false
			}
			all = append(all, telegram.Update{ID: id, Raw: []byte(raw.Reveal())})
			return true
		})
		return err
	})
	for _, id := range late {
		if err == nil {
			err = s.Answered(ctx, bot, id)
		}
	}
	return all, err
}

// updateID reads the field of a secret that is an update.
func updateID(rest []byte) (int64, bool) {
	field, _, ok := textOf(rest)
	if !ok || len(field) != len(updatePrefix)+2*width || field[:len(updatePrefix)] != updatePrefix {
		return 0, false
	}
	b, err := hex.DecodeString(field[len(updatePrefix):])
	return int64(numberOf(b)), err == nil
}
