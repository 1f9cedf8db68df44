package watch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/watch"
)

func fixed(at time.Time) watch.Options {
	return watch.Options{Now: func() time.Time { return at }}
}

func TestAddAndEdit(t *testing.T) {
	s := newShelf()
	k := open(t, s, fixed(start))
	k.Judge(snapshot(start, machine(1, "RTX 4090", 100), machine(2, "RTX 3090", 50)))
	w := add(t, k, ann(), "4090 sort:rel all", func(w *watch.Watch) { w.Hits, w.Seen = 9, []watch.Sight{{Server: 5}} })
	if w.ID == "" || w.Query != "4090" || w.Drop != watch.DefaultDrop || !w.Expires.Equal(start.Add(watch.DefaultLife)) ||
		w.Hits != 0 || len(w.Seen) != 1 || w.Seen[0].Server != 1 {
		t.Errorf("%+v", w)
	}
	ctx := t.Context()
	edited, err := k.Edit(ctx, ann(), w.ID, func(w *watch.Watch) error {
		w.Label, w.Drop, w.User, w.ID = "mine", 10, bob(), "other"
		return nil
	})
	if err != nil || edited.Label != "mine" || edited.Drop != 10 || edited.ID != w.ID || edited.User != ann() || len(edited.Seen) != 1 {
		t.Errorf("%+v, %v", edited, err)
	}
	again, err := k.Edit(ctx, ann(), w.ID, func(w *watch.Watch) error { w.Query = "RTX 3090"; return nil })
	if err != nil || len(again.Seen) != 1 || again.Seen[0].Server != 2 {
		t.Errorf("another search begins anew: %+v, %v", again, err)
	}
	if d := cmp.Diff([]watch.Watch{again}, k.List(ann())); d != "" {
		t.Error(d)
	}
	for name, err := range map[string]error{
		"somebody else's": second(k.Watch(bob(), w.ID)),
		"to edit":         second(k.Edit(ctx, bob(), w.ID, func(*watch.Watch) error { return nil })),
		"to snooze":       second(k.Snooze(ctx, bob(), w.ID, start)),
		"to remove":       second(k.Remove(ctx, bob(), w.ID)),
	} {
		if !errors.Is(err, watch.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Remove(ctx, ann(), w.ID); err != nil || len(k.List(ann())) != 0 || len(s.rows) != 0 {
		t.Errorf("%v, left %v and %v", err, k.List(ann()), s.rows)
	}
	k.Judge(snapshot(start.Add(time.Minute), machine(9, "RTX 3090", 50)))
	if told := s.take(); len(told) > 0 {
		t.Errorf("news of what was removed: %v", told)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAddRefuses(t *testing.T) {
	k := open(t, newShelf(), fixed(start))
	for name, w := range map[string]watch.Watch{
		"nobody's":  {Query: "4090"},
		"drop":      {User: ann(), Query: "4090", Drop: watch.MaxDrop + 1},
		"negative":  {User: ann(), Query: "4090", Drop: -1},
		"too long":  {User: ann(), Query: "4090", Expires: start.Add(watch.MaxLife + 1)},
		"over":      {User: ann(), Query: "4090", Expires: start},
		"label":     {User: ann(), Query: "4090", Label: strings.Repeat("x", watch.MaxLabel+1)},
		"long text": {User: ann(), Query: strings.Repeat("rtx4090,", 100)},
	} {
		if _, err := k.Add(t.Context(), w); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	var wrong *market.QueryError
	if _, err := k.Add(t.Context(), watch.Watch{User: ann(), Query: "vram>many"}); !errors.As(err, &wrong) {
		t.Errorf("%v", err)
	}
	for range watch.MaxPerUser {
		add(t, k, ann(), "4090")
	}
	if _, err := k.Add(t.Context(), watch.Watch{User: ann(), Query: "3090"}); !errors.Is(err, watch.ErrTooMany) {
		t.Errorf("%v", err)
	}
	add(t, k, bob(), "3090")
}

// What cannot be stored has not happened: neither in memory nor as news, and the news comes with
// the next look.
func TestStoreFails(t *testing.T) {
	s := newShelf()
	k := open(t, s, fixed(start))
	w := add(t, k, ann(), "4090")
	k.Judge(snapshot(start))
	seen, err := k.Watch(ann(), w.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.breakDown(errShelf)
	k.Judge(snapshot(start.Add(time.Minute), machine(1, "RTX 4090", 100)))
	ctx := t.Context()
	for name, err := range map[string]error{
		"add":    second(k.Add(ctx, watch.Watch{User: ann(), Query: "3090"})),
		"snooze": second(k.Snooze(ctx, ann(), w.ID, start.Add(time.Hour))),
		"remove": second(k.Remove(ctx, ann(), w.ID)),
		"forget": k.Forget(ctx, ann()),
	} {
		if !errors.Is(err, errShelf) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d := cmp.Diff([]watch.Watch{seen}, k.List(ann())); d != "" {
		t.Errorf("memory went ahead of the store:\n%s", d)
	}
	s.breakDown(nil)
	k.Judge(snapshot(start.Add(2*time.Minute), machine(1, "RTX 4090", 100)))
	if told := s.take(); len(told) != 1 || len(told[0].Hits) != 1 {
		t.Errorf("the news was lost: %+v", told)
	}
	k.Judge(snapshot(start.Add(3*time.Minute), machine(1, "RTX 4090", 100)))
	if told := s.take(); len(told) != 0 {
		t.Errorf("told twice: %+v", told)
	}
}

func TestOpenFails(t *testing.T) {
	s := newShelf()
	s.breakDown(errShelf)
	if _, err := watch.Open(t.Context(), s, watch.Options{}); !errors.Is(err, errShelf) {
		t.Errorf("%v", err)
	}
}

// A keeper that starts between any two looks says what one that goes on says.
func TestRestart(t *testing.T) {
	looks := [][]clore.Server{
		{machine(1, "RTX 4090", 100)},
		{machine(1, "RTX 4090", 90), machine(2, "RTX 4090", 110)},
		{machine(2, "RTX 4090", 110)},
		{machine(1, "RTX 4090", 90), machine(2, "RTX 4090", 100)},
		{machine(1, "RTX 4090", 80)},
	}
	run := func(restart bool) (all [][]news) {
		s := newShelf()
		k := open(t, s, fixed(start))
		add(t, k, ann(), "4090")
		for i, servers := range looks {
			if restart {
				k = open(t, s, fixed(start))
			}
			k.Judge(snapshot(start.Add(time.Duration(i)*time.Minute), servers...))
			var told []news
			for _, c := range s.take() {
				for _, h := range c.Hits {
					told = append(told, news{h.Server, h.Was / 1e7})
				}
			}
			all = append(all, told)
		}
		return all
	}
	want := [][]news{nil, {{1, 100}, {2, 0}}, nil, {{2, 110}}, {{1, 90}}}
	for _, restart := range []bool{false, true} {
		if d := cmp.Diff(want, run(restart), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("with restarts %v:\n%s", restart, d)
		}
	}
}

// A watch whose query is not understood any more is left alone.
func TestUnreadableQuery(t *testing.T) {
	s := newShelf()
	k := open(t, s, fixed(start))
	w := add(t, k, ann(), "4090")
	w.Query = "vram>many"
	if err := s.SaveWatches(t.Context(), []watch.Change{{Cause: watch.Edited, Watch: w}}); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	o := fixed(start)
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	k = open(t, s, o)
	if all := k.List(ann()); len(all) != 0 || len(s.rows) != 1 || !strings.Contains(log.String(), w.ID) {
		t.Errorf("%v, stored %d, log %s", all, len(s.rows), &log)
	}
}

// Many users at once, with the market going on. It is for the race detector, and every news of
// everybody comes once.
func TestManyAtOnce(t *testing.T) {
	s := newShelf()
	k := open(t, s, fixed(start))
	k.Judge(snapshot(start))
	const users = 40
	ctx := t.Context()
	var wait sync.WaitGroup
	for i := range users {
		wait.Go(func() {
			user := chat.User{Platform: chat.Telegram, ID: fmt.Sprint("u", i)}
			keep, err := k.Add(ctx, watch.Watch{User: user, Query: "4090"})
			if err != nil {
				t.Error(err)
			}
			drop, err := k.Add(ctx, watch.Watch{User: user, Query: "3090"})
			if err != nil {
				t.Error(err)
			}
			k.List(user)
			if _, err := k.Edit(ctx, user, keep.ID, func(w *watch.Watch) error { w.Label = "x"; return nil }); err != nil {
				t.Error(err)
			}
			if _, err := k.Remove(ctx, user, drop.ID); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 20 {
		wait.Go(func() { k.Judge(snapshot(start.Add(time.Duration(i)*time.Second), machine(3, "RTX 5090", 1))) })
	}
	wait.Wait()
	k.Judge(snapshot(start.Add(time.Minute), machine(1, "RTX 4090", 100), machine(2, "RTX 3090", 100)))
	told := map[string]int{}
	for _, c := range s.take() {
		if c.Watch.Label != "x" || len(c.Hits) != 1 {
			t.Errorf("%+v", c)
		}
		told[c.Watch.User.ID]++
	}
	if len(told) != users || len(s.rows) != users {
		t.Errorf("%d were told, %d watches, want %d", len(told), len(s.rows), users)
	}
}

func TestForgetUser(t *testing.T) {
	s := newShelf()
	k := open(t, s, fixed(start))
	add(t, k, ann(), "4090")
	add(t, k, ann(), "3090")
	his := add(t, k, bob(), "4090")
	if err := k.Forget(t.Context(), ann()); err != nil {
		t.Fatal(err)
	}
	if err := k.Forget(t.Context(), ann()); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]watch.Watch{his}, append(k.List(bob()), k.List(ann())...)); d != "" || len(s.rows) != 1 {
		t.Errorf("%s, %d stored", d, len(s.rows))
	}
}

// TestRipe: a watch with a mandate is ripe at every look that finds something sound, also when it
// is no news, and while it sleeps.
func TestRipe(t *testing.T) {
	var r ripe
	o := fixed(start)
	o.Ripe = r.note
	k := open(t, newShelf(), o)
	armed := add(t, k, ann(), "4090", func(w *watch.Watch) {
		w.Account, w.Mandate, w.Armed = "a", "m", start.Add(4*time.Minute)
	})
	add(t, k, bob(), "4090")
	look := func(minute int, want []string, servers ...clore.Server) {
		t.Helper()
		k.Judge(snapshot(start.Add(time.Duration(minute)*time.Minute), servers...))
		if d := cmp.Diff(want, r.take()); d != "" {
			t.Errorf("minute %d:\n%s", minute, d)
		}
	}
	found := []string{"a/m"}
	look(0, nil, machine(2, "RTX 3090", 1))
	look(1, found, machine(1, "RTX 4090", 100))
	look(2, found, machine(1, "RTX 4090", 100))
	ctx := t.Context()
	if _, err := k.Snooze(ctx, ann(), armed.ID, start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	look(3, found, machine(1, "RTX 4090", 100))
	look(4, nil, machine(1, "RTX 4090", 100)) // its time is over
	for _, change := range []func(*watch.Watch) error{
		func(w *watch.Watch) error { w.Armed = start.Add(time.Hour); return nil },
		func(w *watch.Watch) error { w.Mandate = ""; return nil },
	} {
		if _, err := k.Edit(ctx, ann(), armed.ID, change); err != nil {
			t.Fatal(err)
		}
		look(5, found, machine(1, "RTX 4090", 100))
		found = nil
	}
}

// TestJudgeGivesUp: a store that hangs does not hold the market up for ever, and what it did not
// store has not happened.
func TestJudgeGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		k := open(t, s, watch.Options{Save: 5 * time.Second})
		add(t, k, ann(), "4090")
		k.Judge(snapshot(time.Now()))
		s.slow = time.Hour
		began := time.Now()
		k.Judge(snapshot(time.Now(), machine(1, "RTX 4090", 100)))
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := k.Add(ctx, watch.Watch{User: ann(), Query: "3090"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		s.slow = 0
		k.Judge(snapshot(time.Now(), machine(1, "RTX 4090", 100)))
		if told := s.take(); len(told) != 1 {
			t.Errorf("%+v", told)
		}
	})
}
