package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/watch"
)

func secretOf(s string) secret.Text { return secret.New(s) }

// fillGolden puts a record into every bucket.
func (b *bench) fillGolden() {
	b.t.Helper()
	a := b.join(ann(), "a")
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		*l = full(a, b.clock.Now())
		l.Ended = []rental.Rental{ended(3, ann(), "old", b.clock.Now())}
		return nil
	}))
	b.must(b.PutSecret(ctx, ann(), rental.PasswordField("i"), secretOf("pass")))
	b.must(b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
		p.Active, p.Currency, p.Quiet = "a", money.USD, account.Quiet{From: 60, Until: 420}
		return nil
	}))
	b.must(b.SaveGrant(ctx, account.Grant{Platform: chat.Telegram, User: "1", Role: account.Owner}))
	b.quote(ann(), "a", "q")
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: watched(ann(), "w", b.clock.Now())}}))
	b.must(b.SaveConfirmation(ctx, confirmation(b, "c")))
	b.tell("a", card("v1"))
	ref := chat.MessageRef{Address: ann().Direct(), MessageID: "9"}
	b.must(b.Settle(ctx, b.deliveryOf("a"), notify.Outcome{Kind: notify.Sent, Ref: ref}))
	b.tell("a", card("v2"))
}

// checkGolden looks for what fillGolden wrote, as far as the schema of the file had room for it.
func (b *bench) checkGolden(schema int) {
	b.t.Helper()
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	want := full(l.Account, b.clock.Now())
	if schema <= 3 { // one mark for all coins, which is not taken over: the alert may come once more
		want.Funds.Warned = nil
	}
	if d := cmp.Diff(want, l); d != "" {
		b.t.Errorf("ledger (-want +got):\n%s", d)
	}
	key, err := b.Key(ctx, "a")
	b.must(err)
	pass, err := b.Secret(ctx, ann(), rental.PasswordField("i"))
	b.must(err)
	if key.Reveal() != "key of a" || pass.Reveal() != "pass" {
		b.t.Errorf("key %q, password %q", key.Reveal(), pass.Reveal())
	}
	all, err := b.History(ctx, ann(), 10)
	b.must(err)
	p, err := b.Profile(ctx, ann())
	b.must(err)
	grants, err := b.Grants(ctx)
	b.must(err)
	if len(all) != 1 || p.Quiet.Until != 420 || len(grants) != 1 || grants[0].Role != account.Owner {
		b.t.Errorf("history %+v, profile %+v, grants %+v", all, p, grants)
	}
	if d := b.wantDue("v2")["v2"]; d.Ref == nil || d.Ref.MessageID != "9" {
		b.t.Errorf("the card's message is %v", d.Ref)
	}
	if _, err := b.TakeConfirmation(ctx, "c", ann(), b.clock.Now()); err != nil {
		b.t.Error(err)
	}
	var kept []watch.Watch
	if schema >= 3 {
		kept = append(kept, watched(ann(), "w", b.clock.Now()))
	}
	if d := cmp.Diff(kept, b.watches()); d != "" {
		b.t.Errorf("watches (-want +got):\n%s", d)
	}
	if _, err := b.Quote(ctx, "q", ann()); err != nil {
		b.t.Error(err)
	}
}

func confirmation(b *bench, id string) commands.Confirmation {
	return commands.Confirmation{ID: id, User: ann(), Do: "cancel", Order: 7, Expires: b.clock.Now().Add(2 * time.Minute)}
}

