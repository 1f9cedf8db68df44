package discord_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// weather is what goes wrong at the gateway for a time.
type weather struct {
	g    *gateway
	r    *rand.Rand // under the lock of the fake, as kind
	kind string
}

// kinds of weather. Those of a code close with it instead of beginning a session.
func kinds() []string {
	return []string{
		"fair", "mixed", "unreachable", "slow", "stalled", "refused", "silent", "bad hello", "mute", "invalid", "resumable",
		"reconnect", "dies", "short", "deaf", "frozen", "flood", "garbage", "resume gone", "no rest",
		"1000", "1001", "4000", "4003", "4005", "4007", "4008", "4009",
	}
}

// now returns the weather that a connection meets.
func (w *weather) now() string {
	w.g.f.mu.Lock()
	defer w.g.f.mu.Unlock()
	if w.kind == "mixed" {
		return kinds()[w.r.IntN(len(kinds()))]
	}
	return w.kind
}

func (w *weather) n(most int) int {
	w.g.f.mu.Lock()
	defer w.g.f.mu.Unlock()
	return w.r.IntN(most)
}

// install has the fake live under the weather.
func (w *weather) install(f *fake, o *discord.Options) {
	w.g, w.kind = &f.gateway, "fair"
	dial := o.Dial
	o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := w.dial(ctx, address); err != nil {
			return nil, err
		}
		return dial(ctx, network, address)
	}
	f.gateway.onHello, f.gateway.onStart = w.hello, w.begin
	f.refuse = func(r request) *refusal { // the lock is held
		if w.kind == "no rest" && r.path == "/gateway/bot" {
			return &refusal{status: 502, body: "<html>bad gateway</html>"}
		}
		return nil
	}
}

func (w *weather) dial(ctx context.Context, address string) error {
	switch kind := w.now(); {
	case kind == "unreachable", kind == "resume gone" && address == resumeHost+":80":
		return errors.New("no such host")
	case kind == "slow":
		time.Sleep(time.Duration(w.n(12000)) * time.Millisecond)
	case kind == "stalled":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (w *weather) hello(c *conn) bool {
	switch w.now() {
	case "refused":
		c.hangUp(1011)
		return false
	case "bad hello":
		c.send(10, map[string]any{"heartbeat_interval": w.n(3) - 2})
		return false
	case "silent":
		return false
	}
	return true
}

// begin answers an identify or a resume.
func (w *weather) begin(c *conn, _ int) bool {
	kind := w.now()
	var code int
	_, _ = fmt.Sscan(kind, &code)
	switch {
	case code != 0:
		c.hangUp(code)
	case kind == "mute":
	case kind == "invalid":
		c.send(9, false)
	case kind == "resumable":
		c.send(9, true)
	case kind == "reconnect":
		c.event("RESUMED", map[string]any{})
		c.send(7, nil)
	case kind == "dies":
		go func() { // right after its beginning
			time.Sleep(time.Second)
			w.strike(c)
		}()
		return true
	case kind == "short":
		go func() { // when it looks well
			time.Sleep(time.Minute + time.Duration(w.n(60))*time.Second)
			w.strike(c)
		}()
		return true
	case kind == "frozen":
		w.g.set(func() { c.frozen = true })
	case kind == "flood":
		go func() {
			for range 300 {
				c.send(1, nil)
				time.Sleep(100 * time.Millisecond)
			}
		}()
		return true
	case kind == "garbage":
		_ = c.ws.WriteMessage(1, []byte(`{"op":`))
	default:
		return true
	}
	return false
}

// strike ends a connection that works.
func (w *weather) strike(c *conn) {
	switch w.n(5) {
	case 0:
		c.send(7, nil)
	case 1:
		c.send(9, false)
	case 2:
		c.send(9, true)
	case 3:
		_ = c.ws.Close()
	default:
		c.hangUp([]int{1000, 1001, 4000, 4003, 4007, 4009}[w.n(6)])
	}
}

// change brings other weather, which those who are connected may feel.
func (w *weather) change(kind string) {
	w.g.f.mu.Lock()
	w.kind = kind
	w.g.deaf = kind == "deaf"
	conns := slices.Clone(w.g.conns)
	w.g.f.mu.Unlock()
	for _, c := range conns {
		if w.n(2) == 0 {
			w.strike(c)
		}
	}
}

// most returns the largest number of times within a period.
func most(times []time.Time, period time.Duration) (n int) {
	for i := range times {
		j := i
		for j < len(times) && times[j].Sub(times[i]) < period {
			j++
		}
		n = max(n, j-i)
	}
	return n
}

// TestAnyWeather puts random sequences of faults between the bot and the gateway. Discord's limits
// on sessions hold at every moment (the fake makes a fault of a session too early or too many),
// connections stay few, and soon after the last fault commands are answered again.
func TestAnyWeather(t *testing.T) {
	const seeds = 6
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 4))
			w := &weather{r: r}
			shards := 1 + r.IntN(4)
			inBubble(t, func(f *fake, o *discord.Options) {
				o.Shards, f.gateway.concurrency = shards, 1+r.IntN(2)
				w.install(f, o)
			}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				synctest.Wait()
				for began := time.Now(); time.Since(began) < 30*time.Hour; {
					w.change(kinds()[w.n(len(kinds()))])
					time.Sleep(time.Second << w.n(15)) // up to four and a half hours
				}
				w.change("fair")
				h.recovers(t, shards)
			})
		})
	}
}

// recovers checks that the bot is well in time after all faults, and was modest during them.
func (h *harness) recovers(t *testing.T, shards int) {
	t.Helper()
	g := &h.fake.gateway
	time.Sleep(20 * time.Minute)
	synctest.Wait()
	g.f.mu.Lock()
	connected, begun, opened := len(g.conns), most(g.begun, 24*time.Hour), most(g.opened, time.Hour)
	g.f.mu.Unlock()
	if connected != shards {
		t.Errorf("%d of %d shards connected", connected, shards)
	}
	if begun > 500 {
		t.Errorf("%d sessions in 24 h", begun)
	}
	if opened > 120*shards {
		t.Errorf("%d connections of %d shards in an hour", opened, shards)
	}
	h.works(t)
}

// TestOneWeather holds each fault for a day.
func TestOneWeather(t *testing.T) {
	for i, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			w := &weather{r: rand.New(rand.NewPCG(uint64(i), 5))}
			inBubble(t, func(f *fake, o *discord.Options) {
				o.Shards = 2
				w.install(f, o)
			}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				time.Sleep(time.Minute)
				w.change(kind)
				w.g.set(func() {
					for _, c := range w.g.conns {
						_ = c.ws.Close()
					}
				})
				time.Sleep(25 * time.Hour)
				w.change("fair")
				h.recovers(t, 2)
			})
		})
	}
}
