package telegram_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// hooked is a rig with a webhook, whose clock can be put forward.
type hooked struct {
	*rig
	d     *chattest.Dispatcher
	shift atomic.Int64
	calls int
}

// newHooked returns one that runs and has heard a person.
func newHooked(t *testing.T) (*hooked, *chattest.Person) {
	t.Helper()
	h := &hooked{d: chattest.NewDispatcher(commands(nil)...)}
	h.rig = newRig(t, h.d, func(o *telegram.Options) {
		o.Now = h.now
		o.Webhook = telegram.Webhook{URL: "https://bot.example:8443/hook", Listen: "127.0.0.1:0", Secret: secret.New("s")}
	})
	h.run()
	p := chattest.NewPerson(t, h)
	h.deliver(h.now())
	p.Sees("pong 1")
	return h, p
}

func (h *hooked) now() time.Time { return time.Now().Add(time.Duration(h.shift.Load())) }

func (h *hooked) forward(d time.Duration) { h.shift.Add(int64(d)) }

// deliver has Telegram deliver a /ping that was written at a time, when the bot listens.
func (h *hooked) deliver(written time.Time) {
	h.t.Helper()
	h.calls++
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"N"},"text":"/ping %d"}}`,
		h.calls, h.calls, written.Unix(), h.calls)
	for code := http.StatusServiceUnavailable; code == http.StatusServiceUnavailable; {
		req := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, "/hook", strings.NewReader(body))
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s")
		w := httptest.NewRecorder()
		h.front.WebhookHandler().ServeHTTP(w, req)
		code = w.Code
	}
}

// TestWebhookOutage has the way from Telegram be broken for hours while the bot runs.
func TestWebhookOutage(t *testing.T) {
	h, p := newHooked(t)
	h.forward(3 * time.Hour)
	h.deliver(h.now().Add(-150 * time.Minute))
	p.Sees(telegram.English().Late)
	h.deliver(h.now())
	p.Sees("pong 3")
	h.forward(3 * time.Hour) // nobody wrote
	h.deliver(h.now())
	p.Sees("pong 4")
	if n := len(h.d.Of("ping")); n != 3 {
		t.Errorf("%d pings", n)
	}
}

// TestWebhookWrongClock has the bot's clock be ahead: whoever writes after a silence is heard.
func TestWebhookWrongClock(t *testing.T) {
	h, p := newHooked(t)
	h.forward(10 * time.Minute)
	h.deliver(h.now().Add(-24 * time.Hour))
	p.Sees("pong 2")
	h.forward(3 * time.Hour)
	h.deliver(h.now().Add(-24 * time.Hour))
	p.Sees("pong 3")
}

// TestRevokedToken is noticed with a webhook, too, where nothing is asked for.
func TestRevokedToken(t *testing.T) {
	h, _ := newHooked(t)
	h.api.Fail(func(string, map[string]string) *telegramtest.Fault {
		return &telegramtest.Fault{Code: 401, Text: "Unauthorized"}
	})
	_, err := h.front.Send(t.Context(), person(me), chat.View{Title: "x"})
	kind(t, err, chat.Transient)
	h.once.Do(func() { err = <-h.result })
	if err == nil || !strings.Contains(err.Error(), "does not accept the bot's token") {
		t.Errorf("got %v", err)
	}
}

// TestOldPressUnsure has Telegram say nothing of an old press for a while: it is not acted on.
func TestOldPressUnsure(t *testing.T) {
	for name, outage := range map[string]time.Duration{"long": time.Hour, "short": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, r *rig, d *chattest.Dispatcher) {
				r.run()
				r.api.Write(me, me, "/ping")
				wait(2 * time.Minute)
				_ = r.Stop()
				r.api.Press(me, me, "Again")
				r.late = 1
				wait(3 * time.Hour)
				if name == "short" {
					r.api.Press(me, me, "Again") // a young one beside it
				}
				began := time.Now()
				r.api.Fail(func(m string, _ map[string]string) *telegramtest.Fault {
					if m == "answerCallbackQuery" && time.Since(began) < outage {
						return &telegramtest.Fault{Code: 502, Raw: "<html>"}
					}
					return nil
				})
				r.make()
				r.run()
				wait(time.Minute)
				want := 1
				if name == "short" {
					want = 2
				}
				if n := len(d.Of("ping")); n != want || r.countLate(me) != 1 {
					t.Errorf("%d pings, %d told", n, r.countLate(me))
				}
			})
		})
	}
}

// TestLastingRefusals must not lose an alert that could be shown, nor go on about one that cannot.
func TestLastingRefusals(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
		for text, only := range map[string]func(map[string]string) bool{
			"message thread not found": func(f map[string]string) bool { return f["message_thread_id"] != "" },
			"TOPIC_DELETED":            func(f map[string]string) bool { return f["message_thread_id"] != "" },
			"BUTTON_URL_INVALID":       func(f map[string]string) bool { return f["reply_markup"] != "" },
			"inline keyboard button URL 'http://x' is invalid: Wrong HTTP URL": func(f map[string]string) bool { return f["reply_markup"] != "" },
			"USER_IS_BLOCKED": nil, "INPUT_USER_DEACTIVATED": nil, "CHAT_RESTRICTED": nil,
			"CHAT_SEND_PLAIN_FORBIDDEN": nil, "need administrator rights in the channel chat": nil,
		} {
			r.api.Fail(func(m string, form map[string]string) *telegramtest.Fault {
				if m == "sendMessage" && (only == nil || only(form)) {
					return &telegramtest.Fault{Code: 400, Text: text}
				}
				return nil
			})
			v := chat.View{Title: text, Rows: [][]chat.Control{{{Label: "Site", URL: "https://clore.ai"}}}}
			_, err := r.front.Send(t.Context(), chat.Address{Platform: chat.Telegram, ChatID: "-1001234#5"}, v)
			if only == nil {
				kind(t, err, chat.Unreachable)
			} else if err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