func TestAccounts(t *testing.T) {
	b := start(t)
	first := b.join(ann(), "z")
	b.clock.Add(time.Minute)
	second := b.join(ann(), "a")
	b.join(bob(), "b")
	got, err := b.Accounts(ctx, ann())
	b.must(err)
	if d := cmp.Diff([]account.Account{first, second}, got); d != "" {
		t.Errorf("accounts, oldest first (-want +got):\n%s", d)
	}
	none, err := b.Accounts(ctx, chat.User{Platform: chat.Discord, ID: "1"})
	if b.must(err); len(none) != 0 {
		t.Errorf("a stranger has %+v", none)
	}
	for id, want := range map[account.ID]string{"z": "key of z", "b": "key of b"} {
		key, err := b.Key(ctx, id)
		if b.must(err); key.Reveal() != want {
			t.Errorf("key %q, want %q", key.Reveal(), want)
		}
	}
	if _, err := b.Key(ctx, "x"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("key of nobody: %v, want ErrNoAccount", err)
	}
}

func TestSaveAccountAgain(t *testing.T) {
	b := start(t, func(o *storage.Options) {
		o.Diff = func(prev, next rental.Ledger) []rental.Event {
			if prev.Account.Rejected.IsZero() || !next.Account.Rejected.IsZero() {
				return nil
			}
			return []rental.Event{event("works again")}
		}
	})
	old := b.join(ann(), "a")
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Account.Rejected = b.clock.Now()
		l.Rentals = full(old, b.clock.Now()).Rentals
		return nil
	}))
	watched, err := b.Watched(ctx)
	if b.must(err); len(watched) != 0 {
		t.Errorf("watched %v although its key is refused", watched)
	}
	b.clock.Add(time.Hour)
	b.must(b.SaveAccount(ctx, account.Account{
		ID: "a", User: ann(), Label: "new", Tail: "9999", Added: b.clock.Now(), Rejected: b.clock.Now(),
	}, secretOf("new key")))
	l, err := b.Ledger(ctx, "a")
	b.must(err)
	want := account.Account{ID: "a", User: ann(), Label: "new", Tail: "9999", Added: old.Added}
	if l.Account != want || len(l.Rentals) != 1 {
		t.Errorf("account %+v with %d rentals; want %+v with 1", l.Account, len(l.Rentals), want)
	}
	watched, err = b.Watched(ctx)
	if b.must(err); len(watched) != 1 {
		t.Errorf("watched %v, want the account", watched)
	}
	if key, err := b.Key(ctx, "a"); err != nil || key.Reveal() != "new key" {
		t.Errorf("the key was not replaced (%v)", err)
	}
	b.wantDue("works again")
}

func TestSaveAccountOfAnother(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	err := b.SaveAccount(ctx, account.Account{ID: "a", User: bob()}, secretOf("bob's"))
	if !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("error %v, want ErrNoAccount", err)
	}
	if key, err := b.Key(ctx, "a"); err != nil || key.Reveal() != "key of a" {
		t.Errorf("ann's key is %q, %v", key.Reveal(), err)
	}
	if err := b.SaveAccount(ctx, account.Account{User: bob()}, secretOf("x")); err == nil {
		t.Error("an account without ID is saved")
	}
}

func TestSecrets(t *testing.T) {
	b := start(t)
	b.must(b.PutSecret(ctx, ann(), "f", secretOf("ann's")))
	b.must(b.PutSecret(ctx, bob(), "f", secretOf("bob's")))
	b.must(b.PutSecret(ctx, ann(), "f", secretOf("ann's new")))
	b.reopen()
	for user, want := range map[chat.User]string{ann(): "ann's new", bob(): "bob's"} {
		if s, err := b.Secret(ctx, user, "f"); err != nil || s.Reveal() != want {
			t.Errorf("%v: %q, %v; want %q", user, s.Reveal(), err, want)
		}
	}
	b.must(b.DropSecret(ctx, ann(), "f"))
	for _, field := range []string{"f", "unknown"} {
		if s, err := b.Secret(ctx, ann(), field); err != nil || !s.Empty() {
			t.Errorf("%s: %q, %v; want an empty secret", field, s.Reveal(), err)
		}
	}
}

