package storage

import (
	"bytes"
	"context"
	"fmt"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
)

// snapshot is an account and its ledger as they are stored. A nil account means that there is
// none; a nil ledger is an empty one.
type snapshot struct{ account, ledger []byte }

func (t *tx) snapshot(id account.ID) snapshot {
	k := textKey(string(id))
	return snapshot{t.get(accounts, k), t.get(ledgers, k)}
}

func (s snapshot) clone() snapshot {
	return snapshot{bytes.Clone(s.account), bytes.Clone(s.ledger)}
}

func (s snapshot) equal(other snapshot) bool {
	return bytes.Equal(s.account, other.account) && bytes.Equal(s.ledger, other.ledger)
}

// ledger returns a copy that nobody else has.
func (s snapshot) decode() (rental.Ledger, error) {
	if s.account == nil {
		return rental.Ledger{}, rental.ErrNoAccount
	}
	var l rental.Ledger
	if s.ledger != nil {
		var err error
		if l, err = load[rental.Ledger](ledgers, s.ledger); err != nil {
			return l, err
		}
	}
	var err error
	l.Account, err = load[account.Account](accounts, s.account)
	return l, err
}

// snapshotOf takes a ledger apart. What ended goes to the history and is not kept in it.
func snapshotOf(l rental.Ledger) (snapshot, error) {
	a, err := encode(accounts, l.Account)
	if err != nil {
		return snapshot{}, err
	}
	l.Account, l.Ended = account.Account{}, nil
	b, err := encode(ledgers, l)
	return snapshot{a, b}, err
}

// Ledger implements [rental.Books].
func (s *Store) Ledger(ctx context.Context, id account.ID) (rental.Ledger, error) {
	at, err := s.snapshot(ctx, id)
	if err != nil {
		return rental.Ledger{}, err
	}
	return at.decode()
}

func (s *Store) snapshot(ctx context.Context, id account.ID) (at snapshot, err error) {
	err = s.view(ctx, func(t *tx) error {
		at = t.snapshot(id).clone()
		return nil
	})
	return at, err
}

// Update implements [rental.Books]. The change is worked out on what was read, outside of the
// transaction; the writer only puts down the result, unless the ledger has changed meanwhile.
func (s *Store) Update(ctx context.Context, id account.ID, change func(*rental.Ledger) error) error {
	before, err := s.snapshot(ctx, id)
	if err != nil {
		return err
	}
	e, err := s.workOut(before, change)
	if err != nil || e == nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		if now := t.snapshot(id); !now.equal(before) {
			// The entry is made anew each time, because a job may run more than once.
			again, err := s.workOut(now, change)
			if err != nil || again == nil {
				return err
			}
			return t.enter(id, again)
		}
		return t.enter(id, e)
	})
}

// entry is a change of a ledger, ready to be written.
type entry struct {
	snapshot
	account   account.Account
	events    []rental.Event
	ended     []rental.Rental
	revived   []rental.Rental // called ended before, and running after all
	worthless []string        // fields of secrets that are of no more use
}

// workOut applies a change to a snapshot. It returns nil when nothing is different afterwards.
func (s *Store) workOut(before snapshot, change func(*rental.Ledger) error) (*entry, error) {
	next, err := before.decode()
	if err != nil {
		return nil, err
	}
	owner := next.Account
	if err := change(&next); err != nil {
		return nil, err
	}
	next.Account.ID, next.Account.User = owner.ID, owner.User
	after, err := snapshotOf(next)
	if err != nil {
		return nil, err
	}
	if len(next.Ended) == 0 && after.equal(before) {
		return nil, nil //nolint:nilnil // no entry and no error: there is nothing to do
	}
	prev, err := before.decode()
	if err != nil {
		return nil, err
	}
	// The stored form may be of an older program that knew fewer fields.
	if same, err := snapshotOf(prev); err != nil || len(next.Ended) == 0 && after.equal(same) {
		return nil, err
	}
	return &entry{
		snapshot: after, account: next.Account, events: s.o.Diff(prev, next),
		ended: next.Ended, revived: revived(prev, next), worthless: worthless(prev, next),
	}, nil
}

// revived returns the rentals that were called ended, as far as that is known, and run after all.
func revived(prev, next rental.Ledger) []rental.Rental {
	var all []rental.Rental
	for i := range prev.Lost {
		if r := prev.Lost[i].Rental; next.Rental(r.Order.ID) != nil {
			all = append(all, r)
		}
	}
	return all
}

// worthless returns the passwords of rentals that ended for certain and of intents that are gone.
func worthless(prev, next rental.Ledger) []string {
	needed := map[string]bool{"": true}
	for _, r := range next.Rentals {
		needed[r.Intent] = true
	}
	for i := range next.Lost {
		if v := &next.Lost[i]; !v.Proven() {
			needed[v.Rental.Intent] = true
		}
	}
	ended := map[string]bool{}
	for _, r := range next.Ended {
		ended[r.Intent] = true
	}
	for _, i := range next.Intents {
		if !ended[i.ID] {
			needed[i.ID] = true
		}
	}
	var fields []string
	drop := func(intent string) {
		if !needed[intent] {
			needed[intent] = true // once
			fields = append(fields, rental.SecretFields(intent)...)
		}
	}
	for _, r := range next.Ended {
		drop(r.Intent)
	}
	for _, r := range prev.Rentals {
		drop(r.Intent)
	}
	for i := range prev.Lost {
		drop(prev.Lost[i].Rental.Intent)
	}
	for _, i := range prev.Intents {
		drop(i.ID)
	}
	return fields
}

// enter writes an entry with all that follows from it.
func (t *tx) enter(id account.ID, e *entry) error {
	k := textKey(string(id))
	now := t.snapshot(id)
	if !bytes.Equal(now.account, e.snapshot.account) {
		if err := t.put(accounts, k, e.snapshot.account); err != nil {
			return err
		}
	}
	if !bytes.Equal(now.ledger, e.ledger) {
		if err := t.put(ledgers, k, e.ledger); err != nil {
			return err
		}
	}
	for _, r := range e.revived {
		if err := t.unarchive(e.account.User, r); err != nil {
			return err
		}
	}
	for _, r := range e.ended {
		if err := t.archive(e.account.User, r); err != nil {
			return err
		}
	}
	for _, field := range e.worthless {
		if err := t.delete(secrets, secretKey(e.account.User, field)); err != nil {
			return err
		}
	}
	if err := t.announce(e.account.User, e.events); err != nil {
		return fmt.Errorf("queue alerts: %w", err)
	}
	t.after.ledgers = append(t.after.ledgers, id)
	return nil
}
