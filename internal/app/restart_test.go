package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// TestRestartAtAnyMoment stops the program at each second of a rental's beginning and starts it
// again: one order, one ready message.
func TestRestartAtAnyMoment(t *testing.T) {
	for second := range 30 {
		at := time.Duration(second) * 500 * time.Millisecond
		t.Run(at.String(), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7, NoGuard: true, Latency: 800 * time.Millisecond}, func(w *world) {
				w.phone.press(w.quote(), "Rent ·")
				w.wait(at)
				w.restart()
				w.wait(15 * time.Minute)
				if n := len(w.orders()); n != 1 {
					t.Fatalf("%d orders:\n%s", n, w.phone.transcript())
				}
				if n := w.phone.count("ready"); n != 1 {
					t.Errorf("%d ready messages:\n%s", n, w.phone.transcript())
				}
			})
		})
	}
}

// TestNothingIsLostWhileTheChatIsAway has the platform refuse everything for an hour.
func TestNothingIsLostWhileTheChatIsAway(t *testing.T) {
	for _, kind := range []chat.SendKind{chat.Transient, chat.RateLimited, chat.Unreachable} {
		t.Run(kind.String(), func(t *testing.T) {
			inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
				q := w.quote()
				w.phone.refuse = func() error {
					return &chat.SendError{Kind: kind, RetryAfter: time.Minute, Err: errors.New("away")}
				}
				w.phone.press(q, "Rent ·")
				w.wait(time.Hour)
				w.phone.mu.Lock()
				w.phone.refuse = nil
				w.phone.mu.Unlock()
				w.phone.do("/help") // its owner is heard from
				w.wait(30 * time.Minute)
				if w.phone.count("ready") != 1 {
					t.Errorf("the ready message is lost:\n%s", w.phone.transcript())
				}
			})
		})
	}
}