// TestNoSecretIsReadable looks for secrets in every file of the folder.
func TestNoSecretIsReadable(t *testing.T) {
	const canary = "canary-7d1f0a"
	b := start(t, withDiff)
	b.must(b.SaveAccount(ctx, account.Account{ID: "a", User: ann(), Tail: "0a0a"}, secretOf(canary)))
	b.must(b.PutSecret(ctx, ann(), rental.PasswordField("q"), secretOf(canary)))
	b.must(b.take(b.quote(ann(), "a", "q")))
	b.must(b.Backup(ctx, b.o.Path+".backup"))
	b.must(b.Close())
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.o.Path), "*"))
	b.must(err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		b.must(err)
		if bytes.Contains(data, []byte(canary)) {
			t.Errorf("%s shows a secret", name)
		}
	}
	if len(files) < 3 {
		t.Errorf("looked at %q only", files)
	}
}

func TestProfile(t *testing.T) {
	b := start(t)
	p, err := b.Profile(ctx, ann())
	if b.must(err); p.User != ann() || p.Active != "" {
		t.Errorf("profile of a new user: %+v", p)
	}
	b.must(b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
		p.Zone, p.User = "Europe/Prague", bob()
		p.Levels = map[string]account.Level{"ready": account.Silent}
		return nil
	}))
	refusal := errors.New("no")
	err = b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
		p.Zone = "nowhere"
		p.Levels["ready"] = account.Off
		return refusal
	})
	if !errors.Is(err, refusal) {
		t.Errorf("error %v, want that of the change", err)
	}
	p, err = b.Profile(ctx, ann())
	if b.must(err); p.Zone != "Europe/Prague" || p.Levels["ready"] != account.Silent || p.User != ann() {
		t.Errorf("profile %+v", p)
	}
	if p, err := b.Profile(ctx, bob()); err != nil || p.Zone != "" {
		t.Errorf("bob's profile %+v, %v", p, err)
	}
}

func TestGrants(t *testing.T) {
	b := start(t)
	user := account.Grant{Platform: chat.Telegram, User: "1", Role: account.Member}
	space := account.Grant{Platform: chat.Telegram, Space: "1", Role: account.Member}
	b.must(b.SaveGrant(ctx, user))
	b.must(b.SaveGrant(ctx, space))
	user.Role = account.Owner
	b.must(b.SaveGrant(ctx, user))
	got, err := b.Grants(ctx)
	b.must(err)
	if len(got) != 2 || !strings.Contains(fmt.Sprint(got), "owner") {
		t.Errorf("grants %+v, want the owner and the space", got)
	}
	b.must(b.DropGrant(ctx, account.Grant{Platform: chat.Telegram, User: "1"}))
	b.must(b.DropGrant(ctx, account.Grant{Platform: chat.Telegram, User: "2"}))
	got, err = b.Grants(ctx)
	if b.must(err); len(got) != 1 || got[0] != space {
		t.Errorf("grants %+v, want the space alone", got)
	}
}

func TestConfirmations(t *testing.T) {
	b := start(t)
	for _, id := range []string{"c", "late"} {
		b.must(b.SaveConfirmation(ctx, confirmation(b, id)))
	}
	now := b.clock.Now()
	if _, err := b.TakeConfirmation(ctx, "c", bob(), now); !errors.Is(err, commands.ErrNoConfirmation) {
		t.Errorf("bob takes ann's: %v", err)
	}
	if _, err := b.TakeConfirmation(ctx, "x", ann(), now); !errors.Is(err, commands.ErrNoConfirmation) {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := b.Confirmation(ctx, "c", bob(), now); !errors.Is(err, commands.ErrNoConfirmation) {
		t.Errorf("bob reads ann's: %v", err)
	}
	if c, err := b.Confirmation(ctx, "c", ann(), now); err != nil || c.Order != 7 {
		t.Errorf("read %+v, %v", c, err)
	}
	if _, err := b.Confirmation(ctx, "late", ann(), now.Add(2*time.Minute)); !errors.Is(err, commands.ErrNoConfirmation) {
		t.Errorf("an expired one is read: %v", err)
	}
	var took atomic.Int32
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if c, err := b.TakeConfirmation(ctx, "c", ann(), now); err == nil && c.Order == 7 {
				took.Add(1)
			}
		})
	}
	if wait.Wait(); took.Load() != 1 {
		t.Errorf("taken %d times, want once", took.Load())
	}
	if _, err := b.TakeConfirmation(ctx, "late", ann(), now.Add(2*time.Minute)); !errors.Is(err, commands.ErrNoConfirmation) {
		t.Errorf("an expired one: %v", err)
	}
}

