package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// books keeps ledgers as the store does: as JSON, and nothing is written when nothing differs.
type books struct {
	mu      sync.Mutex
	ledgers map[account.ID][]byte
	commits int
	events  []rental.Event
	broken  error
}

func newBooks() *books { return &books{ledgers: map[account.ID][]byte{}} }

// open starts the ledger of an account.
func (b *books) open(id account.ID, fill func(*rental.Ledger)) {
	l := rental.Ledger{Account: account.Account{
		ID: id, User: chat.User{Platform: chat.Telegram, ID: "7"}, Tail: "abcd", Added: time.Now(),
	}}
	if fill != nil {
		fill(&l)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ledgers[id] = encode(l)
}

func encode(l rental.Ledger) []byte {
	l.Ended = nil
	j, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	return j
}

func decode(j []byte) (l rental.Ledger) {
	if err := json.Unmarshal(j, &l); err != nil {
		panic(err)
	}
	return l
}

func (b *books) Ledger(_ context.Context, id account.ID) (rental.Ledger, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j, ok := b.ledgers[id]
	switch {
	case b.broken != nil:
		return rental.Ledger{}, b.broken
	case !ok:
		return rental.Ledger{}, rental.ErrNoAccount
	}
	return decode(j), nil
}

func (b *books) Update(_ context.Context, id account.ID, change func(*rental.Ledger) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	j, ok := b.ledgers[id]
	switch {
	case b.broken != nil:
		return b.broken
	case !ok:
		return rental.ErrNoAccount
	}
	next := decode(j)
	if err := change(&next); err != nil {
		return err
	}
	if after := encode(next); len(next.Ended) > 0 || !bytes.Equal(after, j) {
		b.ledgers[id] = after
		b.commits++
		b.events = append(b.events, notify.Diff(decode(j), next)...)
	}
	return nil
}

func (b *books) get(id account.ID) rental.Ledger {
	l, err := b.Ledger(context.Background(), id)
	if err != nil {
		panic(err)
	}
	return l
}

func (b *books) committed() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.commits
}

func (b *books) told() []rental.EventKind {
	b.mu.Lock()
	defer b.mu.Unlock()
	var kinds []rental.EventKind
	for _, e := range b.events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// agent polls each account at an interval. do may replace what a step does.
type agent struct {
	every time.Duration
	next  func(id account.ID) (rental.Step, error)
	do    func(ctx context.Context, id account.ID, s rental.Step) error

	mu    sync.Mutex
	last  map[account.ID]time.Time
	runs  map[account.ID][]time.Time
	now   map[account.ID]int
	worst int // most steps at once of an account
	all   int // and of all
	most  int
}

func newAgent(every time.Duration) *agent {
	return &agent{
		every: every, last: map[account.ID]time.Time{}, runs: map[account.ID][]time.Time{},
		now: map[account.ID]int{},
	}
}

func (a *agent) Next(_ context.Context, id account.ID) (rental.Step, error) {
	if a.next != nil {
		return a.next(id)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return rental.Step{Do: rental.DoPoll, At: a.last[id].Add(a.every)}, nil
}

func (a *agent) Do(ctx context.Context, id account.ID, s rental.Step) error {
	a.mu.Lock()
	a.runs[id] = append(a.runs[id], time.Now())
	a.now[id]++
	a.all++
	a.worst, a.most = max(a.worst, a.now[id]), max(a.most, a.all)
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.now[id]--
		a.all--
		a.last[id] = time.Now()
	}()
	if a.do != nil {
		return a.do(ctx, id, s)
	}
	return nil
}

// atOnce returns the most steps at once, of one account and of all.
func (a *agent) atOnce() (one, all int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.worst, a.most
}

func (a *agent) times(id account.ID) []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]time.Time(nil), a.runs[id]...)
}

// reacher answers for the ports of servers.
type reacher struct {
	answer func(host string, port int) string
	delay  time.Duration
	mu     sync.Mutex
	tried  []time.Time
	flying int
	worst  int
}

func (r *reacher) Probe(ctx context.Context, host string, port int) string {
	r.mu.Lock()
	r.tried = append(r.tried, time.Now())
	r.flying++
	r.worst = max(r.worst, r.flying)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.flying--
		r.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		return notify.TimedOut
	case <-time.After(r.delay):
	}
	return r.answer(host, port)
}

// seen returns when it was reached for first, and how many probes were under way at once.
func (r *reacher) seen() (first time.Time, worst int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tried[0], r.worst
}

func (r *reacher) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.tried)
}

// watching is a watcher that runs; stop ends it and returns its error.
type watching struct {
	*notify.Watcher
	logged *bytes.Buffer
	stop   func() error
}

func watch(t *testing.T, o notify.WatcherOptions, ids ...account.ID) watching {
	t.Helper()
	var logged bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&logged, nil))
	if o.Reacher == nil {
		o.Reacher = &reacher{answer: func(string, int) string { return notify.Refused }}
	}
	w := notify.NewWatcher(o)
	w.Add(ids...)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	return watching{w, &logged, stop}
}

func (w watching) end(t *testing.T) {
	t.Helper()
	if err := w.stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
}

// addressed is a rental that can be reached for.
func addressed(order clore.OrderID) rental.Rental {
	now := time.Now()
	return rental.Rental{
		Order: clore.Order{
			ID: order, Server: 5, Kind: clore.OnDemand, Container: clore.Deployed, Created: now,
			Hosts: []string{"n1.example.net"}, Ports: []clore.PortMap{{Container: 22, Public: 2222}},
		},
		Account: "a", Intent: fmt.Sprint("i", order), Stage: rental.Addressed, Seen: now, Since: now,
	}
}
