package telegram_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
)

func TestWebhook(t *testing.T) {
	const given = "s3cret_-"
	d := chattest.NewDispatcher(commands(nil)...)
	r := newRig(t, d, func(o *telegram.Options) {
		o.Webhook = telegram.Webhook{URL: "https://bot.example:8443/hook", Listen: "127.0.0.1:0", Secret: secret.New(given)}
	})
	handler := r.front.WebhookHandler()
	call := func(method, path, shown, body string) int {
		req := httptest.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", shown)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w.Code
	}
	ping := func(id int) string {
		return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"N"},"text":"/ping %d"}}`, id, id, time.Now().Unix(), id)
	}
	if code := call("POST", "/hook", given, ping(1)); code != http.StatusServiceUnavailable {
		t.Errorf("before it runs: %d", code)
	}
	r.run()
	p := chattest.NewPerson(t, r)
	for code := http.StatusServiceUnavailable; code == http.StatusServiceUnavailable; {
		code = call("POST", "/hook", given, ping(1))
	}
	p.Sees("pong 1")
	for _, c := range []struct {
		method, path, secret, body string
		want                       int
	}{
		{"POST", "/hook", given, ping(1), 200}, // again
		{"POST", "/hook", given, ping(2), 200},
		{"POST", "/hook", "", ping(3), 401},
		{"POST", "/hook", given + "x", ping(3), 401},
		{"GET", "/hook", given, "", 405},
		{"POST", "/", given, ping(3), 404},
		{"POST", "/hook", given, "{", 200},
		{"POST", "/hook", given, `{"update_id":9,"message":{"message_id":1,"date":1,"chat":{"id":7},"forward_origin":{"type":"?"}}}`, 200},
		{"POST", "/hook", given, strings.Repeat(" ", 1<<20+1) + strings.Replace(ping(2), `"text":`, `"caption":"`+strings.Repeat("x", 2<<20)+`","text":`, 1), 200},
		{"POST", "/hook", given, strings.Repeat(" ", 16<<20+1), 413},
	} {
		if got := call(c.method, c.path, c.secret, c.body); got != c.want {
			t.Errorf("%s %s with %q: %d, want %d", c.method, c.path, c.secret, got, c.want)
		}
	}
	p.Sees("pong 2")
	if n := len(d.Of("ping")); n != 2 || r.api.Calls("getUpdates") != 0 {
		t.Errorf("%d pings, %d polls", n, r.api.Calls("getUpdates"))
	}
	r.store.fail(true)
	if code := call("POST", "/hook", given, ping(4)); code != 500 {
		t.Errorf("what could not be stored was taken: %d", code)
	}
	r.store.fail(false)
}

func TestWebhookSecretIsDerived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, chattest.NewDispatcher(), func(o *telegram.Options) {
			o.Webhook = telegram.Webhook{URL: "https://bot.example/hook"}
		})
		w := httptest.NewRecorder()
		r.front.WebhookHandler().ServeHTTP(w, httptest.NewRequest("POST", "/hook", nil))
		if w.Code != http.StatusUnauthorized {
			t.Errorf("without a secret: %d", w.Code)
		}
	})
}
