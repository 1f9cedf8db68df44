package discord_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

func (g *gateway) countEvents(prefix string) int {
	n := 0
	for _, e := range g.events() {
		if strings.HasPrefix(e, prefix) {
			n++
		}
	}
	return n
}

func (g *gateway) set(change func()) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	change()
}

// TestResumeAddressGone: the address to resume at is dead, that for new sessions works.
func TestResumeAddressGone(t *testing.T) {
	gone := false
	inBubble(t, func(f *fake, o *discord.Options) {
		f.gateway.resumeAt = "ws://resume.test/gateway"
		dial := o.Dial
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if gone && strings.HasPrefix(address, "resume.test") {
				return nil, errors.New("no such host")
			}
			return dial(ctx, network, address)
		}
	}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		synctest.Wait()
		gone = true
		_ = h.fake.gateway.first().ws.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := h.fake.gateway.countEvents("identify"); n != 2 {
			t.Errorf("%d sessions: %q", n, h.fake.gateway.events())
		}
		h.works(t)
	})
}

// TestSessionNeverBegins: the gateway takes an identify or resume, answers heartbeats, and that is
// all.
func TestSessionNeverBegins(t *testing.T) {
	for name, code := range map[string]int{"new": 4009, "resumed": 4000} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				g := &h.fake.gateway
				synctest.Wait()
				g.set(func() { g.mute = true })
				g.first().hangUp(code)
				time.Sleep(5 * time.Minute)
				if n := len(g.events()); n < 5 {
					t.Errorf("%q", g.events())
				}
				if !strings.Contains(h.log.String(), "does not begin the session") {
					t.Error("the log does not say so")
				}
				g.set(func() { g.mute = false })
				time.Sleep(8 * time.Minute)
				synctest.Wait()
				h.works(t)
			})
		})
	}
}

// TestSessionsAreSpared: a thousand sessions a day are Discord's limit; what never works must not
// come near it.
func TestSessionsAreSpared(t *testing.T) {
	for name, always := range map[string]int{"invalid session": 9, "closed": 4000, "asked to reconnect": 7} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				g := &h.fake.gateway
				synctest.Wait()
				g.set(func() { g.always = always })
				g.first().hangUp(4009)
				time.Sleep(24 * time.Hour)
				if n := g.countEvents("identify"); n < 20 && always != 7 || n > 500 {
					t.Errorf("%d sessions in a day", n)
				}
				if n := g.countEvents("resume"); n > 2000 {
					t.Errorf("%d resumes in a day", n)
				}
				g.set(func() { g.always = 0 })
				time.Sleep(8 * time.Minute)
				synctest.Wait()
				h.works(t)
			})
		})
	}
}

// TestNoStartsLeft: with no session left today the bot waits for tomorrow, and says so.
func TestNoStartsLeft(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		time.Sleep(2 * time.Minute)
		g.set(func() { g.used = 1000 }) // by others, with the same token
		g.first().hangUp(4009)
		time.Sleep(20 * time.Hour)
		if n := g.countEvents("identify"); n != 1 || !strings.Contains(h.log.String(), "few of the sessions are left") {
			t.Errorf("%d sessions", n)
		}
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		h.works(t)
	})
}

// TestFewStartsLeft: those that are left are spread over the rest of the day, so that a bot that is
// started again and again does not use them up.
func TestFewStartsLeft(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		synctest.Wait()
		g.set(func() { g.used = 901 })
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
		run := func(life time.Duration) {
			front, err := discord.New(h.fake.options())
			if err != nil {
				t.Fatal(err)
			}
			g.restarted()
			ctx, crash := context.WithTimeout(t.Context(), life)
			defer crash()
			if err := front.Run(ctx, chattest.NewDispatcher(commands()...)); err != nil {
				t.Error(err)
			}
		}
		for range 150 { // more than are left
			run(time.Minute)
		}
		before := g.countEvents("identify")
		run(20 * time.Minute) // mended
		if n := g.countEvents("identify") - before; n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// TestBadHello: an interval that cannot be meant is no reason to fall over.
func TestBadHello(t *testing.T) {
	bad := []int64{9223372036855, -1, 0}
	inBubble(t, func(f *fake, _ *discord.Options) {
		f.gateway.onHello = func(c *conn) bool {
			if len(bad) == 0 {
				return true
			}
			c.send(10, map[string]any{"heartbeat_interval": bad[0]})
			bad = slices.Delete(bad, 0, 1)
			return false
		}
	}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) { h.works(t) })
}
