package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/simulator"
	"github.com/clorebot/clorebot/internal/storage"
	"github.com/clorebot/clorebot/internal/vault"
)

// TestRecoveryFigures kills a bot that watches many accounts with a rental each and measures how
// long it takes from SIGKILL until the bot that was started in its place has a poll on the wire,
// beside the time of opening the same file, and of reading every ledger in it. It never fails
// for a figure. CLOREBOT_FIGURES turns it on; it takes some minutes.
func TestRecoveryFigures(t *testing.T) {
	if os.Getenv("CLOREBOT_FIGURES") == "" {
		t.Skip("set CLOREBOT_FIGURES to measure")
	}
	const accounts, kills = 10_000, 11
	h := newHospital(t)
	h.admit(accounts)
	bot := h.start()
	h.await(accounts, 5*time.Minute) // each was seen once, and its rental is in the file
	var took []time.Duration
	for range kills {
		time.Sleep(2 * time.Second)
		h.forget()
		begun := time.Now()
		_ = bot.Process.Kill()
		_ = bot.Wait()
		h.forget()
		bot = h.start()
		h.await(1, time.Minute)
		took = append(took, h.at().Sub(begun))
	}
	_ = bot.Process.Kill()
	_ = bot.Wait()
	var opened, read []time.Duration
	for range kills {
		open, all := h.read(accounts)
		opened, read = append(opened, open), append(read, all)
	}
	for _, list := range [][]time.Duration{took, opened, read} {
		slices.Sort(list)
	}
	median, worst := took[kills/2], took[kills-1]
	t.Logf("kill to first poll: median %v, worst %v", median, worst)
	t.Logf("open the file and list the accounts: median %v; ratio %.2f", opened[kills/2], float64(median)/float64(opened[kills/2]))
	t.Logf("and read every ledger: median %v; ratio %.2f", read[kills/2], float64(median)/float64(read[kills/2]))
}

// hospital is a data file, a keyset, and a simulator that notes who is asked for.
type hospital struct {
	t   *testing.T
	dir string
	url string
	sim *simulator.Simulator

	mu    sync.Mutex
	first time.Time
	seen  map[string]bool
}

func newHospital(t *testing.T) *hospital {
	h := &hospital{t: t, dir: t.TempDir(), seen: map[string]bool{}}
	h.sim = simulator.New(simulator.Options{Seed: 7, Limiter: simulator.Unlimited, Servers: 1000, NoGuard: true})
	t.Cleanup(h.sim.Close)
	s := httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(s.Close)
	h.url = s.URL + "/v1"
	return h
}

func (h *hospital) serve(w http.ResponseWriter, r *http.Request) {
	if key := r.Header.Get("auth"); key != "" {
		h.mu.Lock()
		if h.first.IsZero() {
			h.first = time.Now()
		}
		h.seen[key] = true
		h.mu.Unlock()
	}
	h.sim.Handler().ServeHTTP(w, r)
}

// forget makes the next request the first one.
func (h *hospital) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.first = time.Time{}
	clear(h.seen)
}

func (h *hospital) at() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.first
}

// await waits until so many keys were seen.
func (h *hospital) await(keys int, patience time.Duration) {
	h.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		h.mu.Lock()
		n := len(h.seen)
		h.mu.Unlock()
		if n >= keys {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%d of %d keys were asked for", n, keys)
		}
	}
}

// admit writes a file with accounts of as many people, each with an order at the simulator. The
// orders have no port for SSH, so that nothing is probed.
func (h *hospital) admit(n int) {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Join(h.dir, "keys"), 0o700); err != nil {
		h.t.Fatal(err)
	}
	keys, err := vault.Create(h.keyset())
	if err != nil {
		h.t.Fatal(err)
	}
	store, err := storage.Open(storage.Options{Path: h.data(), Vault: keys})
	if err != nil {
		h.t.Fatal(err)
	}
	h.sim.Script(simulator.OrderScript{Count: -1, Visible: time.Nanosecond, Deployed: time.Nanosecond})
	var wait sync.WaitGroup
	for i := range n {
		key := h.sim.AddAccount(simulator.Account{Key: fmt.Sprintf("%032d", i+1)})
		h.order(key)
		wait.Go(func() {
			user := chat.User{Platform: chat.Telegram, ID: strconv.Itoa(i + 1)}
			a := account.Account{ID: account.ID("acc" + user.ID), User: user, Tail: key[28:], Added: time.Now()}
			if err := store.SaveAccount(context.Background(), a, secret.New(key)); err != nil {
				h.t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := store.Close(); err != nil {
		h.t.Fatal(err)
	}
}

// order rents the same server for everybody, which the simulator allows without its guard.
func (h *hospital) order(key string) {
	h.t.Helper()
	const body = `{"currency":"USD-Blockchain","image":"cloreai/jupyter:ubuntu24.04-v2","renting_server":110776,` +
		`"type":"on-demand","ports":{"8888":"http"}}`
	req := httptest.NewRequest(http.MethodPost, "/v1/create_order", strings.NewReader(body))
	req.Header.Set("auth", key)
	w := httptest.NewRecorder()
	h.sim.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusOK {
		h.t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func (h *hospital) data() string   { return filepath.Join(h.dir, "data", "bot.db") }
func (h *hospital) keyset() string { return filepath.Join(h.dir, "keys", "bot.json") }

// start starts the program. Its input stays open until the test ends.
func (h *hospital) start() *exec.Cmd {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), "bot", "run")
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CLOREBOT_") })
	cmd.Env = append(env,
		"CLOREBOT_CLORE_BASE_URL="+h.url, "CLOREBOT_TERMINAL_ENABLED=true",
		"CLOREBOT_STORAGE_PATH="+h.data(), "CLOREBOT_VAULT_KEY_FILE="+h.keyset(), "CLOREBOT_LOG_LEVEL=error")
	in, err := cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = in.Close() })
	cmd.Stderr = h.t.Output()
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	return cmd
}

// read opens the file and lists the accounts, then reads every ledger. It returns how long the
// first took, and both.
func (h *hospital) read(n int) (opened, all time.Duration) {
	h.t.Helper()
	keys, err := vault.Open(h.keyset(), vault.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	begun := time.Now()
	store, err := storage.Open(storage.Options{Path: h.data(), Vault: keys})
	if err != nil {
		h.t.Fatal(err)
	}
	ids, err := store.Watched(h.t.Context())
	opened = time.Since(begun)
	if err != nil || len(ids) != n {
		h.t.Fatal(len(ids), err)
	}
	rentals := 0
	for _, id := range ids {
		l, err := store.Ledger(h.t.Context(), id)
		if err != nil {
			h.t.Fatal(err)
		}
		rentals += len(l.Rentals)
	}
	all = time.Since(begun)
	if rentals != n {
		h.t.Errorf("%d rentals in the file", rentals)
	}
	if err := store.Close(); err != nil {
		h.t.Fatal(err)
	}
	return opened, all
}
