package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestKill confirms one rental, kills the program with SIGKILL again and again while it is under
// way, and lets the last run finish. The oracle must know one order, and the person must have been
// told that it is ready. Set CLOREBOT_TEST_KILLS for a longer run.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take a while")
	}
	points := killPoints()
	gate := make(chan struct{}, 4)
	for i, moments := range points {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			gate <- struct{}{}
			defer func() { <-gate }()
			killed(t, uint64(i+1), moments)
		})
	}
}

// killPoints returns lists of moments: how long each run of the program lives. Named moments are
// waited for at the simulator: when it got the n-th request of an endpoint.
func killPoints() [][]string {
	points := [][]string{
		{"create_order 1"},                // between the create and its answer
		{"my_orders 2"},                   // after the confirmation, before the create
		{"create_order 1", "my_orders 3"}, // and again before the lookup
		{"ssh 1"},                         // between SSH answering and the message
		{"marketplace 2"},                 // while the price is read again
	}
	n := 3
	if more, err := strconv.Atoi(os.Getenv("CLOREBOT_TEST_KILLS")); err == nil {
		n = more / 4
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range n {
		var moments []string
		for range 4 {
			moments = append(moments, fmt.Sprintf("after %dms", dice.IntN(4000)))
		}
		points = append(points, moments)
	}
	return points
}

func killed(t *testing.T, seed uint64, moments []string) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	sim, err := simulator.Start(ctx, simulator.Options{
		Seed: seed, Speed: 60, Limiter: simulator.Lenient, NoGuard: true, Servers: 150, Latency: 200 * time.Millisecond,
	}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Stop()
	v := &victim{t: t, sim: sim, dir: t.TempDir()}
	v.run(ctx, "# add the key\n/key add\n"+sim.Key+"\n", "")
	for i, moment := range moments {
		script := ""
		if i == 0 {
			script = "/rent 110776 preset:ssh\n1\n"
		}
		v.run(ctx, script, moment)
	}
	v.run(ctx, "wait idle 2m\n", "")
	v.judge()
}

// victim is a bot that is started again and again on the same data.
type victim struct {
	t      *testing.T
	sim    *simulator.Running
	dir    string
	mu     sync.Mutex
	output bytes.Buffer
}

func (v *victim) Write(b []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.output.Write(b)
}

// run starts the program, types the script, and kills it at the moment; without a moment the
// script must come to its end.
func (v *victim) run(ctx context.Context, script, moment string) {
	v.t.Helper()
	cmd := exec.CommandContext(ctx, "bot", "run")
	cmd.Env = append(os.Environ(),
		"CLOREBOT_CLORE_BASE_URL="+v.sim.BaseURL, "CLOREBOT_TERMINAL_ENABLED=true",
		"CLOREBOT_STORAGE_PATH="+filepath.Join(v.dir, "data", "bot.db"),
		"CLOREBOT_VAULT_KEY_FILE="+filepath.Join(v.dir, "keys", "bot.json"),
		"CLOREBOT_RENTAL_QUARANTINE=20s", "CLOREBOT_LOG_LEVEL=error")
	cmd.Stdout, cmd.Stderr = v, v
	in, err := cmd.StdinPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	_, _ = io.WriteString(in, script)
	for script != "" && moment != "" && !strings.Contains(v.text(), "Confirmed at") {
		if pause(ctx, time.Millisecond); ctx.Err() != nil {
			v.t.Fatalf("never confirmed:\n%s", v.text())
		}
	}
	before := v.sim.Truth()
	if moment == "" {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			v.t.Fatalf("run: %v\n%s", err, v.text())
		}
		return
	}
	v.await(ctx, moment, before)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	_ = in.Close()
}

// await returns at the moment, or after a few seconds when it does not come.
func (v *victim) await(ctx context.Context, moment string, before simulator.Truth) {
	if text, ok := strings.CutPrefix(moment, "after "); ok {
		d, err := time.ParseDuration(text)
		if err != nil {
			v.t.Fatal(err)
		}
		pause(ctx, d)
		return
	}
	what, count, _ := strings.Cut(moment, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		v.t.Fatal(err)
	}
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); pause(ctx, 2*time.Millisecond) {
		if seen(v.sim.Truth(), what)-seen(before, what) >= n {
			return
		}
	}
}

// seen counts the requests of an endpoint, or the orders whose sshd is up.
func seen(truth simulator.Truth, what string) int {
	n := 0
	for _, r := range truth.Requests {
		if r.Endpoint == what {
			n++
		}
	}
	for _, o := range truth.Orders {
		if what == "ssh" && !o.Shell.IsZero() {
			n++
		}
	}
	return n
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (v *victim) text() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.output.String()
}

// judge compares with the oracle: never two orders, never one that nobody was told about.
func (v *victim) judge() {
	v.t.Helper()
	truth := v.sim.Truth()
	v.t.Logf("what the person saw:\n%s", v.text())
	orders := 0
	for _, o := range truth.Orders {
		if o.Key == v.sim.Key {
			orders++
		}
	}
	text := v.text()
	ready := strings.Contains(text, "Ready in")
	confirmed := strings.Contains(text, "Confirmed at")
	switch {
	case orders > 1:
		v.t.Errorf("%d orders for one confirmation\n%s", orders, text)
	case orders == 1 && !ready:
		v.t.Errorf("an order runs and nobody was told\n%s", text)
	case !confirmed:
		v.t.Errorf("nothing was confirmed\n%s", text)
	case orders == 0 && !strings.Contains(text, "was not rented") && !strings.Contains(text, "No order for"):
		v.t.Errorf("confirmed, not rented, and not said so\n%s", text)
	}
	if strings.Contains(text, v.sim.Key) {
		v.t.Error("the key was printed")
	}
}
