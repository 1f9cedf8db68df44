package telegram_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// TestWebhookListener calls the real listener: strangers who say nothing keep nobody waiting, one
// who is refused has to go, calls are answered side by side, and after the stop nobody listens.
func TestWebhookListener(t *testing.T) {
	const given = "s3cret"
	d := chattest.NewDispatcher(commands(nil)...)
	where := make(chan net.Addr, 1)
	r := newRig(t, d, func(o *telegram.Options) {
		o.Webhook = telegram.Webhook{URL: "https://bot.example/hook", Listen: "127.0.0.1:0", Secret: secret.New(given)}
		o.Listen = func(ctx context.Context, network, address string) (net.Listener, error) {
			l, err := (&net.ListenConfig{}).Listen(ctx, network, address)
			if err == nil {
				where <- l.Addr()
			}
			return l, err
		}
	})
	r.run()
	addr := (<-where).String()
	dial := func() net.Conn {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	var silent []net.Conn
	for range 20 {
		silent = append(silent, dial())
	}
	post := func(c net.Conn, shown string, id int) *http.Response {
		body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"first_name":"N"},"text":"/ping"}}`, id, id, time.Now().Unix(), id, id)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/hook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", shown)
		if err := req.Write(c); err != nil {
			t.Error(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), req)
		if err != nil {
			t.Error(err)
			return &http.Response{}
		}
		_ = resp.Body.Close()
		return resp
	}
	if resp := post(dial(), "wrong", 99); resp.StatusCode != http.StatusUnauthorized || !resp.Close {
		t.Errorf("a stranger got %d, sent away: %v", resp.StatusCode, resp.Close)
	}
	done := make(chan int)
	for id := range 10 {
		go func(c net.Conn) { done <- post(c, given, id+1).StatusCode }(dial())
	}
	for range 10 {
		if code := <-done; code != http.StatusOK {
			t.Errorf("an update got %d", code)
		}
	}
	if set := r.api.Webhook(); set["url"] != "https://bot.example/hook" || set["secret_token"] != given {
		t.Errorf("webhook %v", set)
	}
	for _, c := range silent { // or the stop waits until their time is over
		_ = c.Close()
	}
	begun := time.Now()
	if err := r.Stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 9*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	waiting, err := r.store.Waiting(t.Context(), telegramtest.Bot) // for the next start
	if n := len(d.Of("ping")); err != nil || n+len(waiting) != 10 {
		t.Errorf("%d of 10 updates were handled, %d wait, %v", n, len(waiting), err)
	}
	var refused *net.OpError
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr); !errors.As(err, &refused) {
		_ = c.Close()
		t.Error("it listens after the stop")
	}
}
