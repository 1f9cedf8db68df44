package storage

import (
	"context"
	"errors"
	"slices"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/rental"
)

// RemoveAccount implements [commands.Accounts], in one transaction: whatever happens, the account
// is there as a whole or gone as a whole. What was erased leaves the free pages of the file with
// the next start, as after [Store.Forget].
func (s *Store) RemoveAccount(ctx context.Context, user chat.User, id account.ID) error {
	return s.write(ctx, func(t *tx) error {
		l, err := t.snapshot(id).decode()
		if err != nil {
			return err
		}
		if err := l.OwnedBy(user); err != nil {
			return err
		}
		if err := l.Removable(); err != nil {
			return err
		}
		if err := t.dropAsked(user, id); err != nil {
			return err
		}
		if err := t.dropSecrets(&l); err != nil {
			return err
		}
		for _, bucket := range []string{accounts, ledgers} {
			if err := t.delete(bucket, textKey(string(id))); err != nil {
				return err
			}
		}
		if err := t.delete(owned, userKey(user).text(string(id))); err != nil {
			return err
		}
		if err := t.moveOn(l.Account); err != nil {
			return err
		}
		t.after.ledgers = append(t.after.ledgers, id)
		return t.put(meta, key(compactKey), []byte{1})
	})
}

// dropSecrets erases the key of an account, and what its intents have left.
func (t *tx) dropSecrets(l *rental.Ledger) error {
	fields := []string{keyField(l.Account.ID)}
	for i := range l.Intents {
		fields = append(fields, rental.SecretFields(l.Intents[i].ID)...)
	}
	for _, field := range fields {
		if err := t.delete(secrets, secretKey(l.Account.User, field)); err != nil {
			return err
		}
	}
	return nil
}

// dropAsked erases the quotes and confirmations of an account, which nobody can take any more.
func (t *tx) dropAsked(user chat.User, id account.ID) error {
	return errors.Join(
		dropOf(t, quotes, user, func(q rental.Quote) bool { return q.Account == id }),
		dropOf(t, confirms, user, func(c commands.Confirmation) bool { return c.Account == id }),
	)
}

// dropOf erases those of the expiring records of a user that are meant.
func dropOf[T any](t *tx, bucket string, user chat.User, meant func(T) bool) error {
	for _, k := range t.keys(bucket, userKey(user)) {
		b, ok := t.getExpiring(bucket, k)
		if !ok {
			continue
		}
		v, err := load[T](bucket, b)
		if err == nil && meant(v) {
			err = t.deleteExpiring(bucket, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moveOn has the user go on with the oldest account that is left, and keeps the name of the one
// that is gone for what its rentals have cost.
func (t *tx) moveOn(gone account.Account) error {
	p, err := profileOf(gone.User, t.get(profiles, userKey(gone.User)))
	if err != nil {
		return err
	}
	left, err := t.accountsOf(gone.User)
	if err != nil {
		return err
	}
	if p.Active == gone.ID {
		p.Active = ""
		if len(left) > 0 {
			p.Active = left[0].ID
		}
	}
	p.Former = append(p.Former, account.Former{ID: gone.ID, Label: gone.Label})
	p.Former = slices.Clone(p.Former[max(0, len(p.Former)-account.MaxFormer):])
	p.User = gone.User
	return t.putJSON(profiles, userKey(gone.User), p)
}
