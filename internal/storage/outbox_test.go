package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
)

func withLabels(o *storage.Options) { o.Diff = labels }

// due returns the keys of the events that are due now, and the deliveries by key.
func (b *bench) due() ([]string, map[string]notify.Delivery) {
	b.t.Helper()
	all, _, err := b.Due(ctx, b.clock.Now(), 100)
	b.must(err)
	var keys []string
	byKey := map[string]notify.Delivery{}
	for _, d := range all {
		keys = append(keys, d.Event.Key)
		byKey[d.Event.Key] = d
	}
	return keys, byKey
}

func (b *bench) wantDue(want ...string) map[string]notify.Delivery {
	b.t.Helper()
	keys, all := b.due()
	if !slices.Equal(keys, want) {
		b.t.Errorf("due: %q, want %q", keys, want)
	}
	b.must(b.Verify())
	return all
}

func event(key string) rental.Event { return rental.Event{Kind: rental.Slow, Key: key} }

func card(key string) rental.Event {
	return rental.Event{Kind: rental.Progress, Key: key, Card: "card"}
}

func TestDeliveriesOfAnAddressAreInOrder(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.join(bob(), "b")
	for i := range 3 {
		b.tell("a", event(fmt.Sprint("a", i)))
		b.tell("b", event(fmt.Sprint("b", i)))
	}
	for i := range 3 {
		all := b.wantDue(fmt.Sprint("a", i), fmt.Sprint("b", i))
		for _, d := range all {
			b.must(b.Settle(ctx, d.ID, notify.Outcome{Kind: notify.Sent}))
		}
	}
	b.wantDue()
}

func TestDeliveryRecord(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	at := b.clock.Now()
	b.tell("a", event("e"))
	got := b.wantDue("e")["e"]
	want := notify.Delivery{
		ID: got.ID, To: chat.Address{Platform: chat.Telegram, ChatID: "@1"}, Due: at, Expires: at.Add(24 * time.Hour),
		Event: rental.Event{Kind: rental.Slow, Key: "e", User: ann(), At: at},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("delivery (-want +got):\n%s", d)
	}
	b.must(b.Settle(ctx, got.ID, notify.Outcome{Kind: notify.Sent}))
	b.tell("a", rental.Event{Kind: rental.IsReady, Key: "r"})
	if d := b.wantDue("r")["r"]; !d.Expires.Equal(at.Add(72 * time.Hour)) {
		t.Errorf("ready expires at %v, want after 72 h", d.Expires)
	}
}

func TestAttemptsAndOutcomes(t *testing.T) {
	later := func(b *bench) time.Time { return b.clock.Now().Add(time.Minute) }
	for name, c := range map[string]struct {
		kind     notify.OutcomeKind
		now      []string // due at once
		later    []string // due after Next
		attempts int      // of the first one
	}{
		"sent":       {notify.Sent, []string{"2"}, []string{"2"}, 0},
		"dropped":    {notify.Dropped, []string{"2"}, []string{"2"}, 0},
		"retry":      {notify.Retry, nil, []string{"1"}, 1},
		"snoozed":    {notify.Snoozed, nil, []string{"1"}, 0},
		"suppressed": {notify.Suppressed, nil, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, withLabels)
			b.join(ann(), "a")
			b.tell("a", event("1"))
			b.tell("a", event("2"))
			d := b.wantDue("1")["1"]
			b.must(b.Attempt(ctx, d.ID, b.clock.Now().Add(20*time.Second)))
			b.wantDue() // the next one must wait for the outcome
			b.must(b.Settle(ctx, d.ID, notify.Outcome{Kind: c.kind, Next: later(b), Err: "why"}))
			b.wantDue(c.now...)
			b.clock.Add(time.Minute)
			all := b.wantDue(c.later...)
			if first, ok := all["1"]; ok && (first.Attempts != c.attempts || first.LastErr != "why") {
				t.Errorf("attempts %d, last error %q; want %d", first.Attempts, first.LastErr, c.attempts)
			}
		})
	}
}

