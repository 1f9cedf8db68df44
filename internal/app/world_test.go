package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/simulator"
)

// world is the whole program with a simulated Clore and one person, on a virtual clock.
type world struct {
	t     *testing.T
	ctx   context.Context
	sim   *simulator.Simulator
	key   string // the person's
	dir   string
	log   *bytes.Buffer
	phone *phone
	stop  func()
	// transport leads to the simulator; nil is the straight way.
	transport http.RoundTripper
}

// inWorld runs a test in a bubble where time passes only when everybody waits.
func inWorld(t *testing.T, o simulator.Options, test func(*world)) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		if o.Limiter == "" {
			o.Limiter = simulator.Lenient
		}
		if o.Servers == 0 {
			o.Servers = 200
		}
		w := &world{t: t, sim: simulator.New(o), dir: dir, log: &bytes.Buffer{}}
		ctx, cancel := context.WithCancel(t.Context())
		w.ctx = ctx
		var running sync.WaitGroup
		running.Go(func() { _ = w.sim.Run(ctx) })
		defer running.Wait()
		defer cancel()
		defer w.sim.Close()
		w.key = w.sim.AddAccount(simulator.Account{})
		w.start()
		defer func() {
			w.stop()
			w.leaksNothing()
		}()
		w.phone.fill("key", "add", "key", w.key)
		test(w)
	})
}

// start starts the program on the world's data, as after a restart.
func (w *world) start() {
	w.t.Helper()
	c := config.Default()
	c.Clore.BaseURL = "http://127.0.0.1:1/v1"
	c.Storage.Path = filepath.Join(w.dir, "data", "bot.db")
	c.Vault.KeyFile = filepath.Join(w.dir, "keys", "bot.json")
	c.Access.Owners = []string{"telegram:7"}
	old := w.phone
	w.phone = newPhone(w)
	if old != nil {
		w.phone.messages = old.messages
	}
	network, transport := w.sim.Network(), w.transport
	if transport == nil {
		transport = w.sim.Transport()
	}
	a, err := app.New(w.ctx, app.Options{
		Config: c, Version: "test", Log: slog.New(slog.NewTextHandler(&locked{w: w.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Notice: io.Discard, Transport: transport, Resolver: network, DialSSH: network.Dial,
		Frontends: []chat.Frontend{w.phone},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	<-w.phone.ready
	w.stop = func() {
		w.t.Helper()
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("run: %v", err)
		}
		if err := a.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	}
}

// restart stops the program in an orderly way and starts it again.
func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// wait lets virtual time pass.
func (w *world) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// orders returns what the simulator knows of the person's orders.
func (w *world) orders() []simulator.Order {
	var own []simulator.Order
	for _, o := range w.sim.Truth().Orders {
		if o.Key == w.key {
			own = append(own, o)
		}
	}
	return own
}

// alive counts the person's orders that have not ended.
func (w *world) alive() int {
	n := 0
	for _, o := range w.orders() {
		if o.Ended.IsZero() {
			n++
		}
	}
	return n
}

// leaksNothing looks for secrets in everything that the program left.
func (w *world) leaksNothing() {
	w.t.Helper()
	secrets := append([]string{w.key}, w.phone.hidden()...)
	_ = filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range secrets {
			if err == nil && bytes.Contains(b, []byte(s)) {
				w.t.Errorf("%s holds a secret", path)
			}
		}
		return err
	})
	for _, s := range secrets {
		if strings.Contains(w.log.String(), s) {
			w.t.Error("the log holds a secret")
		}
	}
}

// locked serialises writes.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// elsewhere rents a server with the person's key, past the bot.
func (w *world) elsewhere(server int64) error {
	time.Sleep(6 * time.Second) // Clore's pause between orders
	body := fmt.Sprintf(`{"currency":"USD-Blockchain","image":"cloreai/jupyter:ubuntu24.04-v2","renting_server":%d,`+
		`"type":"on-demand","ports":{"22":"tcp"},"ssh_password":"abcdefgh12345678"}`, server)
	for range 20 {
		req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, "http://127.0.0.1:1/v1/create_order", strings.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("auth", w.key)
		req.Header.Set("Content-Type", "application/json")
		res, err := w.sim.Transport().RoundTrip(req)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusTooManyRequests {
			if err == nil && string(bytes.TrimSpace(text)) != `{"code":0}` {
				err = errors.New(string(text))
			}
			return err
		}
		time.Sleep(700 * time.Millisecond)
	}
	return errors.New("refused for good")
}
