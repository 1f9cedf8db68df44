package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/simulator"
)

var errWithdrawn = errors.New("the token was withdrawn")

// stub is a front-end that runs until it is told to end with an error, or by the context.
type stub struct {
	platform chat.Platform
	end      chan error
}

func (s *stub) Platform() chat.Platform { return s.platform }

func (s *stub) Run(ctx context.Context, _ chat.Dispatcher) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-s.end:
		return err
	}
}

func (*stub) Send(context.Context, chat.Address, chat.View) (chat.MessageRef, error) {
	return chat.MessageRef{}, &chat.SendError{Kind: chat.Transient, Err: errWithdrawn}
}

// TestFrontendsFailAlone: a front-end that fails is told of and ends no other; the last one takes
// the program along.
func TestFrontendsFailAlone(t *testing.T) {
	for name, last := range map[string]error{"the other is left": nil, "the other fails": errors.New("no network for good")} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				discord := &stub{chat.Discord, make(chan error)}
				telegram := &stub{chat.Telegram, make(chan error)}
				var log bytes.Buffer
				a := newApp(t, dir, &log, discord, telegram)
				done := make(chan error, 1)
				go func() { done <- a.Run(t.Context()) }()
				synctest.Wait()
				if err := a.Health(t.Context()); err != nil {
					t.Errorf("health: %v", err)
				}
				discord.end <- errWithdrawn
				synctest.Wait()
				if err := a.Health(t.Context()); !errors.Is(err, errWithdrawn) || !strings.Contains(err.Error(), "degraded: discord: ") {
					t.Errorf("health: %v", err)
				}
				if !strings.Contains(log.String(), "platform=discord") || !strings.Contains(log.String(), errWithdrawn.Error()) {
					t.Errorf("log: %s", &log)
				}
				select {
				case err := <-done:
					t.Fatalf("one front-end ended all: %v", err)
				default:
				}
				telegram.end <- last
				if err := <-done; !errors.Is(err, errWithdrawn) || (last != nil && !errors.Is(err, last)) {
					t.Errorf("run: %v", err)
				}
			})
		})
	}
}

// TestStoppingIsNoFailure: a bot that is stopped ends well, also after one of its front-ends failed.
func TestStoppingIsNoFailure(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		discord := &stub{chat.Discord, make(chan error)}
		a := newApp(t, dir, &bytes.Buffer{}, discord, &stub{chat.Telegram, nil})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		discord.end <- errWithdrawn
		synctest.Wait()
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

func newApp(t *testing.T, dir string, log *bytes.Buffer, frontends ...chat.Frontend) *app.App {
	t.Helper()
	sim := simulator.New(simulator.Options{Seed: 7, Servers: 10, Limiter: simulator.Lenient})
	t.Cleanup(func() { sim.Close() })
	c := config.Default()
	c.Clore.BaseURL = "http://127.0.0.1:1/v1"
	c.Storage.Path = filepath.Join(dir, "data", "bot.db")
	c.Vault.KeyFile = filepath.Join(dir, "keys", "bot.json")
	c.Access.Owners = []string{"telegram:7"}
	a, err := app.New(t.Context(), app.Options{
		Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(&locked{w: log}, nil)),
		Notice: io.Discard, Transport: sim.Transport(), Frontends: frontends,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}
