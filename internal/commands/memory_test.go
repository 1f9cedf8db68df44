package commands_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/watch"
)

// memory is a store that keeps everything in maps.
type memory struct {
	mu            sync.Mutex
	profiles      map[chat.User]account.Profile
	ledgers       map[account.ID]rental.Ledger
	order         []account.ID
	keys          map[account.ID]secret.Text
	secrets       map[string]secret.Text
	quotes        map[string]rental.Quote
	confirmations map[string]commands.Confirmation
	grants        []account.Grant
	history       []rental.Rental
	saved         map[string]watch.Watch
	news          []watch.Change // those that are told
	events        []rental.Event
	woken         []chat.Address
	broken        error // answers everything, when set
}

func newMemory() *memory {
	return &memory{
		profiles: map[chat.User]account.Profile{}, ledgers: map[account.ID]rental.Ledger{},
		keys: map[account.ID]secret.Text{}, secrets: map[string]secret.Text{},
		quotes: map[string]rental.Quote{}, confirmations: map[string]commands.Confirmation{},
		saved: map[string]watch.Watch{},
	}
}

func clone[T any](v T) T {
	var out T
	if b, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(b, &out) // an empty copy fails the test that needs it
	}
	return out
}

func (m *memory) Profile(_ context.Context, u chat.User) (account.Profile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := clone(m.profiles[u])
	p.User = u
	return p, m.broken
}

func (m *memory) UpdateProfile(_ context.Context, u chat.User, change func(*account.Profile) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := clone(m.profiles[u])
	p.User = u
	if err := change(&p); err != nil {
		return err
	}
	m.profiles[u] = p
	return nil
}

func (m *memory) Forget(_ context.Context, u chat.User) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.profiles, u)
	m.order = slices.DeleteFunc(m.order, func(id account.ID) bool { return m.ledgers[id].Account.User == u })
	for id, l := range m.ledgers {
		if l.Account.User == u {
			delete(m.ledgers, id)
			delete(m.keys, id)
		}
	}
	m.history = nil
	return nil
}

func (m *memory) Accounts(_ context.Context, u chat.User) ([]account.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []account.Account
	for _, id := range m.order {
		if l := m.ledgers[id]; l.Account.User == u {
			out = append(out, l.Account)
		}
	}
	return out, m.broken
}

func (m *memory) SaveAccount(_ context.Context, a account.Account, key secret.Text) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, known := m.ledgers[a.ID]
	if !known {
		m.order = append(m.order, a.ID)
	}
	l.Account = a
	m.ledgers[a.ID], m.keys[a.ID] = l, key
	return nil
}

func (m *memory) RemoveAccount(_ context.Context, u chat.User, id account.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, known := m.ledgers[id]
	if !known || l.Account.User != u {
		return rental.ErrNoAccount
	}
	if err := l.Removable(); err != nil {
		return err
	}
	m.order = slices.DeleteFunc(m.order, func(other account.ID) bool { return other == id })
	delete(m.ledgers, id)
	delete(m.keys, id)
	maps.DeleteFunc(m.quotes, func(_ string, q rental.Quote) bool { return q.Account == id })
	maps.DeleteFunc(m.confirmations, func(_ string, c commands.Confirmation) bool { return c.Account == id })
	p := m.profiles[u]
	if p.Active == id {
		p.Active = ""
		if len(m.order) > 0 {
			p.Active = m.order[0]
		}
	}
	p.Former = append(p.Former, account.Former{ID: id, Label: l.Account.Label})
	m.profiles[u] = p
	return nil
}

func (m *memory) Key(_ context.Context, id account.ID) (secret.Text, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keys[id], nil
}

func (m *memory) Grants(context.Context) ([]account.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.grants), m.broken
}

func sameGrant(g account.Grant) func(account.Grant) bool {
	return func(o account.Grant) bool { return o.Platform == g.Platform && o.User == g.User && o.Space == g.Space }
}

func (m *memory) SaveGrant(_ context.Context, g account.Grant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants = append(slices.DeleteFunc(m.grants, sameGrant(g)), g)
	return nil
}

func (m *memory) DropGrant(_ context.Context, g account.Grant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants = slices.DeleteFunc(m.grants, sameGrant(g))
	return nil
}

