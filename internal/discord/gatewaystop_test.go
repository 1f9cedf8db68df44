package discord_test

import (
	"cmp"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// TestStopDuringAnyWait: whatever is waited for, the bot ends soon when it is told to, and leaves
// nothing running (synctest and goleak see to that).
func TestStopDuringAnyWait(t *testing.T) {
	for name, tt := range map[string]struct {
		wrong func(w *waiting, g *gateway)
		after time.Duration // the connection was lost
	}{
		"in a session":      {func(w *waiting, _ *gateway) { w.keep = true }, time.Minute},
		"dial":              {func(w *waiting, _ *gateway) { w.dial = "hangs" }, 5 * time.Second},
		"handshake":         {func(w *waiting, _ *gateway) { w.dial = "mute" }, 5 * time.Second},
		"line too late":     {func(w *waiting, _ *gateway) { w.dial, w.code = "late", 4000 }, 5 * time.Second},
		"hello":             {func(_ *waiting, g *gateway) { g.onHello = func(*conn) bool { return false } }, 5 * time.Second},
		"session":           {func(_ *waiting, g *gateway) { g.mute = true }, 20 * time.Second},
		"pause":             {func(_ *waiting, g *gateway) { g.always = 4000 }, 10 * time.Minute},
		"after invalid":     {func(_ *waiting, g *gateway) { g.always = 9 }, 3 * time.Second},
		"lane":              {func(_ *waiting, _ *gateway) {}, 2 * time.Second},
		"sessions of today": {func(_ *waiting, g *gateway) { g.used = 1000 }, time.Hour},
		"does not read": {func(_ *waiting, g *gateway) {
			g.onStart = func(c *conn, _ int) bool {
				g.set(func() { c.frozen = true })
				return true
			}
		}, 43 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := &waiting{}
			inBubble(t, func(_ *fake, o *discord.Options) {
				o.Shards = 2
				w.next, o.Dial = o.Dial, w.connect
			}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				g := &h.fake.gateway
				time.Sleep(2 * time.Minute)
				var conns []*conn
				g.set(func() {
					tt.wrong(w, g)
					conns = slices.Clone(g.conns)
				})
				for _, c := range conns {
					if !w.keep {
						c.hangUp(cmp.Or(w.code, 4009))
					}
				}
				time.Sleep(tt.after)
				synctest.Wait()
				told := time.Now()
				if err := h.Stop(); err != nil {
					t.Error(err)
				}
				if took := time.Since(told); took > 1100*time.Millisecond {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// waiting is a network on which connections may hang.
type waiting struct {
	next func(context.Context, string, string) (net.Conn, error)
	dial string // what goes wrong
	code int    // with which connections end; 0 ends the session, too
	keep bool
}

func (w *waiting) connect(ctx context.Context, network, address string) (net.Conn, error) {
	switch w.dial {
	case "hangs":
		<-ctx.Done()
		return nil, ctx.Err()
	case "late": // is up when nobody wants it any more
		if !strings.HasPrefix(address, resumeHost) { // the HTTP client keeps it as a spare
			return w.next(ctx, network, address)
		}
		<-ctx.Done()
		time.Sleep(time.Millisecond)
		fallthrough
	case "mute":
		bot, server := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, server) }()
		return bot, nil
	default:
		return w.next(ctx, network, address)
	}
}

// TestZombieThatTalks: events come, but heartbeats are not answered.
func TestZombieThatTalks(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		c := g.first()
		g.set(func() { g.deaf = true })
		for range 15 {
			time.Sleep(10 * time.Second)
			c.event("PRESENCE_UPDATE", nil)
		}
		g.set(func() { g.deaf = false })
		if !strings.Contains(h.log.String(), "does not answer heartbeats") {
			t.Errorf("%q", g.events())
		}
		h.works(t)
	})
}

// TestGatewayThatDoesNotRead: a heartbeat that cannot be written ends the connection.
func TestGatewayThatDoesNotRead(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		synctest.Wait()
		freeze := true
		g.set(func() {
			g.onStart = func(c *conn, _ int) bool {
				g.set(func() { c.frozen, freeze = freeze, false })
				return true
			}
		})
		g.first().hangUp(4000)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := g.countEvents("resume"); n != 2 {
			t.Errorf("%q", g.events())
		}
		g.set(func() { g.conns = slices.DeleteFunc(g.conns, func(c *conn) bool { return c.frozen }) })
		h.works(t)
	})
}

// TestLogSaysWhatLasts: one loss is a warning; an operator is alarmed when it lasts, and told where
// to look.
func TestLogSaysWhatLasts(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		time.Sleep(2 * time.Minute)
		g.first().send(7, nil)
		time.Sleep(2 * time.Minute)
		if log := h.log.String(); strings.Contains(log, "WARN") || !strings.Contains(log, "discord wants a new connection") {
			t.Errorf("a usual reconnect: %s", log)
		}
		g.first().hangUp(4000)
		time.Sleep(2 * time.Minute)
		if log := h.log.String(); strings.Count(log, "WARN") != 1 || strings.Contains(log, "ERROR") {
			t.Errorf("one loss: %s", log)
		}
		g.set(func() { g.always = 4000 })
		g.first().hangUp(4009)
		time.Sleep(20 * time.Minute)
		log := h.log.String()
		for _, want := range []string{"ERROR", "nobody is answered there", "https://discordstatus.com", "sessions did not begin"} {
			if !strings.Contains(log, want) {
				t.Errorf("no %q in %s", want, log)
			}
		}
		g.set(func() { g.always = 0 })
		time.Sleep(8 * time.Minute)
		h.works(t)
	})
}
