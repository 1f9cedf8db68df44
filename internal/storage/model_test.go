package storage_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// model is the outbox in the plainest form: a list, searched from the start.
type model struct {
	waiting    []modelDelivery // in the order of their IDs
	suppressed map[string]bool // by user
	pause      map[string]time.Time
}

type modelDelivery struct {
	user, key, card string
	due             time.Time
	attempts        int
	trying, stale   bool
}

func (m *model) add(d modelDelivery) {
	m.waiting = slices.DeleteFunc(m.waiting, func(old modelDelivery) bool {
		return d.card != "" && old.card == d.card && old.user == d.user && !old.trying
	})
	for i, old := range m.waiting {
		if d.card != "" && old.card == d.card && old.user == d.user {
			m.waiting[i].stale = true
		}
	}
	m.waiting = append(m.waiting, d)
}

func (m *model) due(now time.Time) []string {
	var keys []string
	seen := map[string]bool{}
	for _, d := range m.waiting {
		if seen[d.user] {
			continue
		}
		seen[d.user] = true
		if !m.suppressed[d.user] && !d.due.After(now) && !m.pause[d.user].After(now) {
			keys = append(keys, d.key)
		}
	}
	return keys
}

func (m *model) find(key string) *modelDelivery {
	for i := range m.waiting {
		if m.waiting[i].key == key {
			return &m.waiting[i]
		}
	}
	return nil
}

func (m *model) remove(key string) {
	m.waiting = slices.DeleteFunc(m.waiting, func(d modelDelivery) bool { return d.key == key })
}

func (m *model) settle(key string, o notify.Outcome) {
	d := m.find(key)
	if d == nil {
		return
	}
	user := d.user
	if o.Kind == notify.Sent || o.Kind == notify.Dropped {
		m.remove(key)
		return
	}
	if o.Kind == notify.Suppressed {
		m.suppressed[user] = true
	} else {
		d.due = o.Next
	}
	if o.Kind == notify.Snoozed && d.trying {
		d.attempts--
	}
	d.trying = false
	if d.stale {
		m.remove(key)
		if o.Kind != notify.Suppressed {
			m.pause[user] = o.Next
		}
	}
}

func (m *model) wake(user string, now time.Time) {
	if !m.suppressed[user] {
		return
	}
	delete(m.suppressed, user)
	delete(m.pause, user)
	for i, d := range m.waiting {
		if d.user == user {
			if d.due.After(now) {
				m.waiting[i].due = now
			}
			return
		}
	}
}

// outboxMachine drives the store and the model with the same steps.
type outboxMachine struct {
	b     *bench
	m     *model
	known map[string]uint64 // IDs by event key, of all that was ever given out
	n     int
}

func (o *outboxMachine) user(t *rapid.T) string {
	return rapid.SampledFrom([]string{"1", "2", "12"}).Draw(t, "user")
}

func (o *outboxMachine) Tell(t *rapid.T) {
	user := o.user(t)
	o.n++
	e := rental.Event{Kind: rental.Progress, Key: fmt.Sprint("e", o.n), Card: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "card")}
	o.b.tell(account.ID(user), e)
	o.m.add(modelDelivery{user: user, key: e.Key, card: e.Card, due: o.b.clock.Now()})
}

// given returns the key of a delivery that Due gave out at some time.
func (o *outboxMachine) given(t *rapid.T) string {
	var keys []string
	for k := range o.known {
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		t.Skip("nothing was given out")
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(o.known[a], o.known[b]) })
	return rapid.SampledFrom(keys[max(0, len(keys)-6):]).Draw(t, "delivery")
}

func (o *outboxMachine) Attempt(t *rapid.T) {
	key := o.given(t)
	retry := o.b.clock.Now().Add(20 * time.Second)
	err := o.b.Attempt(ctx, o.known[key], retry)
	d := o.m.find(key)
	if (d == nil) != errors.Is(err, notify.ErrSettled) {
		t.Fatalf("attempt of %s: %v; in the model: %+v", key, err, d)
	}
	if d != nil {
		d.attempts++
		d.trying, d.due = true, retry
	}
}

func (o *outboxMachine) Settle(t *rapid.T) {
	key := o.given(t)
	out := notify.Outcome{
		Kind: rapid.SampledFrom([]notify.OutcomeKind{notify.Sent, notify.Retry, notify.Snoozed, notify.Suppressed, notify.Dropped}).Draw(t, "kind"),
		Next: o.b.clock.Now().Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second),
	}
	o.b.must(o.b.Settle(ctx, o.known[key], out))
	o.m.settle(key, out)
}

func (o *outboxMachine) Wake(t *rapid.T) {
	user := o.user(t)
	o.b.must(o.b.Wake(ctx, chat.User{Platform: chat.Discord, ID: user}.Direct()))
	o.m.wake(user, o.b.clock.Now())
}

func (o *outboxMachine) Pass(t *rapid.T) {
	o.b.clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
}

// Check compares what is due, and looks for a broken index.
func (o *outboxMachine) Check(t *rapid.T) {
	all, next, err := o.b.Due(ctx, o.b.clock.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, d := range all {
		keys = append(keys, d.Event.Key)
		o.known[d.Event.Key] = d.ID
		if want := o.m.find(d.Event.Key); want == nil || want.attempts != d.Attempts {
			t.Fatalf("%s has %d attempts; in the model: %+v", d.Event.Key, d.Attempts, want)
		}
	}
	if want := o.m.due(o.b.clock.Now()); !slices.Equal(keys, want) {
		t.Fatalf("due: %q, want %q", keys, want)
	}
	if !next.IsZero() && !next.After(o.b.clock.Now()) {
		t.Fatalf("the next is due at %v, which is over", next)
	}
	if err := o.b.Verify(); err != nil {
		t.Fatal(err)
	}
}

func TestOutboxAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := start(t, withLabels)
		defer func() { b.must(b.Close()) }()
		for _, id := range []string{"1", "2", "12"} {
			b.join(chat.User{Platform: chat.Discord, ID: id}, account.ID(id))
		}
		o := &outboxMachine{
			b: b, known: map[string]uint64{},
			m: &model{suppressed: map[string]bool{}, pause: map[string]time.Time{}},
		}
		rt.Repeat(rapid.StateMachineActions(o))
	})
}
