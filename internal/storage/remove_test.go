package storage_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
)

// settled gives an account an intent that is over and still has its secrets, a quote, a
// confirmation, an ended rental, and an alert that waits.
func (b *bench) settled(id account.ID) {
	b.t.Helper()
	b.must(b.Update(ctx, id, func(l *rental.Ledger) error {
		l.Intents = []rental.Intent{{ID: "i-" + string(id), User: ann(), Account: id, State: rental.Withdrawn}}
		l.Mandates = []rental.Mandate{{ID: "m-" + string(id)}}
		l.Ended = []rental.Rental{ended(3, ann(), "old", b.clock.Now())}
		return nil
	}))
	for _, field := range rental.SecretFields("i-" + string(id)) {
		b.must(b.PutSecret(ctx, ann(), field, secretOf("pass of "+string(id))))
	}
	b.quote(ann(), id, "q-"+string(id))
	c := confirmation(b, "c-"+string(id))
	c.Account = id
	b.must(b.SaveConfirmation(ctx, c))
}

// TestRemoveAccount compares the file with one in which the account never was.
func TestRemoveAccount(t *testing.T) {
	b := start(t)
	b.join(ann(), "keep")
	b.settled("keep")
	b.join(bob(), "b")
	b.must(b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
		p.Active, p.Zone = "gone", "Europe/Prague"
		return nil
	}))
	before := b.Contents()
	b.join(ann(), "gone")
	b.settled("gone")
	sealed := secretsOf(b.Contents(), "gone")
	if len(sealed) != 3 {
		t.Fatalf("%d secrets, want the key and two of the intent", len(sealed))
	}
	b.must(b.RemoveAccount(ctx, ann(), "gone"))
	after := b.Contents()
	if _, ok := after["meta/compact"]; !ok {
		t.Error("the file will not be compacted at the next start")
	}
	delete(after, "meta/compact")
	for _, all := range []map[string]string{before, after} {
		for k := range all { // the profile is looked at below; what ended stays
			if strings.HasPrefix(k, "profiles/") || strings.HasPrefix(k, "history/") {
				delete(all, k)
			}
		}
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("the file (-without the account +after its removal):\n%s", d)
	}
	p, err := b.Profile(ctx, ann())
	b.must(err)
	want := account.Profile{User: ann(), Active: "keep", Zone: "Europe/Prague", Former: []account.Former{{ID: "gone", Label: "main"}}}
	if d := cmp.Diff(want, p); d != "" {
		t.Errorf("profile (-want +got):\n%s", d)
	}
	if all, err := b.History(ctx, ann(), 10); err != nil || len(all) != 1 {
		t.Errorf("%d ended rentals, %v; they stay", len(all), err)
	}
	b.holdsNone(sealed)
}

// secretsOf returns the sealed secrets with a word in their names.
func secretsOf(all map[string]string, word string) map[string]string {
	found := map[string]string{}
	for k, v := range all {
		if strings.HasPrefix(k, "secrets/") && strings.Contains(k, word) {
			found[k] = v
		}
	}
	return found
}

// holdsNone restarts, and looks for sealed secrets in every file of the folder, also in their free
// pages.
func (b *bench) holdsNone(sealed map[string]string) {
	b.t.Helper()
	b.reopen()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.o.Path), "*"))
	b.must(err)
	found := false
	for _, name := range files {
		data, err := os.ReadFile(name)
		b.must(err)
		for k, v := range sealed {
			if bytes.Contains(data, []byte(v)) {
				b.t.Errorf("%s still holds %q", name, k)
			}
		}
		for _, v := range secretsOf(b.Contents(), "keep") {
			found = found || bytes.Contains(data, []byte(v))
		}
	}
	if !found {
		b.t.Error("not even what is kept is found")
	}
}

func TestRemoveAccountThatIsInUse(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	for what, change := range map[string]func(*rental.Ledger){
		"a rental": func(l *rental.Ledger) { l.Rentals = make([]rental.Rental, 1) },
		"an order": func(l *rental.Ledger) { l.Intents = []rental.Intent{{ID: "i", State: rental.Sending}} },
	} {
		b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
			l.Rentals, l.Intents = nil, nil
			change(l)
			return nil
		}))
		before := b.Contents()
		if err := b.RemoveAccount(ctx, ann(), "a"); err == nil {
			t.Errorf("%s: removed", what)
		} else if _, ok := errors.AsType[*rental.InUse](err); !ok {
			t.Errorf("%s: %v, want *InUse", what, err)
		}
		if d := cmp.Diff(before, b.Contents()); d != "" {
			t.Errorf("%s: refused, and changed:\n%s", what, d)
		}
	}
	if err := b.RemoveAccount(ctx, bob(), "a"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("by another: %v, want ErrNoAccount", err)
	}
}

// TestRemoveTheOnlyAccount leaves the settings, and none active.
func TestRemoveTheOnlyAccount(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	b.must(b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
		p.Active, p.Zone = "a", "Asia/Tokyo"
		return nil
	}))
	b.must(b.RemoveAccount(ctx, ann(), "a"))
	if err := b.RemoveAccount(ctx, ann(), "a"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("again: %v, want ErrNoAccount", err)
	}
	if p, err := b.Profile(ctx, ann()); err != nil || p.Active != "" || p.Zone != "Asia/Tokyo" {
		t.Errorf("profile %+v, %v", p, err)
	}
	if ids, err := b.Watched(ctx); err != nil || len(ids) != 0 {
		t.Errorf("watched: %v, %v", ids, err)
	}
	for range account.MaxFormer + 3 {
		b.join(ann(), "x")
		b.must(b.RemoveAccount(ctx, ann(), "x"))
	}
	if p, err := b.Profile(ctx, ann()); err != nil || len(p.Former) != account.MaxFormer {
		t.Errorf("%d former accounts, %v", len(p.Former), err)
	}
}

// TestRemoveWhileRenting removes an account while its quote is taken: either the order is known and
// the account stays, or neither is there.
func TestRemoveWhileRenting(t *testing.T) {
	b := start(t)
	for range 50 {
		b.join(ann(), "a")
		q := b.quote(ann(), "a", "q")
		var removed, taken error
		var both sync.WaitGroup
		both.Go(func() { removed = b.RemoveAccount(ctx, ann(), "a") })
		both.Go(func() { taken = b.take(q) })
		both.Wait()
		if (removed == nil) == (taken == nil) {
			t.Fatalf("removed %v, taken %v", removed, taken)
		}
		if removed != nil {
			b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
				l.Intents = nil
				return nil
			}))
			b.must(b.RemoveAccount(ctx, ann(), "a"))
		}
	}
}
