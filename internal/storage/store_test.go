package storage_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

var update = flag.Bool("update", false, "write the data file of the present schema to testdata")

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		crashChild(path) // never returns
	}
	// Every step of a property waits for the disk; nightly runs ask for more.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	flag.Parse()
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		os.Exit(m.Run()) // the fuzzer's own goroutines outlive it
	}
	goleak.VerifyTestMain(m)
}

// clock is a time that stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// bench is a store with what a test needs to drive it.
type bench struct {
	*storage.Store
	t     testing.TB
	o     storage.Options
	clock *clock
}

// start opens a new store. The options can be altered before.
func start(t testing.TB, alter ...func(*storage.Options)) *bench {
	t.Helper()
	v, err := vault.New()
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	o := storage.Options{
		Path: filepath.Join(t.TempDir(), "data", "clorebot.db"), Vault: v, Now: c.Now,
		Reserve: 64 << 10, Mmap: 16 << 20,
	}
	for _, f := range alter {
		f(&o)
	}
	b := &bench{t: t, o: o, clock: c}
	b.open()
	t.Cleanup(func() {
		if err := b.Verify(); err != nil && !errors.Is(err, storage.ErrClosed) {
			t.Errorf("data file: %v", err)
		}
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

func (b *bench) open() {
	b.t.Helper()
	s, err := storage.Open(b.o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Store = s
}

// reopen closes the store and opens it again, as a restart does.
func (b *bench) reopen() {
	b.t.Helper()
	b.must(b.Verify())
	b.must(b.Close())
	b.open()
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// commits returns how many commits f caused.
func (b *bench) commits(f func()) uint64 {
	before := b.Commits()
	f()
	return b.Commits() - before
}

var ctx = context.Background()

// ann and bob are users; ann's ID is the beginning of bob's.
func ann() chat.User { return chat.User{Platform: chat.Telegram, ID: "1"} }
func bob() chat.User { return chat.User{Platform: chat.Telegram, ID: "12"} }

// join saves an account of the user.
func (b *bench) join(user chat.User, id account.ID) account.Account {
	b.t.Helper()
	a := account.Account{ID: id, User: user, Label: "main", Tail: "k3F9", Added: b.clock.Now()}
	b.must(b.SaveAccount(ctx, a, secret.New("key of "+string(id))))
	return a
}

// quote saves a quote.
func (b *bench) quote(user chat.User, acc account.ID, id string) rental.Quote {
	b.t.Helper()
	q := rental.Quote{
		ID: id, User: user, Account: acc, Made: b.clock.Now(), Expires: b.clock.Now().Add(90 * time.Second),
		Terms: rental.Terms{
			Server: 7, Kind: clore.OnDemand, Price: money.Money{Amount: 2 * money.Coin, Currency: money.USD},
			Preset: account.Preset{Name: "ssh", Ports: map[int]string{22: "tcp"}},
		},
	}
	b.must(b.SaveQuote(ctx, q))
	return q
}

// take turns a quote into an intent, as the desk does.
func (b *bench) take(q rental.Quote) error {
	return b.TakeQuote(ctx, q.ID, q.User, func(l *rental.Ledger, q rental.Quote) error {
		l.Intents = append(l.Intents, rental.Intent{
			ID: q.ID, User: q.User, Account: q.Account, Terms: q.Terms, State: rental.Pending, Taken: b.clock.Now(),
		})
		return nil
	})
}

// together runs f(0) to f(n-1) at the same time, so that their commits are shared.
func together(n int, f func(int)) {
	var wait sync.WaitGroup
	const most = 64
	for w := range most {
		wait.Go(func() {
			for i := w; i < n; i += most {
				f(i)
			}
		})
	}
	wait.Wait()
}

// diff tells of every order that is new, of every balance, and of what ended; enough to see
// what is committed together.
func diff(prev, next rental.Ledger) []rental.Event {
	var events []rental.Event
	for _, i := range next.Intents[min(len(prev.Intents), len(next.Intents)):] {
		events = append(events, rental.Event{
			Kind: rental.Progress, Key: "progress/" + i.ID, User: i.User, Card: rental.CardOf(i.ID), Intent: i.ID,
		})
	}
	for _, r := range next.Ended {
		events = append(events, rental.Event{Kind: rental.HasEnded, Key: "ended/" + r.Intent, Order: r.Order.ID, Rental: &r})
	}
	return events
}

// tell makes an event a delivery: it changes a label and has diff speak of it.
func (b *bench) tell(acc account.ID, e rental.Event) {
	b.t.Helper()
	b.must(b.Update(ctx, acc, func(l *rental.Ledger) error {
		l.Account.Label = labelled(e)
		return nil
	}))
}

// labels is a Diff that reads the event from the account's label; see labelled.
func labels(prev, next rental.Ledger) []rental.Event {
	if prev.Account.Label == next.Account.Label {
		return nil
	}
	kind, rest, _ := cut(next.Account.Label)
	eventKey, card, _ := cut(rest)
	return []rental.Event{{Kind: rental.EventKind(kind), Key: eventKey, Card: card}}
}

func labelled(e rental.Event) string { return string(e.Kind) + "|" + e.Key + "|" + e.Card }
