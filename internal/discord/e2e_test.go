package discord_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/simulator"
)

// world is the whole program on the fake Discord and the simulated Clore.
type world struct {
	*harness
	t     *testing.T
	sim   *simulator.Simulator
	key   string
	dir   string
	store *store
}

// start starts the program, as after a restart, and returns what stops it.
func (w *world) start() (stop func()) {
	w.t.Helper()
	o := w.fake.options()
	o.Store = w.store
	logger := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Log = logger
	front, err := discord.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	c := config.Default()
	c.Clore.BaseURL = "http://127.0.0.1:1/v1"
	c.Storage.Path = filepath.Join(w.dir, "data", "bot.db")
	c.Vault.KeyFile = filepath.Join(w.dir, "keys", "bot.json")
	c.Access.Owners = []string{"discord:" + me}
	network := w.sim.Network()
	ctx, cancel := context.WithCancel(w.t.Context())
	a, err := app.New(ctx, app.Options{
		Config: c, Version: "test", Log: logger, Notice: io.Discard, Transport: w.sim.Transport(), Resolver: network,
		DialSSH: network.Dial, Frontends: []chat.Frontend{front},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	w.fake.gateway.restarted()
	go func() { done <- a.Run(ctx) }()
	w.fake.gateway.first()
	w.fake.wait("the commands are registered", func() bool { return w.fake.registered > 0 })
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("run: %v", err)
		}
		if err := a.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// pass lets virtual time pass.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// label returns the newest control that can be used and contains the text.
func (w *world) label(part string) string {
	w.t.Helper()
	all := w.screen.All()
	for _, x := range slices.Backward(all) {
		for _, l := range x.Labels {
			if strings.Contains(l, part) {
				return l
			}
		}
	}
	w.t.Fatalf("no control %q on\n%s", part, &w.screen)
	return ""
}

// sees reports whether something with all parts was shown.
func (w *world) sees(parts ...string) bool {
	return slices.ContainsFunc(w.screen.All(), func(x chattest.Shown) bool {
		return !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(x.Text, p) })
	})
}

// inDiscord runs a test of the whole program, whose person has given a key.
func inDiscord(t *testing.T, test func(w *world, stop *func())) {
	t.Helper()
	if _, err := spec(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			harness: &harness{t: t, fake: newFake(t), log: &locked{}}, t: t, dir: dir, store: newStore(),
			sim: simulator.New(simulator.Options{Seed: 7, Servers: 200, Limiter: simulator.Lenient}),
		}
		w.fake.onMessage, w.fake.onForm = w.see, w.seeForm
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = w.sim.Run(ctx) })
		defer running.Wait()
		defer cancel()
		defer w.sim.Close()
		w.key = w.sim.AddAccount(simulator.Account{})
		defer w.end()
		stop := w.start()
		defer func() { stop() }()
		w.fake.dm(me)

		w.Type("/key add")
		w.pass(time.Second)
		w.Answer(w.key) // into the form: a key never is an option
		w.pass(10 * time.Second)
		test(w, &stop)
		stop()
		if err := w.Sanitized(); err != nil {
			t.Error(err)
		}
		w.leaksNothing()
	})
}

func TestFromKeyToReceipt(t *testing.T) {
	inDiscord(t, func(w *world, stop *func()) {
		typing := w.fake.interact(w.home(), 4, map[string]any{"id": "1", "name": "market", "type": 1, "options": []map[string]any{
			{"name": "gpu", "type": 3, "value": "4090", "focused": true},
		}}, nil)
		w.pass(3 * time.Second)
		if !strings.Contains(string(typing.choices), "free from") {
			t.Errorf("suggested, before anybody asked for the market: %s", typing.choices)
		}
		w.Type("/rent 4090 preset:jupyter")
		w.pass(5 * time.Second)
		w.Press(w.label("Rent ·"))
		renting := w.fake.last
		w.pass(10 * time.Minute)
		if !w.sees("ssh -p") {
			t.Fatalf("no SSH line:\n%s\n%s", &w.screen, w.log)
		}
		(*stop)()
		*stop = w.start() // buttons outlive the program
		w.pass(time.Minute)
		if w.fake.registered != 1 {
			t.Errorf("commands registered %d times", w.fake.registered)
		}
		w.fake.gateway.first().event("INTERACTION_CREATE", renting) // once more, to a bot that never saw it
		w.pass(5 * time.Minute)
		if all := w.sim.Truth().Orders; len(all) != 1 {
			t.Errorf("%d orders for one tap", len(all))
		}
		w.Press("Cancel rental") // on the message from before the restart
		w.pass(5 * time.Second)
		if !w.sees("is erased") {
			t.Errorf("not asked:\n%s", &w.screen)
		}
		w.Press("Cancel rental") // in the question
		w.pass(5 * time.Minute)
		for _, o := range w.sim.Truth().Orders {
			if o.Key == w.key && o.Ended.IsZero() {
				t.Errorf("order %d lives:\n%s", o.ID, &w.screen)
			}
		}
	})
}

// leaksNothing looks for the key and the password in what the program left, and for anything
// secret in sight.
func (w *world) leaksNothing() {
	w.t.Helper()
	secrets := []string{w.key, token}
	for _, x := range w.screen.All() {
		if strings.TrimSpace(x.Hidden) != "" {
			secrets = append(secrets, strings.TrimSpace(x.Hidden))
		}
		if strings.Contains(x.Text, w.key) {
			w.t.Errorf("the key is in sight: %q", x.Text)
		}
	}
	for _, x := range w.group.All() {
		w.t.Errorf("in the group: %+v", x)
	}
	files := []string{w.log.String()}
	_ = filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if b, err := os.ReadFile(path); err == nil && !d.IsDir() {
			files = append(files, string(b))
		}
		return err
	})
	for _, text := range files {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				w.t.Error("a secret is in the log or on the disk")
			}
		}
	}
}
