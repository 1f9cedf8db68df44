package storage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// keyField names the API key of an account among its user's secrets.
func keyField(id account.ID) string { return "clore_api_key:" + string(id) }

// Accounts implements [commands.Accounts]. The oldest comes first.
func (s *Store) Accounts(ctx context.Context, user chat.User) (all []account.Account, err error) {
	err = s.view(ctx, func(t *tx) error {
		all, err = t.accountsOf(user)
		return err
	})
	return all, err
}

// accountsOf returns the accounts of a user, the oldest first.
func (t *tx) accountsOf(user chat.User) ([]account.Account, error) {
	var all []account.Account
	for _, id := range t.owned(user) {
		a, err := load[account.Account](accounts, t.get(accounts, textKey(string(id))))
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b account.Account) int {
		return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// SaveAccount implements [commands.Accounts]. An account of another user is
// [rental.ErrNoAccount]. While the disk is full it returns [ErrFull].
func (s *Store) SaveAccount(ctx context.Context, a account.Account, apiKey secret.Text) error {
	if s.Degraded() {
		return ErrFull
	}
	if a.ID == "" || a.User.ID == "" {
		return errors.New("save account: it needs an ID and a user")
	}
	sealed, err := s.seal(a.User, keyField(a.ID), apiKey)
	if err != nil {
		return err
	}
	a.Rejected = time.Time{}
	return s.write(ctx, func(t *tx) error {
		if t.get(accounts, textKey(string(a.ID))) == nil {
			err = t.addAccount(a)
		} else {
			err = s.replaceAccount(t, a)
		}
		if err != nil {
			return err
		}
		return t.put(secrets, secretKey(a.User, keyField(a.ID)), sealed)
	})
}

func (t *tx) addAccount(a account.Account) error {
	if err := t.putJSON(accounts, textKey(string(a.ID)), a); err != nil {
		return err
	}
	t.after.ledgers = append(t.after.ledgers, a.ID)
	return t.put(owned, userKey(a.User).text(string(a.ID)), []byte{})
}

// replaceAccount goes the way of all changes to ledgers, so that alerts follow from it.
func (s *Store) replaceAccount(t *tx, a account.Account) error {
	e, err := s.workOut(t.snapshot(a.ID), func(l *rental.Ledger) error {
		if l.Account.User != a.User {
			return rental.ErrNoAccount
		}
		a.Added = l.Account.Added
		l.Account = a
		return nil
	})
	if err != nil {
		return err
	}
	if e == nil { // the same label: the key may be another all the same
		t.after.ledgers = append(t.after.ledgers, a.ID)
		return nil
	}
	return t.enter(a.ID, e)
}

// Watched returns the accounts whose keys Clore has not refused, for the watcher to begin with.
func (s *Store) Watched(ctx context.Context) ([]account.ID, error) {
	var ids []account.ID
	err := s.view(ctx, func(t *tx) (err error) {
		t.scan(accounts, nil, func(_, v []byte) bool {
			var a account.Account
			if a, err = load[account.Account](accounts, v); err != nil {
				return false
			}
			if a.Rejected.IsZero() {
				ids = append(ids, a.ID)
			}
			return true
		})
		return err
	})
	return ids, err
}

// Key returns the API key of an account. It returns [rental.ErrNoAccount] when there is none.
func (s *Store) Key(ctx context.Context, id account.ID) (secret.Text, error) {
	var owner chat.User
	var sealed []byte
	err := s.view(ctx, func(t *tx) error {
		b := t.get(accounts, textKey(string(id)))
		if b == nil {
			return rental.ErrNoAccount
		}
		a, err := load[account.Account](accounts, b)
		if err != nil {
			return err
		}
		owner = a.User
		sealed = bytes.Clone(t.get(secrets, secretKey(owner, keyField(id))))
		return nil
	})
	if err != nil {
		return secret.Text{}, err
	}
	if sealed == nil {
		return secret.Text{}, rental.ErrNoAccount
	}
	return s.unseal(owner, keyField(id), sealed)
}
