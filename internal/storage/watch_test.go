package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/watch"
)

// watched returns a watch of a user that knows something.
func watched(user chat.User, id string, at time.Time) watch.Watch {
	return watch.Watch{
		ID: id, User: user, Account: "a", Query: "RTX 4090", Label: "big", Drop: 5, Made: at,
		Expires: at.Add(watch.DefaultLife), Since: at, Pay: []money.Currency{money.USD},
		Seen: []watch.Sight{{Server: 7, USD: money.Coin}, {Server: 8, USD: money.Coin, Gone: at}},
	}
}

// hits returns so many pieces of news.
func hits(n int) []watch.Hit {
	all := make([]watch.Hit, n)
	for i := range all {
		all[i].Server, all[i].USD, all[i].Was = 7, money.Coin, 2*money.Coin
	}
	return all
}

func (b *bench) watches() []watch.Watch {
	b.t.Helper()
	all, err := b.Watches(ctx)
	b.must(err)
	return all
}

// alerts returns the events that are due for a user, taking them out one after the other.
func (b *bench) alerts() []rental.Event {
	b.t.Helper()
	var all []rental.Event
	for {
		due, _, err := b.Due(ctx, b.clock.Now(), 1)
		if b.must(err); len(due) == 0 {
			return all
		}
		all = append(all, due[0].Event)
		b.must(b.Settle(ctx, due[0].ID, notify.Outcome{Kind: notify.Sent}))
	}
}

func TestWatches(t *testing.T) {
	b := start(t)
	mine, theirs := watched(ann(), "w", b.clock.Now()), watched(bob(), "w", b.clock.Now())
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: mine}, {Cause: watch.Added, Watch: theirs}}))
	mine.Snoozed = b.clock.Now().Add(time.Hour)
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Edited, Watch: mine}}))
	b.reopen()
	if d := cmp.Diff([]watch.Watch{mine, theirs}, b.watches()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Removed, Watch: mine}}))
	for _, cause := range []watch.Cause{watch.Edited, watch.Judged, watch.Expired, watch.Removed} {
		b.must(b.SaveWatches(ctx, []watch.Change{{Cause: cause, Watch: mine, Hits: hits(1)}}))
	}
	if d := cmp.Diff([]watch.Watch{theirs}, b.watches()); d != "" {
		t.Errorf("what was removed comes back (-want +got):\n%s", d)
	}
	if all := b.alerts(); len(all) > 0 {
		t.Errorf("alerts of a watch that is gone: %+v", all)
	}
}

// TestWatchAlerts: what a look found is told in the commit that keeps the look, once.
func TestWatchAlerts(t *testing.T) {
	b := start(t)
	w := watched(ann(), "w", b.clock.Now())
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}}))
	w.Fired, w.Hits = b.clock.Now(), 7
	hit := watch.Change{Cause: watch.Judged, Watch: w, Hits: hits(7)}
	if n := b.commits(func() { b.must(b.SaveWatches(ctx, []watch.Change{hit})) }); n != 1 {
		t.Errorf("%d commits", n)
	}
	b.must(b.SaveWatches(ctx, []watch.Change{hit})) // tried again after an error that was none
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Judged, Watch: w}}))
	b.reopen()
	all := b.alerts()
	if len(all) != 1 {
		t.Fatalf("%d alerts", len(all))
	}
	e := all[0]
	if e.Kind != rental.WatchHit || e.User != ann() || e.Account != "a" || e.Watch != "w" || !e.At.Equal(b.clock.Now()) {
		t.Errorf("%+v", e)
	}
	news, err := watch.ReadNews(e.Hits)
	want := watch.News{Query: "RTX 4090", Label: "big", Total: 7, Hits: hits(watch.MaxTold)}
	if d := cmp.Diff(want, news); err != nil || d != "" {
		t.Errorf("%v, -want +got:\n%s", err, d)
	}

	over := watch.Change{Cause: watch.Expired, Watch: w}
	b.must(b.SaveWatches(ctx, []watch.Change{over}))
	b.must(b.SaveWatches(ctx, []watch.Change{over}))
	all = b.alerts()
	if len(all) != 1 || all[0].Kind != rental.WatchOver || all[0].Watch != "w" {
		t.Fatalf("%+v", all)
	}
	if news, err := watch.ReadNews(all[0].Hits); err != nil || news.Query != w.Query || news.Label != w.Label || news.Total != 7 {
		t.Errorf("%+v, %v", news, err)
	}
	if left := b.watches(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestWatchesAllOrNone: a refused change takes the others with it.
func TestWatchesAllOrNone(t *testing.T) {
	b := start(t)
	for i := range watch.MaxPerUser {
		b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: watched(ann(), fmt.Sprint(i), b.clock.Now())}}))
	}
	before := b.Contents()
	w := watched(ann(), "0", b.clock.Now())
	w.Fired = b.clock.Now()
	err := b.SaveWatches(ctx, []watch.Change{
		{Cause: watch.Judged, Watch: w, Hits: hits(1)},
		{Cause: watch.Added, Watch: watched(ann(), "one too many", b.clock.Now())},
	})
	if !errors.Is(err, watch.ErrTooMany) {
		t.Errorf("%v", err)
	}
	if d := cmp.Diff(before, b.Contents()); d != "" {
		t.Errorf("something was kept:\n%s", d)
	}
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: watched(bob(), "his", b.clock.Now())}}))
	if err := b.SaveWatches(ctx, []watch.Change{{Cause: "made up", Watch: w}}); err == nil {
		t.Error("an unknown cause is taken")
	}
}

