package discord_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/discord"
)

// history returns what happened at the gateway.
func (g *gateway) events() []string {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	return slices.Clone(g.history)
}

// works checks that commands are answered.
func (h *harness) works(t *testing.T) {
	t.Helper()
	before := h.fake.count("POST", "/callback")
	h.Type("/wait")
	synctest.Wait()
	if h.fake.count("POST", "/callback") != before+1 {
		t.Errorf("no answer; %q", h.fake.gateway.events())
	}
}

func TestGatewayFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  func(c *conn)
		within time.Duration
		want   string // the new beginning
	}{
		{"reconnect", func(c *conn) { c.send(7, nil) }, time.Second, "resume s1 1"},
		{"invalid session", func(c *conn) { c.send(9, false) }, 12 * time.Second, "identify 0/1"},
		{"invalid session to resume", func(c *conn) { c.send(9, true) }, 6 * time.Second, "resume s1 1"},
		{"network", func(c *conn) { _ = c.ws.Close() }, 3 * time.Second, "resume s1 1"},
		{"unknown error", func(c *conn) { c.hangUp(4000) }, 3 * time.Second, "resume s1 1"},
		{"session timed out", func(c *conn) { c.hangUp(4009) }, 12 * time.Second, "identify 0/1"},
		{"garbage", func(c *conn) { _ = c.ws.WriteMessage(1, []byte("{")) }, 3 * time.Second, "resume s1 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				synctest.Wait()
				tt.fault(h.fake.gateway.first())
				time.Sleep(tt.within)
				synctest.Wait()
				events := h.fake.gateway.events()
				if len(events) < 2 || !slices.Contains(events[1:], tt.want) {
					t.Errorf("want %q in %q", tt.want, events)
				}
				h.works(t)
			})
		})
	}
}

// TestReconnectRightAfterResume: Discord asks for it, and discordgo's own client hangs for ever.
func TestReconnectRightAfterResume(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		synctest.Wait()
		for range 3 {
			h.fake.gateway.first().send(7, nil)
			time.Sleep(15 * time.Second) // the first time at once, then later and later
			synctest.Wait()
		}
		h.works(t)
	})
}

func TestZombieIsNoticed(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		synctest.Wait()
		h.fake.mu.Lock()
		h.fake.gateway.deaf = true
		h.fake.mu.Unlock()
		time.Sleep(3*41250*time.Millisecond + 3*time.Second)
		h.fake.mu.Lock()
		h.fake.gateway.deaf = false
		h.fake.mu.Unlock()
		synctest.Wait()
		if events := h.fake.gateway.events(); !slices.Contains(events, "resume s1 1") {
			t.Errorf("not reconnected: %q", events)
		}
		time.Sleep(10 * time.Minute)
		if n := len(h.fake.gateway.events()); n > 4 {
			t.Errorf("%q", h.fake.gateway.events())
		}
		h.works(t)
	})
}

func TestSilentGatewayIsLeft(t *testing.T) {
	silent := 2
	inBubble(t, func(f *fake, _ *discord.Options) {
		f.gateway.onHello = func(*conn) bool {
			silent--
			return silent < 0
		}
	}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) { h.works(t) })
}

func TestFatalCloseCodes(t *testing.T) {
	for code, want := range map[int]string{4004: "discord.token", 4010: "discord.shards", 4011: "discord.shards", 4014: "update clorebot"} {
		inBubble(t, func(_ *fake, o *discord.Options) { o.Shards = 1 }, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
			synctest.Wait()
			h.fake.gateway.first().hangUp(code)
			err := <-h.result
			h.result <- err
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d: %v", code, err)
			}
			if code == 4004 && !errors.Is(err, discord.ErrToken) {
				t.Errorf("%d: %v", code, err)
			}
		})
	}
}

func TestShards(t *testing.T) {
	inBubble(t, func(f *fake, o *discord.Options) {
		o.Shards, f.gateway.concurrency = 3, 16
	}, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		synctest.Wait()
		events := h.fake.gateway.events()
		slices.Sort(events)
		if want := []string{"identify 0/3", "identify 1/3", "identify 2/3"}; !slices.Equal(events, want) {
			t.Errorf("got %q", events)
		}
	})
}

func TestRepeatedInteractionIsDoneOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		c := h.fake.gateway.first()
		body, _ := h.fake.payload(h.home(), 2, map[string]any{"id": "1", "name": "wait", "type": 1}, nil)
		c.event("INTERACTION_CREATE", body)
		c.event("INTERACTION_CREATE", body)
		synctest.Wait()
		if n := len(d.Of("wait")); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}
