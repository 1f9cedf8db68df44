package discord_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// crowd is a Discord without checks, to measure the bot and not the fake.
type crowd struct {
	*fake
	acks sync.Map // id of the interaction -> time of its acknowledgement
	n    atomic.Int64
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var id string
		if _, err := fmt.Sscanf(r.URL.Path, "/api/v9/interactions/%s", &id); err == nil {
			c.acks.Store(id[:len(id)-len("/tok/callback")], time.Now())
			c.n.Add(1)
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	c.fake.ServeHTTP(w, r)
}

// startCrowd starts a front-end without the checks of the harness.
func startCrowd(b *testing.B, d chat.Dispatcher, shards int) (*crowd, func()) {
	b.Helper()
	c := &crowd{fake: newFake(b)}
	c.server.Handler = c
	c.gateway.concurrency = shards
	o := c.options()
	o.Shards = shards
	front, err := discord.New(o)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- front.Run(ctx, d) }()
	c.wait("connected", func() bool { return len(c.gateway.conns) == shards && c.registered > 0 })
	return c, func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		c.close()
	}
}

// BenchmarkThousandUsers has a thousand people run a command in the same moment, with the fake on
// the same cores, and reports how late they are acknowledged: quick commands after 200 ms of
// work, when they are answered, and slow ones after the two seconds that they are given.
func BenchmarkThousandUsers(b *testing.B) {
	for name, bm := range map[string]struct{ work, due time.Duration }{
		"quick": {200 * time.Millisecond, 200 * time.Millisecond},
		"slow":  {3 * time.Second, 2 * time.Second},
	} {
		b.Run(name, func(b *testing.B) { thousandUsers(b, bm.work, bm.due) })
	}
}

func thousandUsers(b *testing.B, takes, due time.Duration) {
	const users = 1000
	work := &chat.Command{Name: "work", Summary: "Work", Private: true, Run: func(context.Context, *chat.Request) (chat.Response, error) {
		time.Sleep(takes)
		return chat.Reply{View: views()["card"]}, nil
	}}
	c, stop := startCrowd(b, chattest.NewDispatcher(work), 1)
	defer stop()
	conn := c.gateway.first()
	var waits []time.Duration
	id := 100000
	for b.Loop() {
		before := c.n.Load()
		sent := map[string]time.Time{}
		for u := range users {
			id++
			sent[fmt.Sprint(id)] = time.Now()
			conn.event("INTERACTION_CREATE", person(id, 5000+u, "work"))
		}
		for c.n.Load() < before+users {
			time.Sleep(time.Millisecond)
		}
		for id, at := range sent {
			ack, _ := c.acks.Load(id)
			if ack, ok := ack.(time.Time); ok {
				waits = append(waits, ack.Sub(at)-due)
			}
		}
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, "max-ms")
}

// person makes an interaction of somebody.
func person(id, user int, command string) map[string]any {
	return map[string]any{
		"id": fmt.Sprint(id), "application_id": application, "type": 2, "token": "tok", "channel_id": "1", "guild_id": guild,
		"member": map[string]any{"user": map[string]any{"id": fmt.Sprint(user)}}, "data": map[string]any{"id": "1", "name": command, "type": 1},
	}
}

// BenchmarkMemory reports what a connected shard and a known person take.
func BenchmarkMemory(b *testing.B) {
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc + m.StackInuse)
	}
	for b.Loop() {
		d := chattest.NewDispatcher(commands()...)
		one, stopOne := startCrowd(b, d, 1)
		_ = one
		base := heap()
		const shards = 33
		many, stop := startCrowd(b, d, shards)
		b.ReportMetric((heap()-base)/shards/1024, "KiB/shard+fake")
		front := heap()
		const people = 5000
		conn := many.gateway.first()
		for u := range people {
			conn.event("INTERACTION_CREATE", person(200000+u, 5000+u, "nothing"))
		}
		for many.n.Load() < people {
			time.Sleep(time.Millisecond)
		}
		many.acks.Clear()
		b.ReportMetric((heap()-front)/people, "B/user")
		stop()
		stopOne()
	}
}
