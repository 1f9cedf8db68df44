package notify_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// With 10,000 accounts, one of them with 100 orders and always busy, everybody is looked at about
// as often as wanted: the worst interval is at most 1.2 times the median one.
func TestFairness(t *testing.T) {
	const accounts, every = 10_000, time.Minute
	synctest.Test(t, func(t *testing.T) {
		b, a := newBooks(), newAgent(every)
		a.next = func(id account.ID) (rental.Step, error) {
			a.mu.Lock()
			last := a.last[id]
			a.mu.Unlock()
			step := rental.Step{Do: rental.DoPoll, At: last.Add(every)}
			if id == "busy" {
				step.At = last.Add(time.Second)
			}
			return step, nil
		}
		a.do = func(_ context.Context, id account.ID, _ rental.Step) error {
			h := fnv.New32a()
			_, _ = h.Write([]byte(id))
			time.Sleep(100*time.Millisecond + time.Duration(h.Sum32()%800)*time.Millisecond)
			return nil
		}
		ids := []account.ID{"busy"}
		b.open("busy", func(l *rental.Ledger) {
			for i := range 100 {
				r := addressed(clore.OrderID(i + 1))
				r.Stage = rental.Starting
				l.Rentals = append(l.Rentals, r)
			}
		})
		for i := range accounts {
			id := account.ID(fmt.Sprint(i))
			b.open(id, nil)
			ids = append(ids, id)
		}
		w := watch(t, notify.WatcherOptions{Ledgers: b, Agent: a}, ids...)
		defer w.end(t)
		time.Sleep(4 * time.Minute)
		var ratios []float64
		for _, id := range ids[1:] {
			at := a.times(id)
			if len(at) < 3 {
				t.Fatalf("account %s was looked at %d times", id, len(at))
			}
			for i := range at[1:] {
				ratios = append(ratios, float64(at[i+1].Sub(at[i]))/float64(every))
			}
		}
		slices.Sort(ratios)
		median, most := ratios[len(ratios)/2], ratios[len(ratios)-1]
		one, all := a.atOnce()
		t.Logf("interval over wanted: median %.4f, max %.4f; %d at once", median, most, all)
		if most/median > 1.2 {
			t.Errorf("max/median is %.3f", most/median)
		}
		if one != 1 {
			t.Errorf("%d steps at once of one account", one)
		}
	})
}

// still is an agent without work, and books without content.
type still struct{}

func (still) Next(context.Context, account.ID) (rental.Step, error) {
	return rental.Step{Do: rental.DoPoll, At: time.Now().Add(time.Hour)}, nil
}
func (still) Do(context.Context, account.ID, rental.Step) error { return nil }
func (still) Ledger(context.Context, account.ID) (rental.Ledger, error) {
	return rental.Ledger{}, nil
}

func (still) Update(context.Context, account.ID, func(*rental.Ledger) error) error { return nil }
func (still) Probe(context.Context, string, int) string                            { return "" }

// BenchmarkMemory reports what an account costs while nothing is done for it.
func BenchmarkMemory(b *testing.B) {
	const accounts = 100_000
	ids := make([]account.ID, accounts)
	for i := range ids {
		ids[i] = account.ID(fmt.Sprintf("account-%016d", i))
	}
	for b.Loop() {
		before := heapInUse()
		w := notify.NewWatcher(notify.WatcherOptions{Ledgers: still{}, Agent: still{}, Reacher: still{}})
		w.Add(ids...)
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		for _, id := range ids {
			w.Kick(id)
		}
		b.ReportMetric(float64(heapInUse()-before)/accounts, "B/account")
		cancel()
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		runtime.KeepAlive(w)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkTurn is a turn of an account without a step: what the scheduling itself costs.
func BenchmarkTurn(b *testing.B) {
	turned := make(chan struct{}, 1024)
	w := notify.NewWatcher(notify.WatcherOptions{
		Ledgers: still{}, Agent: counting{turned: turned}, Reacher: still{},
	})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	ids := make([]account.ID, 10_000)
	for i := range ids {
		ids[i] = account.ID(fmt.Sprint(i))
	}
	n := 0
	for b.Loop() {
		w.Kick(ids[n%len(ids)])
		<-turned
		n++
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

type counting struct {
	still
	turned chan struct{}
}

func (c counting) Next(ctx context.Context, id account.ID) (rental.Step, error) {
	c.turned <- struct{}{}
	return c.still.Next(ctx, id)
}
