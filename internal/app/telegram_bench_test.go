package app_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
	"github.com/clorebot/clorebot/internal/vault"
)

// BenchmarkTelegramPresses has 1,000 people press a button at once, with the real data file behind
// the inbox. The pace is off: it is the machine that is measured.
func BenchmarkTelegramPresses(b *testing.B) {
	const people = 1000
	keys, err := vault.New()
	if err != nil {
		b.Fatal(err)
	}
	store, err := storage.Open(storage.Options{Path: filepath.Join(b.TempDir(), "bot.db"), Vault: keys})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	api := telegramtest.New(b, "../../../shared/contracts/telegram-api.json")
	front, err := telegram.New(telegram.Options{
		Token: secret.New(telegramtest.Token), Store: store, Transport: api,
		Pace: telegram.Pace{Chat: time.Nanosecond, Group: 1 << 30, Overall: -1},
	})
	if err != nil {
		b.Fatal(err)
	}
	m := &meter{asked: map[int64]time.Time{}, answered: make(chan struct{}, people)}
	api.Shown = m.shown
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- front.Run(ctx, chattest.NewDispatcher(turning())) }()
	m.round(people, func(id int64) { api.Write(id, id, "/turn") })
	m.took = m.took[:0]
	for b.Loop() {
		m.round(people, func(id int64) { api.Press(id, id, "Turn") })
	}
	b.ReportMetric(float64(len(m.took))/b.Elapsed().Seconds(), "updates/s")
	slices.Sort(m.took)
	b.ReportMetric(float64(m.took[len(m.took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(m.took[len(m.took)*99/100].Microseconds())/1000, "p99-ms")
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
}

// turning is a command whose button changes the message.
func turning() *chat.Command {
	return &chat.Command{
		Name: "turn", Summary: "Turn", Params: []chat.Param{{Name: "to"}},
		Run: func(_ context.Context, r *chat.Request) (chat.Response, error) {
			to := "a"
			if r.Args["to"] == "a" {
				to = "b"
			}
			return chat.Reply{Replace: r.Origin == chat.Pressed, View: chat.View{
				Title: to, Rows: [][]chat.Control{{chat.Button("Turn", "turn", chat.Args{"to": to})}},
			}}, nil
		},
	}
}

// meter measures from the press to the changed message.
type meter struct {
	mu       sync.Mutex
	asked    map[int64]time.Time
	took     []time.Duration
	answered chan struct{}
}

func (m *meter) shown(e telegramtest.Event) {
	if e.Message == nil {
		return
	}
	m.mu.Lock()
	m.took = append(m.took, time.Since(m.asked[e.Message.Chat]))
	m.mu.Unlock()
	m.answered <- struct{}{}
}

func (m *meter) round(people int64, act func(id int64)) {
	for id := int64(1); id <= people; id++ {
		m.mu.Lock()
		m.asked[id] = time.Now()
		m.mu.Unlock()
		act(id)
	}
	for range people {
		<-m.answered
	}
}