// TestPermissionEndsWithItsWatch: in the commit that ends the watch, or moves its end.
func TestPermissionEndsWithItsWatch(t *testing.T) {
	b := start(t, func(o *storage.Options) { o.Diff = notify.Diff })
	b.join(ann(), "a")
	now := b.clock.Now()
	w := watched(ann(), "w", now)
	w.Mandate = "m"
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}}))
	b.must(b.Update(ctx, "a", func(l *rental.Ledger) error {
		l.Mandates = []rental.Mandate{{ID: "m", Cause: rental.ForWatch, Watch: "w", Count: 1, Tries: 3, Total: money.Coin, Until: now.Add(7 * 24 * time.Hour)}}
		return nil
	}))
	mandate := func() *rental.Mandate {
		l, err := b.Ledger(ctx, "a")
		b.must(err)
		return l.Mandate("m")
	}
	w.Expires = now.Add(time.Hour)
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Edited, Watch: w}}))
	if m := mandate(); !m.Active() || !m.Until.Equal(w.Expires) {
		t.Errorf("the watch ends at %v, its permission at %v", w.Expires, m.Until)
	}
	b.clock.Add(time.Hour)
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Expired, Watch: w}}))
	if m := mandate(); m.Active() || m.Why != rental.FinishExpired {
		t.Errorf("the watch is over, its permission is not: %+v", m)
	}
	var told []rental.EventKind
	for _, e := range b.alerts() {
		told = append(told, e.Kind)
	}
	if !slices.Contains(told, rental.MandateOver) || !slices.Contains(told, rental.WatchOver) {
		t.Errorf("told: %v", told)
	}
	w.Account = "gone" // an account that was removed keeps no watch from ending
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}, {Cause: watch.Expired, Watch: w}}))
	if all := b.watches(); len(all) > 0 {
		t.Errorf("left: %+v", all)
	}
}

// TestUnreadableLedgerKeepsNoWatch: of one user, it keeps neither the watches of others from being
// saved, nor that user's own from ending.
func TestUnreadableLedgerKeepsNoWatch(t *testing.T) {
	b := start(t)
	b.join(ann(), "a")
	now := b.clock.Now()
	w, other := watched(ann(), "w", now), watched(bob(), "w", now)
	w.Mandate = "m"
	b.must(b.SaveWatches(ctx, []watch.Change{{Cause: watch.Added, Watch: w}, {Cause: watch.Added, Watch: other}}))
	b.must(b.Damage("a"))
	other.Fired = now
	b.must(b.SaveWatches(ctx, []watch.Change{
		{Cause: watch.Expired, Watch: w}, {Cause: watch.Judged, Watch: other, Hits: hits(1)},
	}))
	if d := cmp.Diff([]watch.Watch{other}, b.watches()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	var told []rental.EventKind
	for _, e := range b.alerts() {
		told = append(told, e.Kind)
	}
	if !slices.Contains(told, rental.WatchOver) || !slices.Contains(told, rental.WatchHit) {
		t.Errorf("told: %v", told)
	}
}
