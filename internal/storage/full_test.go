package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
)

// fillUp writes until there is no room, first large records and then small ones, which fill the
// gaps. It returns the names of what fitted, the last first: a deletion rewrites its neighbours
// too, and those of a small record must be small.
func (b *bench) fillUp() []string {
	b.t.Helper()
	large, small := b.fill("large", 32<<10), b.fill("small", 1<<10)
	all := append(large, small...)
	slices.Reverse(all)
	return all
}

func (b *bench) fill(name string, size int) []string {
	b.t.Helper()
	var fitted []string
	for i := range 10_000 {
		field := fmt.Sprintf("%s%04d", name, i) // keys sort by length first
		err := b.PutSecret(ctx, ann(), field, secretOf(strings.Repeat("x", size)))
		if errors.Is(err, storage.ErrFull) {
			return fitted
		}
		b.must(err)
		fitted = append(fitted, field)
	}
	b.t.Fatal("there is always room")
	return nil
}

// checkFull checks what must work without room: reading, deleting, and refusing to rent.
func (b *bench) checkFull(q rental.Quote, fitted []string) {
	b.t.Helper()
	if !b.Degraded() {
		b.t.Error("the store does not say that the disk is full")
	}
	if err := b.take(q); !errors.Is(err, storage.ErrFull) {
		b.t.Errorf("renting: %v, want ErrFull", err)
	}
	if l, err := b.Ledger(ctx, "a"); err != nil || len(l.Intents) != 0 {
		b.t.Errorf("ledger %+v, %v", l, err)
	}
	for range 20 {
		err := b.PutSecret(ctx, ann(), "more", secretOf(strings.Repeat("x", 1<<20)))
		if !errors.Is(err, storage.ErrFull) {
			b.t.Errorf("writing: %v, want ErrFull", err)
		}
	}
	for i, field := range fitted {
		if err := b.DropSecret(ctx, ann(), field); err != nil {
			b.t.Fatalf("deleting %s, %d of %d: %v", field, i, len(fitted), err)
		}
	}
	b.must(b.Verify())
}

func (b *bench) checkRecovered(q rental.Quote) {
	b.t.Helper()
	_, err := b.Sweep(ctx)
	b.must(err)
	if b.Degraded() {
		b.t.Error("there is room, and the store does not notice")
	}
	b.must(b.take(q))
	b.reopen()
	if l, err := b.Ledger(ctx, "a"); err != nil || len(l.Intents) != 1 {
		b.t.Errorf("ledger %+v, %v", l, err)
	}
}

func TestFileAtItsLimit(t *testing.T) {
	b := start(t, func(o *storage.Options) { o.MaxSize, o.Mmap = 8<<20, 1<<20 })
	b.join(ann(), "a")
	q := b.quote(ann(), "a", "q")
	n := b.fillUp()
	_, err := b.Sweep(ctx)
	b.must(err)
	b.checkFull(q, n)
	b.checkRecovered(q)
}

// TestJudgedByLostChanges: a change is refused because of another one in its group, whose commit
// then fails. The refusal must fail with it and not be reported as a fact.
func TestJudgedByLostChanges(t *testing.T) {
	b := start(t, func(o *storage.Options) { o.MaxSize, o.Mmap, o.Reserve = 1<<20, 1<<20, -1 })
	b.join(ann(), "a")
	refusal := errors.New("name is taken")
	write := func(word string) error {
		return b.UpdateProfile(ctx, ann(), func(p *account.Profile) error {
			if p.Zone != "" {
				return refusal
			}
			p.Zone = word + strings.Repeat("x", 2<<20)
			return nil
		})
	}
	errs := make([]error, 2)
	var wait sync.WaitGroup
	b.whileStalled(2, func() {
		for i := range errs {
			wait.Go(func() { errs[i] = write(fmt.Sprint(i)) })
		}
	})
	wait.Wait()
	for _, err := range errs {
		if !errors.Is(err, storage.ErrFull) {
			t.Errorf("error %v, want ErrFull", err)
		}
	}
}
