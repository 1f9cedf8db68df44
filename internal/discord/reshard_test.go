package discord_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestDiscordWantsMoreShards: the bot has grown while it ran, and Discord chooses the number.
func TestDiscordWantsMoreShards(t *testing.T) {
	for _, code := range []int{4010, 4011} {
		inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
			g := &h.fake.gateway
			g.set(func() { g.shards = 3 })
			g.first().hangUp(code)
			time.Sleep(time.Minute)
			synctest.Wait()
			got := g.events()
			for _, want := range []string{"identify 0/3", "identify 1/3", "identify 2/3"} {
				if !slices.Contains(got, want) {
					t.Errorf("no %s: %q", want, got)
				}
			}
			h.works(t)
		})
	}
}

// TestDiscordNeverTakesTheShards: whatever number it names. It is asked later and later, and no
// session too many is begun, which the fake would punish.
func TestDiscordNeverTakesTheShards(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		g := &h.fake.gateway
		g.set(func() {
			g.onStart = func(c *conn, _ int) bool {
				c.hangUp(4011)
				return false
			}
		})
		g.first().hangUp(4011)
		time.Sleep(12 * time.Hour)
		if n := g.countEvents("identify"); n < 20 || n > 400 {
			t.Errorf("%d sessions", n)
		}
		if n := h.fake.count("GET", "/gateway/bot"); n > 1000 {
			t.Errorf("asked %d times", n)
		}
		g.set(func() { g.onStart = nil })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		h.works(t)
	})
}