func TestExpiredAreSwept(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	empty := len(b.Contents())
	together(600, func(i int) { // more than a batch
		b.must(b.SaveConfirmation(ctx, confirmation(b, fmt.Sprint(i))))
	})
	q := b.quote(ann(), "a", "q")
	b.clock.Add(3 * time.Minute)
	n, err := b.Sweep(ctx)
	b.must(err)
	if _, err := b.Quote(ctx, "q", ann()); n != 600 || err != nil {
		t.Errorf("%d swept, want 600; the expired quote is still wanted: %v", n, err)
	}
	q.Expires = q.Expires.Add(24 * time.Hour) // saved again, for longer
	b.must(b.SaveQuote(ctx, q))
	b.clock.Add(25 * time.Hour)
	_, err = b.Sweep(ctx)
	b.must(err)
	if _, err := b.Quote(ctx, "q", ann()); err != nil {
		t.Errorf("the prolonged quote is gone: %v", err)
	}
	b.clock.Add(24 * time.Hour)
	_, err = b.Sweep(ctx)
	b.must(err)
	if got := len(b.Contents()); got != empty {
		t.Errorf("%d records are left, want %d", got, empty)
	}
}

// TestForget compares the file with one in which the user never was.
func TestForget(t *testing.T) {
	b := start(t, withLabels)
	b.must(b.SaveGrant(ctx, account.Grant{Platform: chat.Telegram, User: "1", Role: account.Owner}))
	b.join(bob(), "b")
	b.tell("b", card("v1"))
	b.must(b.PutSecret(ctx, bob(), "f", secretOf("bob's")))
	before := b.Contents()
	b.fillGolden()
	b.must(b.Settle(ctx, b.deliveryOf("a"), notify.Outcome{Kind: notify.Suppressed}))
	b.must(b.Forget(ctx, ann()))
	after := b.Contents()
	if _, ok := after["meta/compact"]; !ok {
		t.Error("the file will not be compacted at the next start")
	}
	delete(after, "meta/compact")
	for k, v := range before {
		if strings.HasPrefix(k, "grants/") { // fillGolden wrote it again
			continue
		}
		if after[k] != v {
			t.Errorf("%q was changed from %q to %q", k, v, after[k])
		}
	}
	for k, v := range after {
		if _, ok := before[k]; !ok {
			t.Errorf("%q is left with %q", k, v)
		}
	}
	b.reopen()
	if _, ok := b.Contents()["meta/compact"]; ok {
		t.Error("compacting was not recorded")
	}
	if n := b.commits(func() { b.must(b.Forget(ctx, ann())) }); n != 0 {
		t.Errorf("forgetting a stranger commits %d times", n)
	}
}

// deliveryOf returns the ID of what is due for the owner of an account.
func (b *bench) deliveryOf(acc account.ID) uint64 {
	b.t.Helper()
	l, err := b.Ledger(ctx, acc)
	b.must(err)
	all, _, err := b.Due(ctx, b.clock.Now(), 100)
	b.must(err)
	for _, d := range all {
		if d.Event.User == l.Account.User {
			return d.ID
		}
	}
	b.t.Fatalf("nothing is due for %v", l.Account.User)
	return 0
}
