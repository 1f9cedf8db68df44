package storage

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
)

// Forget implements [commands.Profiles]. What is erased can be in free pages of the file until
// they are used again; sealed secrets mean nothing there without the keyset, and the next start
// compacts the file.
func (s *Store) Forget(ctx context.Context, user chat.User) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.forgetAccounts(user); err != nil {
			return err
		}
		if err := t.forgetChat(user.Direct()); err != nil {
			return err
		}
		if err := t.forgetNotes(user); err != nil {
			return err
		}
		for _, bucket := range []string{profiles, owned, secrets, history, watches} {
			if err := t.deleteAll(bucket, userKey(user)); err != nil {
				return err
			}
		}
		for _, bucket := range []string{quotes, confirms, told} {
			if err := t.deleteAllExpiring(bucket, userKey(user)); err != nil {
				return err
			}
		}
		if !t.wrote {
			return nil
		}
		return t.put(meta, key(compactKey), []byte{1})
	})
}

func (t *tx) forgetAccounts(user chat.User) error {
	for _, id := range t.owned(user) {
		for _, bucket := range []string{accounts, ledgers} {
			if err := t.delete(bucket, textKey(string(id))); err != nil {
				return err
			}
		}
		t.after.ledgers = append(t.after.ledgers, id)
	}
	return nil
}

func (t *tx) forgetChat(to chat.Address) error {
	for _, k := range t.keys(queue, addressKey(to)) {
		if err := t.removeDelivery(numberOf(k[len(k)-width:])); err != nil {
			return err
		}
	}
	if err := t.deleteAllExpiring(cards, addressKey(to)); err != nil {
		return err
	}
	return t.delete(chats, addressKey(to))
}
