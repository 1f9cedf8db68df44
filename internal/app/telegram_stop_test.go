package app_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// TestReadyIsLimitedAtTheStop has Telegram refuse the message that a rental is ready, for as long
// as the program lives: the next one sends it, once.
func TestReadyIsLimitedAtTheStop(t *testing.T) {
	inTelegram(t, func(w *telegrammer) {
		w.types("/key add")
		w.types(w.key)
		w.types("/rent 4090 preset:jupyter")
		w.taps("Rent ·")
		var refused atomic.Int32
		w.api.Fail(func(method string, form map[string]string) *telegramtest.Fault {
			if method != "sendMessage" || !strings.Contains(form["text"], "ssh -p") {
				return nil
			}
			refused.Add(1)
			return &telegramtest.Fault{Code: 429, Text: "retry after 30", RetryAfter: 30}
		})
		for end := time.Now().Add(15 * time.Minute); refused.Load() == 0 && time.Now().Before(end); {
			w.wait(100 * time.Millisecond)
		}
		w.stop()
		if refused.Load() == 0 {
			t.Fatalf("it was never ready:\n%s", w.transcript())
		}
		w.api.Fail(nil)
		w.start()
		w.wait(2 * time.Minute)
		w.restartTelegram()
		w.wait(2 * time.Minute)
		n := 0
		for _, m := range w.api.Messages(her) {
			if strings.Contains(m.Text, "ssh -p") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d messages say that it is ready:\n%s", n, w.transcript())
		}
	})
}
