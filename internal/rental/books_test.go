package rental_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// books keeps ledgers, quotes and secrets in memory the way the store does: as JSON, so that
// nothing is shared, and with one commit for each change.
type books struct {
	mu      sync.Mutex
	ledgers map[account.ID]stored
	quotes  map[string]rental.Quote
	secrets map[string]secret.Text
	history []rental.Rental
	commits int
	// before and after are run around each commit; an error of before prevents it.
	before func() error
	after  func()
	// changed is told of each commit.
	changed func(prev, next rental.Ledger)
}

func newBooks(ledgers ...rental.Ledger) *books {
	b := &books{
		ledgers: map[account.ID]stored{}, quotes: map[string]rental.Quote{},
		secrets: map[string]secret.Text{},
	}
	for _, l := range ledgers {
		b.ledgers[l.Account.ID] = store(encode(l))
	}
	return b
}

func encode(l rental.Ledger) []byte {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	return b
}

// stored is a ledger as JSON, and what that reads as.
type stored struct {
	raw    []byte
	ledger rental.Ledger
}

func store(raw []byte) stored {
	s := stored{raw: raw}
	if err := json.Unmarshal(raw, &s.ledger); err != nil {
		panic(err)
	}
	return s
}

// load returns a copy of what the transitions may alter.
func (b *books) load(id account.ID) (rental.Ledger, error) {
	s, ok := b.ledgers[id]
	if !ok {
		return rental.Ledger{}, rental.ErrNoAccount
	}
	l := s.ledger
	l.Intents, l.Rentals = slices.Clone(l.Intents), slices.Clone(l.Rentals)
	for i := range l.Rentals {
		if c := l.Rentals[i].Cancel; c != nil {
			c := *c
			l.Rentals[i].Cancel = &c
		}
	}
	return l, nil
}

func (b *books) Ledger(_ context.Context, id account.ID) (rental.Ledger, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.load(id)
}

func (b *books) Update(ctx context.Context, id account.ID, change func(*rental.Ledger) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.update(id, change)
}

func (b *books) update(id account.ID, change func(*rental.Ledger) error) error {
	l, err := b.load(id)
	if err != nil {
		return err
	}
	if err := change(&l); err != nil {
		return err
	}
	next := l
	ended := l.Ended
	l.Ended = nil
	raw := encode(l)
	if len(ended) == 0 && bytes.Equal(raw, b.ledgers[id].raw) {
		return nil
	}
	if b.before != nil {
		if err := b.before(); err != nil {
			return err
		}
	}
	prev, _ := b.load(id)
	b.ledgers[id] = store(raw)
	b.history = append(b.history, ended...)
	b.commits++
	if b.changed != nil {
		b.changed(prev, next)
	}
	if b.after != nil {
		b.after()
	}
	return nil
}

func (b *books) TakeQuote(
	_ context.Context, id string, user chat.User, change func(*rental.Ledger, rental.Quote) error,
) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	q, ok := b.quotes[id]
	if !ok || q.User != user {
		for _, acc := range slices.Sorted(maps.Keys(b.ledgers)) {
			if l, err := b.load(acc); err == nil && l.Account.User == user && l.Intent(id) != nil {
				return rental.ErrQuoteTaken
			}
		}
		return rental.ErrNoQuote
	}
	err := b.update(q.Account, func(l *rental.Ledger) error { return change(l, q) })
	if err == nil {
		delete(b.quotes, id)
	}
	return err
}

func (b *books) SaveQuote(_ context.Context, q rental.Quote) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.quotes[q.ID] = q
	return nil
}

func (b *books) Quote(_ context.Context, id string, user chat.User) (rental.Quote, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q, ok := b.quotes[id]; ok && q.User == user {
		return q, nil
	}
	return rental.Quote{}, rental.ErrNoQuote
}

func (b *books) PutSecret(_ context.Context, u chat.User, field string, s secret.Text) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.secrets[u.String()+field] = s
	return nil
}

func (b *books) Secret(_ context.Context, u chat.User, field string) (secret.Text, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.secrets[u.String()+field], nil
}

func (b *books) DropSecret(_ context.Context, u chat.User, field string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.secrets, u.String()+field)
	return nil
}

var errDisk = errors.New("no space left on device")
