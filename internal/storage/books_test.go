package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
)

func cut(s string) (string, string, bool) { return strings.Cut(s, "|") }

func withDiff(o *storage.Options) { o.Diff = diff }

// full is a ledger that uses every kind of field.
func full(a account.Account, at time.Time) rental.Ledger {
	order := clore.Order{
		ID: 1939941, Server: 7, Kind: clore.Spot, Price: money.Money{Amount: 83e6, Currency: money.USD},
		Created: at, MaxRental: 48 * time.Hour, Hosts: []string{"n1.clorecloud.net"},
		Ports: []clore.PortMap{{Container: 22, Public: 1234}}, Reliability: 0.98125,
		Rating: clore.Rating{Average: 4.7, Count: 3},
	}
	return rental.Ledger{
		Account: a,
		Intents: []rental.Intent{{ID: "i", User: a.User, Account: a.ID, State: rental.Sending, Sent: at, MaxID: 5}},
		Rentals: []rental.Rental{{
			Order: order, User: a.User, Account: a.ID, Intent: "i", Stage: rental.Addressed, Seen: at,
			Cancel: &rental.Cancellation{Asked: at, Reason: rental.ByUser}, Told: rental.Told{Slow: true},
			Terms: rental.Terms{Preset: account.Preset{Ports: map[int]string{22: "tcp", 8888: "http"}}},
		}},
		Polled: at, Balances: []money.Money{{Amount: 1, Currency: money.BTC}},
		Funds: rental.Funds{Checked: at, Warned: map[money.Currency]time.Duration{money.USD: 6 * time.Hour}},
	}
}

func TestLedgerComesBackAsItWas(t *testing.T) {
	b := start(t)
	a := b.join(ann(), "a")
	want := full(a, b.clock.Now())
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		*l = full(a, b.clock.Now())
		return nil
	}))
	for range 2 {
		got, err := b.Ledger(ctx, "a")
		b.must(err)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("ledger (-want +got):\n%s", d)
		}
		b.reopen()
	}
}

func TestUnknownAccount(t *testing.T) {
	b := start(t)
	if _, err := b.Ledger(ctx, "a"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("Ledger: %v, want ErrNoAccount", err)
	}
	err := b.Update(ctx, "a", func(*rental.Ledger) error { return errors.New("was called") })
	if !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("Update: %v, want ErrNoAccount", err)
	}
	if err := b.take(b.quote(ann(), "a", "q")); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("TakeQuote: %v, want ErrNoAccount", err)
	}
}

func TestUnchangedUpdateCommitsNothing(t *testing.T) {
	b := start(t, withDiff)
	a := b.join(ann(), "a")
	set := func(l *rental.Ledger) error {
		*l = full(a, b.clock.Now())
		return nil
	}
	b.must(b.Update(ctx, "a", set))
	if n := b.commits(func() {
		b.must(b.Update(ctx, "a", set))
		b.must(b.Update(ctx, "a", func(*rental.Ledger) error { return nil }))
		b.must(b.UpdateProfile(ctx, ann(), func(*account.Profile) error { return nil }))
		b.must(b.Wake(ctx, ann().Direct()))
		b.must(b.DropSecret(ctx, ann(), "nothing"))
		_, err := b.Sweep(ctx)
		b.must(err)
	}); n != 0 {
		t.Errorf("%d commits for changes that change nothing", n)
	}
}

func TestChangeAndAlertAreOneCommit(t *testing.T) {
	b := start(t, withDiff)
	b.join(ann(), "a")
	q := b.quote(ann(), "a", "q")
	if n := b.commits(func() { b.must(b.take(q)) }); n != 1 {
		t.Errorf("%d commits, want 1", n)
	}
	due, _, err := b.Due(ctx, b.clock.Now(), 10)
	b.must(err)
	if len(due) != 1 || due[0].Event.Kind != rental.Progress || due[0].To != ann().Direct() {
		t.Errorf("outbox has %+v, want the progress of the intent", due)
	}
}

func TestErrorOfChange(t *testing.T) {
	b := start(t, withDiff)
	b.join(ann(), "a")
	q := b.quote(ann(), "a", "q")
	refusal := errors.New("not like this")
	if n := b.commits(func() {
		err := b.Update(ctx, "a", func(l *rental.Ledger) error {
			l.Account.Label = "changed"
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Errorf("Update: %v, want the error of change", err)
		}
		err = b.TakeQuote(ctx, "q", ann(), func(*rental.Ledger, rental.Quote) error { return refusal })
		if !errors.Is(err, refusal) {
			t.Errorf("TakeQuote: %v, want the error of change", err)
		}
	}); n != 0 {
		t.Errorf("%d commits, want 0", n)
	}
	if err := b.take(q); err != nil {
		t.Errorf("the quote was lost: %v", err)
	}
}

func TestChangeCannotGiveTheAccountAway(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Account.ID, l.Account.User, l.Account.Label = "b", bob(), "mine"
		return nil
	}))
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	if l.Account.ID != "a" || l.Account.User != ann() || l.Account.Label != "mine" {
		t.Errorf("account %+v", l.Account)
	}
}