func TestSnoozedWithoutAttemptIsNotCounted(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", event("1"))
	id := b.wantDue("1")["1"].ID
	b.must(b.Attempt(ctx, id, b.clock.Now()))
	b.must(b.Settle(ctx, id, notify.Outcome{Kind: notify.Retry, Next: b.clock.Now()}))
	b.must(b.Settle(ctx, id, notify.Outcome{Kind: notify.Snoozed, Next: b.clock.Now()}))
	if n := b.wantDue("1")["1"].Attempts; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

func TestAttemptIsKeptOverARestart(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", event("1"))
	b.must(b.Attempt(ctx, b.wantDue("1")["1"].ID, b.clock.Now().Add(20*time.Second)))
	b.reopen()
	select {
	case <-b.Wakeups():
	default:
		t.Error("a restart does not wake the dispatcher")
	}
	_, next, err := b.Due(ctx, b.clock.Now(), 10)
	b.must(err)
	if want := b.clock.Now().Add(20 * time.Second); !next.Equal(want) {
		t.Errorf("next is due at %v, want %v", next, want)
	}
	b.clock.Add(20 * time.Second)
	if n := b.wantDue("1")["1"].Attempts; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
}

func TestSameEventIsToldOnce(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.join(bob(), "b")
	b.tell("a", event("1"))
	b.tell("a", event("other"))
	b.tell("a", event("1"))
	b.tell("b", event("1")) // another user is told
	st, err := b.Stats(ctx)
	b.must(err)
	if st.Deliveries != 3 {
		t.Errorf("%d deliveries, want 3", st.Deliveries)
	}
	b.clock.Add(8 * 24 * time.Hour)
	_, err = b.Sweep(ctx)
	b.must(err)
	b.tell("a", event("2"))
	b.tell("a", event("1")) // the key was forgotten
	st, err = b.Stats(ctx)
	b.must(err)
	if st.Deliveries != 2 {
		t.Errorf("%d deliveries, want the two new ones alone", st.Deliveries)
	}
}

func TestNewerCardReplacesTheUndelivered(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", event("before"))
	b.tell("a", card("v1"))
	b.tell("a", rental.Event{Kind: rental.Progress, Key: "w1", Card: "another"})
	b.tell("a", event("between"))
	b.tell("a", card("v2"))
	b.tell("a", card("v3"))
	for _, want := range []string{"before", "w1", "between", "v3"} {
		b.must(b.Settle(ctx, b.wantDue(want)[want].ID, notify.Outcome{Kind: notify.Sent}))
	}
	b.wantDue()
}

func TestCardRemembersItsMessage(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", card("v1"))
	first := b.wantDue("v1")["v1"]
	if first.Ref != nil {
		t.Errorf("first card has the message %v", first.Ref)
	}
	ref := chat.MessageRef{Address: chat.Address{Platform: chat.Telegram, ChatID: "991"}, MessageID: "5"}
	b.must(b.Attempt(ctx, first.ID, b.clock.Now()))
	b.tell("a", card("v2")) // while the first is being sent
	b.must(b.Settle(ctx, first.ID, notify.Outcome{Kind: notify.Sent, Ref: ref}))
	b.reopen()
	second := b.wantDue("v2")["v2"]
	if second.Ref == nil || *second.Ref != ref {
		t.Errorf("second card has the message %v, want %v", second.Ref, ref)
	}
}

// TestStaleCardIsNotRetried: a card is being sent, a newer one is queued, the sending fails.
// The old one is dropped, and the pause that the failure asked for is kept.
func TestStaleCardIsNotRetried(t *testing.T) {
	for _, kind := range []notify.OutcomeKind{notify.Retry, notify.Snoozed} {
		b := start(t, withLabels)
		b.join(ann(), "a")
		b.tell("a", card("v1"))
		id := b.wantDue("v1")["v1"].ID
		b.must(b.Attempt(ctx, id, b.clock.Now().Add(20*time.Second)))
		b.tell("a", card("v2"))
		b.must(b.Settle(ctx, id, notify.Outcome{Kind: kind, Next: b.clock.Now().Add(time.Minute)}))
		b.wantDue()
		b.clock.Add(time.Minute)
		b.wantDue("v2")
	}
}

func TestSupersededAfterDue(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", card("v1"))
	id := b.wantDue("v1")["v1"].ID
	b.tell("a", card("v2"))
	if err := b.Attempt(ctx, id, b.clock.Now()); !errors.Is(err, notify.ErrSettled) {
		t.Errorf("Attempt: %v, want ErrSettled", err)
	}
	b.must(b.Settle(ctx, id, notify.Outcome{Kind: notify.Sent})) // is no error
	b.wantDue("v2")
}

func TestSuppressedAddressWaitsUntilItWakes(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.join(bob(), "b")
	b.tell("a", event("1"))
	id := b.wantDue("1")["1"].ID
	b.must(b.Attempt(ctx, id, b.clock.Now().Add(20*time.Second)))
	b.must(b.Settle(ctx, id, notify.Outcome{Kind: notify.Suppressed}))
	b.tell("a", event("2"))
	b.tell("b", event("b1"))
	b.clock.Add(time.Hour)
	b.wantDue("b1")
	b.reopen()
	b.wantDue("b1")
	for range len(b.Wakeups()) {
		<-b.Wakeups()
	}
	b.must(b.Wake(ctx, ann().Direct()))
	if len(b.Wakeups()) != 1 {
		t.Error("waking does not wake the dispatcher")
	}
	all := b.wantDue("1", "b1")
	b.must(b.Settle(ctx, all["1"].ID, notify.Outcome{Kind: notify.Sent}))
	b.wantDue("2", "b1")
	if n := b.commits(func() { b.must(b.Wake(ctx, ann().Direct())) }); n != 0 {
		t.Errorf("waking one who is awake commits %d times", n)
	}
}

func TestExpiredDeliveriesAreSwept(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.tell("a", event("1"))
	b.must(b.Settle(ctx, b.wantDue("1")["1"].ID, notify.Outcome{Kind: notify.Suppressed}))
	b.clock.Add(23 * time.Hour)
	b.tell("a", event("2"))
	b.clock.Add(3 * time.Hour)
	_, err := b.Sweep(ctx)
	b.must(err)
	b.must(b.Wake(ctx, ann().Direct()))
	b.wantDue("2")
}

func TestDueLimits(t *testing.T) {
	b := start(t, withLabels)
	const users = 30
	for i := range users {
		id := account.ID(fmt.Sprint(i))
		b.join(chat.User{Platform: chat.Discord, ID: fmt.Sprint(i)}, id)
		b.tell(id, event("e"))
		b.clock.Add(time.Second)
	}
	all, next, err := b.Due(ctx, b.clock.Now(), 10)
	b.must(err)
	if len(all) != 10 || next.After(b.clock.Now()) || next.IsZero() {
		t.Errorf("%d due, next %v; want 10 and the moment of the eleventh", len(all), next)
	}
	if !slices.IsSortedFunc(all, func(a, b notify.Delivery) int { return int(a.ID) - int(b.ID) }) {
		t.Error("not in the order of their IDs")
	}
	all, next, err = b.Due(ctx, b.clock.Now(), 100)
	b.must(err)
	if len(all) != users || !next.IsZero() {
		t.Errorf("%d due, next %v; want all %d and never", len(all), next, users)
	}
	all, next, err = b.Due(ctx, b.clock.Now().Add(-time.Hour), 100)
	b.must(err)
	if len(all) != 0 || next.IsZero() {
		t.Errorf("an hour ago: %d due, next %v", len(all), next)
	}
}
