package discord_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
)

func (f *fake) refuseWith(no func(r request) *refusal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = no
}

func (f *fake) shut(user string, closed bool) {
	f.dm(user)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed[user] = closed
}

func (h *harness) alert(t *testing.T, title string) error {
	t.Helper()
	_, err := h.front.Send(t.Context(), h.User().Direct(), chat.View{Title: title})
	synctest.Wait()
	return err
}

// TestOneRefusalIsNotTheToken: a 401 of something in between, or on one route, ends nothing.
func TestOneRefusalIsNotTheToken(t *testing.T) {
	for name, no := range map[string]*refusal{
		"a page": {status: http.StatusUnauthorized, body: "<html>"}, "in Discord's form": {status: http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				h.fake.refuseWith(func(r request) *refusal {
					if strings.Contains(r.path, "/messages") || strings.Contains(r.path, "/webhooks") || strings.Contains(r.path, "/callback") {
						return no
					}
					return nil
				})
				h.Type("/wait take:3s")
				time.Sleep(10 * time.Second)
				if err := h.alert(t, "one"); err == nil {
					t.Error("sent")
				}
				h.fake.refuseWith(nil)
				if err := h.alert(t, "two"); err != nil {
					t.Errorf("the token counts as refused: %v", err)
				}
				h.works(t)
			})
		})
	}
}

// TestHintAfterTheAnswer: an alert fails while a command is not answered yet, where nothing can be
// said; and once where it does not arrive. It is said the next time.
func TestHintAfterTheAnswer(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		hint := func() *message { return h.fake.find("") }
		h.fake.shut(me, true)
		h.fake.interact(h.home(), 4, map[string]any{"id": "1", "name": "gpu", "type": 1, "options": []map[string]any{
			{"name": "model", "type": 3, "value": "4", "focused": true},
		}}, nil)
		synctest.Wait()
		if err := h.alert(t, "alert"); err == nil || hint() != nil {
			t.Errorf("%v, %+v", err, hint())
		}
		h.fake.refuseWith(func(r request) *refusal {
			if r.method == "POST" && strings.HasPrefix(r.path, "/webhooks") {
				return &refusal{status: 500}
			}
			return nil
		})
		h.TypeInGroup("/mine")
		time.Sleep(time.Minute)
		h.fake.refuseWith(nil)
		h.TypeInGroup("/mine take:1s")
		synctest.Wait()
		_ = h.alert(t, "alert") // before the answer
		if hint() != nil {
			t.Errorf("too early: %+v", hint())
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if m := hint(); m == nil || m.Owner != me || !strings.Contains(m.Content, "direct messages") {
			t.Errorf("never said: %+v", m)
		}
	})
}

// TestDirectChannelIsOpenedAgain: the channel that is known is gone.
func TestDirectChannelIsOpenedAgain(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
		if err := h.alert(t, "one"); err != nil {
			t.Fatal(err)
		}
		old := h.fake.dm(me)
		h.fake.mu.Lock()
		delete(h.fake.channels, me)
		h.fake.mu.Unlock()
		h.fake.refuseWith(func(r request) *refusal {
			if strings.Contains(r.path, "/channels/"+old+"/") {
				return &refusal{status: 404, code: 10003}
			}
			return nil
		})
		if err := h.alert(t, "two"); err != nil || h.fake.find("two").Channel == old {
			t.Errorf("got %v", err)
		}
	})
}

// TestLimitsAreRemembered: what Discord refuses for a time is not asked for in it.
func TestLimitsAreRemembered(t *testing.T) {
	for _, tt := range []struct {
		name   string
		no     refusal
		others bool // other channels are spared, too
	}{
		{"global", refusal{status: 429, body: `{"message":"m","retry_after":30.0,"global":true}`}, true},
		{"of the edge", refusal{status: 429, body: "<html>", header: map[string]string{"Retry-After": "30"}}, true},
		{"of a channel", refusal{status: 429, body: `{"message":"m","retry_after":30.0,"global":false}`}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, h *harness, _ *chattest.Dispatcher) {
				if err := h.alert(t, "before"); err != nil {
					t.Fatal(err)
				}
				h.fake.refuseWith(func(request) *refusal { return &tt.no })
				before := h.fake.count("", "")
				for range 10 {
					var failed *chat.SendError
					if err := h.alert(t, "limited"); !errors.As(err, &failed) || failed.RetryAfter < 29*time.Second {
						t.Fatalf("got %v", err)
					}
				}
				if n := h.fake.count("", "") - before; n != 1 {
					t.Errorf("%d requests", n)
				}
				h.fake.refuseWith(nil)
				_, err := h.front.Send(t.Context(), chat.Address{Platform: chat.Discord, ChatID: group}, chat.View{Title: "elsewhere"})
				if (err != nil) != tt.others {
					t.Errorf("elsewhere: %v", err)
				}
				time.Sleep(31 * time.Second)
				if err := h.alert(t, "after"); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