func TestOnLedger(t *testing.T) {
	var mu sync.Mutex
	var got []account.ID
	b := start(t, func(o *storage.Options) {
		o.OnLedger = func(id account.ID) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, id)
		}
	})
	b.join(ann(), "a") // added
	b.join(ann(), "a") // its key may be another
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error { l.Polled = b.clock.Now(); return nil }))
	b.must(b.Update(ctx, "a", func(*rental.Ledger) error { return nil })) // nothing
	b.must(b.Forget(ctx, ann()))
	if want := []account.ID{"a", "a", "a", "a"}; !slices.Equal(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
}

func TestTakeQuote(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.join(ann(), "a2")
	b.join(bob(), "b")
	q := b.quote(ann(), "a2", "q")
	theirs := q
	theirs.User = bob()
	for name, c := range map[string]struct {
		quote rental.Quote
		want  error
	}{
		"another user's": {theirs, rental.ErrNoQuote},
		"unknown":        {rental.Quote{ID: "x", User: ann()}, rental.ErrNoQuote},
		"like a prefix":  {rental.Quote{ID: "", User: ann()}, rental.ErrNoQuote},
	} {
		if err := b.take(c.quote); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := b.Quote(ctx, "q", bob()); !errors.Is(err, rental.ErrNoQuote) {
		t.Errorf("bob reads ann's quote: %v", err)
	}
	got, err := b.Quote(ctx, "q", ann())
	b.must(err)
	if d := cmp.Diff(q, got); d != "" {
		t.Errorf("quote (-want +got):\n%s", d)
	}
	b.must(b.take(q))
	if err := b.take(q); !errors.Is(err, rental.ErrQuoteTaken) {
		t.Errorf("second press: %v, want ErrQuoteTaken", err)
	}
	if _, err := b.Quote(ctx, "q", ann()); !errors.Is(err, rental.ErrNoQuote) {
		t.Errorf("taken quote can be read: %v", err)
	}
	if err := b.take(theirs); !errors.Is(err, rental.ErrNoQuote) {
		t.Errorf("bob presses ann's taken quote: %v, want ErrNoQuote", err)
	}
}

func TestHundredPressesMakeOneIntent(t *testing.T) {
	b := start(t, withDiff)
	b.join(ann(), "a")
	q := b.quote(ann(), "a", "q")
	var took, taken atomic.Int32
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			switch err := b.take(q); {
			case err == nil:
				took.Add(1)
			case errors.Is(err, rental.ErrQuoteTaken):
				taken.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	if took.Load() != 1 || taken.Load() != 99 || len(l.Intents) != 1 {
		t.Errorf("%d took it, %d came late, %d intents; want 1, 99, 1", took.Load(), taken.Load(), len(l.Intents))
	}
}

// TestNoUpdateIsLost has many goroutines add to the same ledgers.
func TestNoUpdateIsLost(t *testing.T) {
	b := start(t)
	for i := range 3 {
		b.join(ann(), account.ID(fmt.Sprint(i)))
	}
	const writers, rounds = 8, 30
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for r := range rounds {
				err := b.Update(ctx, account.ID(fmt.Sprint((w+r)%3)), func(l *rental.Ledger) error {
					l.Intents = append(l.Intents, rental.Intent{ID: fmt.Sprintf("%d-%d", w, r)})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	seen := map[string]bool{}
	for i := range 3 {
		l, err := b.Ledger(ctx, account.ID(fmt.Sprint(i)))
		b.must(err)
		for _, in := range l.Intents {
			seen[in.ID] = true
		}
	}
	if len(seen) != writers*rounds {
		t.Errorf("%d changes are there, want %d", len(seen), writers*rounds)
	}
}

func ended(order clore.OrderID, user chat.User, intent string, at time.Time) rental.Rental {
	return rental.Rental{
		Order: clore.Order{ID: order}, User: user, Intent: intent, Stage: rental.Ended, EndedAt: at, Reason: rental.ByUser,
	}
}

func TestEndedMoveToHistory(t *testing.T) {
	b := start(t, withDiff)
	a := b.join(ann(), "a")
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Rentals = full(a, b.clock.Now()).Rentals
		return nil
	}))
	field := rental.PasswordField("i")
	b.must(b.PutSecret(ctx, ann(), field, secret.New("pass")))
	b.must(b.PutSecret(ctx, ann(), rental.PasswordField("other"), secret.New("pass")))
	at := b.clock.Add(time.Hour)
	if n := b.commits(func() {
		b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
			l.Rentals = nil
			l.Ended = append(l.Ended, ended(1939941, ann(), "i", at))
			return nil
		}))
	}); n != 1 {
		t.Errorf("%d commits, want 1", n)
	}
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	if len(l.Ended) != 0 || len(l.Rentals) != 0 {
		t.Errorf("ledger still has %d rentals and %d ended ones", len(l.Rentals), len(l.Ended))
	}
	all, err := b.History(ctx, ann(), 10)
	b.must(err)
	if len(all) != 1 || all[0].Order.ID != 1939941 || !all[0].EndedAt.Equal(at) {
		t.Errorf("history %+v", all)
	}
	if s, err := b.Secret(ctx, ann(), field); err != nil || !s.Empty() {
		t.Errorf("the password of the ended rental is still there (%v)", err)
	}
	if s, err := b.Secret(ctx, ann(), rental.PasswordField("other")); err != nil || s.Empty() {
		t.Errorf("the password of another rental is gone (%v)", err)
	}
	due, _, err := b.Due(ctx, b.clock.Now(), 10)
	b.must(err)
	if len(due) != 1 || due[0].Event.Rental == nil || due[0].Event.Rental.Order.ID != 1939941 {
		t.Errorf("outbox %+v, want the end with its rental", due)
	}
}

