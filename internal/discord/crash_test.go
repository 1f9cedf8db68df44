package discord_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

// TestInteractionIsActedOnOnce: one that comes again, to the same process or to the next, is not.
func TestInteractionIsActedOnOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		again := h.fake.last
		h.fake.gateway.first().event("INTERACTION_CREATE", again)
		time.Sleep(5 * time.Second)
		if n := h.store.left(); n != 0 {
			t.Errorf("%d answered interactions wait", n)
		}
		h.crash(t, d, 0)
		h.fake.gateway.first().event("INTERACTION_CREATE", again)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n := len(d.Of("wait")); n != 1 {
			t.Errorf("acted on %d times", n)
		}
		h.works(t)
	})
}

// TestFullDiskStopsNoAnswer: what cannot be written down is answered all the same.
func TestFullDiskStopsNoAnswer(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.store.mu.Lock()
		h.store.broken = errors.New("no space left on device")
		h.store.mu.Unlock()
		h.works(t)
		if err := h.alert(t, "one"); err != nil {
			t.Error(err)
		}
	})
}

// TestDirectChannelIsOpenedOnce: also over restarts.
func TestDirectChannelIsOpenedOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		for _, title := range []string{"one", "two"} {
			if err := h.alert(t, title); err != nil {
				t.Fatal(err)
			}
			h.crash(t, d, time.Minute)
		}
		if n := h.fake.count("POST", "/users/@me/channels"); n != 1 {
			t.Errorf("opened %d times", n)
		}
	})
}

// TestClosedMessagesAreExplainedOnceForAll: also over restarts, until a message arrives.
func TestClosedMessagesAreExplainedOnceForAll(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.fake.shut(me, true)
		tell := func() (hints int) {
			if err := h.alert(t, "alert"); err == nil {
				t.Error("sent")
			}
			h.TypeInGroup("/mine")
			time.Sleep(3 * time.Second)
			synctest.Wait()
			h.fake.mu.Lock()
			defer h.fake.mu.Unlock()
			for _, m := range h.fake.messages {
				if strings.Contains(m.Content, "direct messages") {
					hints++
				}
			}
			return hints
		}
		if n := tell(); n != 1 {
			t.Errorf("told %d times", n)
		}
		h.crash(t, d, time.Minute)
		if n := tell(); n != 1 {
			t.Errorf("told %d times after a restart", n)
		}
		h.fake.shut(me, false)
		if err := h.alert(t, "arrives"); err != nil {
			t.Fatal(err)
		}
		h.fake.shut(me, true)
		h.crash(t, d, time.Minute)
		if n := tell(); n != 2 {
			t.Errorf("told %d times after it was open in between", n)
		}
	})
}

// TestCrashDuringAPress: the process dies while a press is worked on, and comes back after a while.
func TestCrashDuringAPress(t *testing.T) {
	ready := chat.View{Title: "ready", Rows: [][]chat.Control{{chat.Button("Slow", "wait", chat.Args{"take": "60s"})}}}
	for _, tt := range []struct {
		name string
		away time.Duration
		told bool
	}{{"soon", time.Minute, true}, {"after the token", 20 * time.Minute, false}} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
				if _, err := h.front.Send(t.Context(), h.User().Direct(), ready); err != nil {
					t.Fatal(err)
				}
				h.Press("Slow")
				time.Sleep(time.Second)
				h.crash(t, d, tt.away)
				time.Sleep(mendTime)
				synctest.Wait()
				if h.fake.find("ready").control("Slow") == nil {
					t.Error("the control stays off")
				}
				if told := h.fake.find(""); (told != nil && strings.Contains(told.Content, "before you repeat it")) != tt.told {
					t.Errorf("told: %+v", told)
				}
				if h.store.left() != 0 {
					t.Error("it is mended for ever")
				}
			})
		})
	}
}

// mendTime is enough for what a crash left to be set right.
const mendTime = 35 * time.Second

// TestCrashWhileThinking: the process dies while a command is worked on.
func TestCrashWhileThinking(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		i := h.fake.command(h.home(), "/wait take:60s")
		time.Sleep(3 * time.Second)
		h.crash(t, d, time.Minute)
		time.Sleep(mendTime)
		synctest.Wait()
		if m := i.original; m == nil || m.Flags&128 != 0 || !strings.Contains(m.Content, "before you repeat it") {
			t.Errorf("still thinking: %+v", m)
		}
		if len(d.Of("wait")) != 1 {
			t.Error("done again")
		}
	})
}

// TestCrashAfterTheAnswer: the message has other controls by then, and keeps them.
func TestCrashAfterTheAnswer(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		h.Press("Turn")
		time.Sleep(500 * time.Millisecond)
		before := h.store.copied() // as if the answer had been the last thing that was done
		time.Sleep(5 * time.Second)
		h.store.mu.Lock()
		h.store.waiting = before.waiting
		h.store.mu.Unlock()
		if len(before.waiting) != 1 {
			t.Fatalf("%d wait", len(before.waiting))
		}
		h.crash(t, d, time.Minute)
		time.Sleep(mendTime)
		synctest.Wait()
		if m := h.fake.find("turned"); m == nil || m.control("Turn") == nil || h.fake.find("") != nil || h.fake.find("waited") != nil {
			t.Errorf("changed: %+v", m)
		}
	})
}

// TestUnreachedDuringAPress: Discord is out of reach just when the controls are to come back.
func TestUnreachedDuringAPress(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		h.Type("/wait")
		synctest.Wait()
		h.Press("Wait")
		synctest.Wait()
		h.fake.refuseWith(func(request) *refusal { return &refusal{status: 503} })
		time.Sleep(2 * time.Minute)
		h.fake.refuseWith(nil)
		time.Sleep(mendTime)
		synctest.Wait()
		if h.fake.find("waited").control("Wait") == nil {
			t.Error("the control stays off")
		}
	})
}

// TestPressThatCameTooLate: Discord has told the person that it failed, so nothing is done.
func TestPressThatCameTooLate(t *testing.T) {
	for name, no := range map[string]refusal{"too late": {status: 404, code: 10062}, "out of reach": {status: 503}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, d *chattest.Dispatcher) {
				h.Type("/wait")
				synctest.Wait()
				h.fake.refuseWith(func(r request) *refusal {
					if strings.Contains(r.path, "/callback") {
						return &no
					}
					return nil
				})
				h.Press("Wait")
				time.Sleep(10 * time.Second)
				h.fake.refuseWith(nil)
				if n := len(d.Of("wait")); n != 1 {
					t.Errorf("done %d times", n)
				}
				h.Press("Wait")
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if n := len(d.Of("wait")); n != 2 {
					t.Errorf("%d requests after another press", n)
				}
				time.Sleep(mendTime)
				if h.store.left() != 0 {
					t.Error("it is mended for ever")
				}
			})
		})
	}
}
