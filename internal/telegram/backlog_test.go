package telegram_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// large has somebody send an update of so many bytes and more.
func (r *rig) large(bytes int) {
	r.api.Write(666, 666, "hi", map[string]any{"rich_message": map[string]any{"text": strings.Repeat("x", bytes)}})
}

// TestLargeBacklog has more wait than is read at once, and one update that is too large by itself.
func TestLargeBacklog(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
		for range 45 {
			r.large(400 << 10)
		}
		r.large(17 << 20)
		r.api.Write(me, me, "/ping hello")
		r.run()
		wait(10 * time.Second)
		if len(d.Of("ping")) != 1 || strings.Count(r.log.String(), "too large was skipped") != 1 {
			t.Errorf("%d pings; log %s", len(d.Of("ping")), r.log)
		}
		limit := "none"
		r.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
			if method == "getUpdates" {
				limit = form["limit"]
			}
			return nil
		})
		wait(2 * time.Minute)
		if limit != "" {
			t.Errorf("it still asks for %s at once", limit)
		}
	})
}