// A rental that runs after all leaves the history, and its password is kept while it may come back.
func TestRevivedLeavesHistory(t *testing.T) {
	b := start(t)
	a := b.join(ann(), "a")
	field := rental.PasswordField("i")
	b.must(b.PutSecret(ctx, ann(), field, secret.New("pass")))
	was := full(a, b.clock.Now()).Rentals[0]
	was.Intent, was.EndedAt = "i", b.clock.Add(time.Hour)
	over := ended(was.Order.ID, ann(), "i", was.EndedAt)
	put := func(change func(*rental.Ledger)) {
		b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
			l.Rentals, l.Lost = nil, nil
			change(l)
			return nil
		}))
	}
	check := func(history int, password bool) {
		t.Helper()
		all, err := b.History(ctx, ann(), 10)
		b.must(err)
		s, err := b.Secret(ctx, ann(), field)
		b.must(err)
		if len(all) != history || s.Empty() == password {
			t.Errorf("%d in the history, want %d; no password: %v", len(all), history, s.Empty())
		}
	}
	lost := func(l *rental.Ledger) { l.Lost = []rental.Lost{{Rental: was}} }
	put(func(l *rental.Ledger) { l.Rentals = []rental.Rental{was} })
	put(func(l *rental.Ledger) { lost(l); l.Ended = []rental.Rental{over} })
	check(1, true)
	put(func(l *rental.Ledger) { l.Rentals = []rental.Rental{was} })
	check(0, true)
	put(func(l *rental.Ledger) { lost(l); l.Ended = []rental.Rental{over} })
	put(func(*rental.Ledger) {})
	check(1, false)
}

func TestPasswordOfForgottenIntentIsDropped(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	for _, id := range []string{"refused", "rented", "open"} {
		b.must(b.PutSecret(ctx, ann(), rental.PasswordField(id), secret.New("pass")))
	}
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Intents = []rental.Intent{{ID: "refused"}, {ID: "rented"}, {ID: "open"}}
		l.Rentals = []rental.Rental{{Intent: "rented"}}
		return nil
	}))
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Intents = []rental.Intent{{ID: "open"}}
		return nil
	}))
	for id, kept := range map[string]bool{"refused": false, "rented": true, "open": true} {
		s, err := b.Secret(ctx, ann(), rental.PasswordField(id))
		b.must(err)
		if s.Empty() == kept {
			t.Errorf("password of the %s intent: kept %v, want %v", id, !s.Empty(), kept)
		}
	}
}

func TestHistory(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.join(bob(), "b")
	const many = 1010
	at := b.clock.Now()
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		for i := range many {
			l.Ended = append(l.Ended, ended(clore.OrderID(i), ann(), "", at.Add(time.Duration(i)*time.Minute)))
		}
		return nil
	}))
	b.must(b.Update(ctx, "b", func(l *rental.Ledger) error {
		l.Ended = []rental.Rental{ended(5, bob(), "", at), ended(6, bob(), "", at), ended(4, bob(), "", at)}
		return nil
	}))
	all, err := b.History(ctx, ann(), 5000)
	b.must(err)
	if len(all) != 1000 || all[0].Order.ID != many-1 || all[999].Order.ID != many-1000 {
		t.Errorf("%d rentals from %d to %d; want the 1000 newest, newest first", len(all), all[0].Order.ID, all[len(all)-1].Order.ID)
	}
	few, err := b.History(ctx, ann(), 3)
	b.must(err)
	theirs, err := b.History(ctx, bob(), 10)
	b.must(err)
	for minutes, want := range map[int]int{1010: 0, 1009: 1, 900: 110, 10: 1000, 0: 1000} {
		late, whole, err := b.Ended(ctx, ann(), at.Add(time.Duration(minutes)*time.Minute))
		b.must(err)
		if len(late) != want || whole != (want < 1000) || want > 0 && late[0].Order.ID != many-1 {
			t.Errorf("%d ended after %d minutes, all: %v; want %d", len(late), minutes, whole, want)
		}
	}
	if late, whole, err := b.Ended(ctx, bob(), time.Time{}); err != nil || len(late) != 3 || !whole {
		t.Errorf("of bob: %d, all: %v, %v", len(late), whole, err)
	}
	if len(few) != 3 || len(theirs) != 3 || theirs[0].Order.ID != 6 || theirs[2].Order.ID != 4 {
		t.Errorf("%d of ann, bob's %+v", len(few), theirs)
	}
}
