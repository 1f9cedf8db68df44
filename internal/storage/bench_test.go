package storage_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/storage"
)

// BenchmarkUpdate changes ledgers of 1,000 accounts with so many callers at once, each with an
// alert in the same commit.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			s := start(b, withDiff)
			crowd(s, 1000)
			var n atomic.Int64
			commits := s.Commits()
			b.ResetTimer()
			var wait sync.WaitGroup
			for range callers {
				wait.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						rent(s, fmt.Sprint(i%1000), fmt.Sprint(i))
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
			b.ReportMetric(float64(s.Commits()-commits)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

func rent(b *bench, acc, intent string) {
	b.must(b.Update(ctx, account.ID(acc), func(l *rental.Ledger) error {
		l.Intents = []rental.Intent{{ID: intent, User: l.Account.User}}
		return nil
	}))
}

// crowd adds accounts "0", "1", … with a rental each, a user each.
func crowd(b *bench, n int) {
	b.t.Helper()
	together(n, func(i int) {
		user := chat.User{Platform: chat.Discord, ID: fmt.Sprint(i)}
		id := account.ID(user.ID)
		b.must(b.SaveAccount(ctx, account.Account{ID: id, User: user}, secretOf("key")))
		b.must(b.Update(ctx, id, func(l *rental.Ledger) error {
			l.Rentals = full(l.Account, b.clock.Now()).Rentals
			return nil
		}))
	})
}

func BenchmarkLedger(b *testing.B) {
	s := start(b)
	crowd(s, 1000)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Ledger(ctx, account.ID(fmt.Sprint(i%1000))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnchangedUpdate is what every poll costs that shows nothing new.
func BenchmarkUnchangedUpdate(b *testing.B) {
	s := start(b)
	crowd(s, 1000)
	commits := s.Commits()
	for i := 0; b.Loop(); i++ {
		s.must(s.Update(ctx, account.ID(fmt.Sprint(i%1000)), func(*rental.Ledger) error { return nil }))
	}
	if n := s.Commits() - commits; n != 0 {
		b.Errorf("%d commits, want 0", n)
	}
}

// BenchmarkDue looks for what is due among 10,000 deliveries to 10,000 addresses.
func BenchmarkDue(b *testing.B) {
	s := start(b, withDiff)
	crowd(s, 10_000)
	together(10_000, func(i int) { rent(s, fmt.Sprint(i), "x") })
	now := s.clock.Now()
	for b.Loop() {
		all, _, err := s.Due(ctx, now, 64)
		if err != nil || len(all) != 64 {
			b.Fatal(len(all), err)
		}
	}
}

// BenchmarkDeliver takes deliveries through attempt and outcome.
func BenchmarkDeliver(b *testing.B) {
	s := start(b, withDiff)
	crowd(s, 1000)
	for i := 0; b.Loop(); i++ {
		rent(s, fmt.Sprint(i%1000), fmt.Sprint(i))
		all, _, err := s.Due(ctx, s.clock.Now(), 1)
		s.must(err)
		s.must(s.Attempt(ctx, all[0].ID, s.clock.Now().Add(time.Second)))
		s.must(s.Settle(ctx, all[0].ID, notify.Outcome{Kind: notify.Sent}))
	}
}

// BenchmarkOpen opens a file with 10,000 accounts.
func BenchmarkOpen(b *testing.B) {
	s := start(b)
	crowd(s, 10_000)
	s.must(s.Close())
	for b.Loop() {
		again, err := storage.Open(s.o)
		if err != nil {
			b.Fatal(err)
		}
		watched, err := again.Watched(ctx)
		if err != nil || len(watched) != 10_000 {
			b.Fatal(len(watched), err)
		}
		s.must(again.Close())
	}
}
