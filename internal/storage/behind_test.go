package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/notify"
)

func TestBehind(t *testing.T) {
	b := start(t, withLabels)
	b.join(ann(), "a")
	b.join(bob(), "b")
	for i := range 5 {
		b.tell("a", event(fmt.Sprint("a", i)))
		b.tell("b", event(fmt.Sprint("b", i)))
	}
	first := b.wantDue("a0", "b0")["a0"]
	behind := func(n int) (keys []string, all []notify.Delivery) {
		all, err := b.Behind(ctx, first, b.clock.Now(), n)
		b.must(err)
		for _, d := range all {
			keys = append(keys, d.Event.Key)
		}
		return keys, all
	}
	keys, all := behind(100)
	if want := []string{"a1", "a2", "a3", "a4"}; !slices.Equal(keys, want) {
		t.Fatalf("behind the first: %q, want %q", keys, want)
	}
	if keys, _ := behind(2); !slices.Equal(keys, []string{"a1", "a2"}) {
		t.Errorf("two of them: %q", keys)
	}
	// As a burst goes: all are attempted and then settled, the last first.
	b.must(b.Attempt(ctx, all[1].ID, b.clock.Now().Add(20*time.Second)))
	if keys, _ := behind(100); !slices.Equal(keys, []string{"a1", "a3", "a4"}) {
		t.Errorf("while one is tried: %q", keys)
	}
	b.must(b.Settle(ctx, all[1].ID, notify.Outcome{Kind: notify.Sent}))
	b.must(b.Settle(ctx, all[0].ID, notify.Outcome{Kind: notify.Snoozed, Next: b.clock.Now().Add(time.Minute)}))
	if keys, _ := behind(100); !slices.Equal(keys, []string{"a3", "a4"}) {
		t.Errorf("while one waits: %q", keys)
	}
	b.wantDue("a0", "b0")
}