func (m *memory) History(_ context.Context, u chat.User, limit int) ([]rental.Rental, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []rental.Rental
	for _, r := range slices.Backward(m.history) {
		if r.User == u && len(out) < limit {
			out = append(out, clone(r))
		}
	}
	return out, nil
}

func (m *memory) Ended(ctx context.Context, u chat.User, since time.Time) ([]rental.Rental, bool, error) {
	all, err := m.History(ctx, u, 1000)
	return slices.DeleteFunc(all, func(r rental.Rental) bool { return r.EndedAt.Before(since) }), len(all) < 1000, err
}

func (m *memory) Wake(_ context.Context, a chat.Address) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.woken = append(m.woken, a)
	return nil
}

func (m *memory) SaveConfirmation(_ context.Context, c commands.Confirmation) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.confirmations[c.ID] = c
	return nil
}

func (m *memory) Confirmation(_ context.Context, id string, u chat.User, now time.Time) (commands.Confirmation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.confirmations[id]
	if !ok || c.User != u || !now.Before(c.Expires) {
		return commands.Confirmation{}, commands.ErrNoConfirmation
	}
	return clone(c), nil
}

func (m *memory) TakeConfirmation(_ context.Context, id string, u chat.User, now time.Time) (commands.Confirmation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.confirmations[id]
	if !ok || c.User != u || !now.Before(c.Expires) {
		return commands.Confirmation{}, commands.ErrNoConfirmation
	}
	delete(m.confirmations, id)
	return c, nil
}

func (m *memory) SaveQuote(_ context.Context, q rental.Quote) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quotes[q.ID] = q
	return nil
}

func (m *memory) Quote(_ context.Context, id string, u chat.User) (rental.Quote, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q, ok := m.quotes[id]
	if !ok || q.User != u {
		return rental.Quote{}, rental.ErrNoQuote
	}
	return clone(q), nil
}

func (m *memory) Ledger(_ context.Context, id account.ID) (rental.Ledger, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.ledgers[id]
	if !ok {
		return rental.Ledger{}, rental.ErrNoAccount
	}
	return clone(l), m.broken
}

func (m *memory) Update(_ context.Context, id account.ID, change func(*rental.Ledger) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.update(id, change)
}

func (m *memory) update(id account.ID, change func(*rental.Ledger) error) error {
	prev, ok := m.ledgers[id]
	if !ok {
		return rental.ErrNoAccount
	}
	next := clone(prev)
	if err := change(&next); err != nil {
		return err
	}
	m.events = append(m.events, notify.Diff(prev, next)...)
	m.history = append(m.history, next.Ended...)
	next.Ended = nil
	m.ledgers[id] = next
	return nil
}

func (m *memory) TakeQuote(_ context.Context, id string, u chat.User, change func(*rental.Ledger, rental.Quote) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.ledgers {
		if in := l.Intent(id); in != nil && in.User == u {
			return rental.ErrQuoteTaken
		}
	}
	q, ok := m.quotes[id]
	if !ok || q.User != u {
		return rental.ErrNoQuote
	}
	err := m.update(q.Account, func(l *rental.Ledger) error { return change(l, q) })
	if err == nil {
		delete(m.quotes, id)
	}
	return err
}

func (m *memory) PutSecret(_ context.Context, u chat.User, field string, s secret.Text) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.secrets[u.String()+field] = s
	return nil
}

func (m *memory) Secret(_ context.Context, u chat.User, field string) (secret.Text, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.secrets[u.String()+field], nil
}

func (m *memory) DropSecret(_ context.Context, u chat.User, field string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.secrets, u.String()+field)
	return nil
}

func (m *memory) Watches(context.Context) ([]watch.Watch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.saved)), m.broken
}

func (m *memory) SaveWatches(_ context.Context, changes []watch.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	for _, c := range changes {
		if c.Cause == watch.Removed || c.Cause == watch.Expired {
			delete(m.saved, c.Watch.ID)
		} else {
			m.saved[c.Watch.ID] = clone(c.Watch)
		}
		if len(c.Hits) > 0 || c.Cause == watch.Expired {
			m.news = append(m.news, c)
		}
	}
	return nil
}
