package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/config"
)

// inbox is a chat platform that takes a while to accept a message and notes when it did.
type inbox struct {
	ready chan struct{}
	d     chat.Dispatcher

	mu   sync.Mutex
	sent map[string][]receipt // by user
}

type receipt struct {
	at   time.Time
	text string
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}), sent: map[string][]receipt{}} }

func (*inbox) Platform() chat.Platform { return chat.Telegram }

func (i *inbox) Run(ctx context.Context, d chat.Dispatcher) error {
	i.d = d
	close(i.ready)
	<-ctx.Done()
	return nil
}

func (i *inbox) Send(_ context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	time.Sleep(chatTrip)
	i.mu.Lock()
	defer i.mu.Unlock()
	id, _ := to.DirectUser()
	i.sent[id] = append(i.sent[id], receipt{time.Now(), show(v)})
	return chat.MessageRef{Address: to, MessageID: strconv.Itoa(len(i.sent[id]))}, nil
}

func (i *inbox) Edit(ctx context.Context, ref chat.MessageRef, v chat.View) error {
	_, err := i.Send(ctx, ref.Address, v)
	return err
}

// first returns when a user was first sent a text, or the zero time.
func (i *inbox) first(id, text string) time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range i.sent[id] {
		if strings.Contains(r.text, text) {
			return r.at
		}
	}
	return time.Time{}
}

func (i *inbox) text(id string) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b strings.Builder
	for _, r := range i.sent[id] {
		b.WriteString(r.text + "\n")
	}
	return b.String()
}

// customer is somebody who writes to the bot.
type customer struct {
	ctx   context.Context
	d     chat.Dispatcher
	user  chat.User
	asked int
}

func (c *customer) say(line string) (chat.View, error) {
	cmd, args, err := chat.ParseLine(c.d.Commands(), line)
	if err != nil {
		return chat.View{}, err
	}
	return c.request(chat.Typed, cmd.Name, args)
}

func (c *customer) addKey(key string) error {
	cmd, args, err := chat.ParseLine(c.d.Commands(), "/key add")
	if err != nil {
		return err
	}
	_, err = c.request(chat.Filled, cmd.Name, args.With("key", key))
	return err
}

func (c *customer) request(origin chat.Origin, command string, args chat.Args) (chat.View, error) {
	c.asked++
	r := c.d.Dispatch(c.ctx, &chat.Request{
		ID: fmt.Sprintf("%s-%d", c.user.ID, c.asked), Origin: origin, User: c.user, Chat: c.user.Direct(),
		Direct: true, Locale: "en", Command: command, Args: args, At: time.Now(),
	})
	if r, ok := r.(chat.Reply); ok {
		return r.View, nil
	}
	return chat.View{}, fmt.Errorf("response %T: %v", r, r)
}

// benchConfig lets people use a bot whose data is below a directory.
func benchConfig(dir string, people ...string) config.Config {
	c := config.Default()
	c.Clore.BaseURL = "http://127.0.0.1:1/v1"
	c.Storage.Path = filepath.Join(dir, "data", "bot.db")
	c.Vault.KeyFile = filepath.Join(dir, "keys", "bot.json")
	for _, id := range people {
		c.Access.Users = append(c.Access.Users, "telegram:"+id)
	}
	return c
}

// serveFrontend starts the program and returns what stops it.
func serveFrontend(ctx context.Context, t testing.TB, o app.Options, ready <-chan struct{}) (stop func()) {
	t.Helper()
	o.Version, o.Log, o.Notice = "test", slog.New(slog.DiscardHandler), io.Discard
	a, err := app.New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	<-ready
	return func() {
		cancel()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Error(err)
		}
	}
}
