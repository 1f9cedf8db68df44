package telegram_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

const hookURL = "https://bot.example/hook"

// deaf is a listener that nobody calls.
type deaf struct{ shut chan struct{} }

func (d deaf) Accept() (net.Conn, error) { <-d.shut; return nil, net.ErrClosed }
func (d deaf) Close() error              { close(d.shut); return nil }
func (deaf) Addr() net.Addr              { return &net.TCPAddr{} }

// withHook runs a test with a webhook, on a virtual clock.
func withHook(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, chattest.NewDispatcher(commands(nil)...), func(o *telegram.Options) {
			o.Webhook = telegram.Webhook{URL: hookURL, Listen: "127.0.0.1:1"}
			o.Listen = func(context.Context, string, string) (net.Listener, error) { return deaf{make(chan struct{})}, nil }
		})
		test(t, r)
		_ = r.Stop()
	})
}

// says reports how often the log says something.
func (l *logs) says(text string) int { return strings.Count(l.String(), text) }

// TestWebhookIsTakenAway has somebody else set or remove the webhook: it is noticed within a
// quarter of an hour, set again, and told.
func TestWebhookIsTakenAway(t *testing.T) {
	for name, c := range map[string]struct {
		by   map[string]string
		does string
	}{
		"another address": {map[string]string{"url": "https://evil.example/secret-path", "max_connections": "40"}, "evil.example"},
		"removed":         {nil, "removed"},
		"other updates":   {map[string]string{"url": hookURL, "max_connections": "40", "allowed_updates": `["message"]`}, "other settings"},
	} {
		t.Run(name, func(t *testing.T) {
			withHook(t, func(t *testing.T, r *rig) {
				r.run()
				wait(20 * time.Minute)
				set := r.api.Webhook()
				if err := r.front.Health(); err != nil || r.log.says("level=ERROR") > 0 {
					t.Errorf("all is well, but %v, %s", err, r.log)
				}
				r.api.SetWebhook(c.by)
				wait(15 * time.Minute)
				if now := r.api.Webhook(); now["url"] != hookURL || now["secret_token"] != set["secret_token"] || now["allowed_updates"] != set["allowed_updates"] {
					t.Errorf("it stays %v", now)
				}
				if r.log.says("webhook") != 1 || !strings.Contains(r.log.String(), c.does) || strings.Contains(r.log.String(), "secret-path") {
					t.Errorf("the log: %s", r.log)
				}
				if err := r.front.Health(); err == nil {
					t.Error("health says nothing")
				}
				wait(15 * time.Minute)
				if err := r.front.Health(); err != nil {
					t.Errorf("it is as it should be again, but %v", err)
				}
				if n := r.api.Calls("getWebhookInfo"); n > 8 {
					t.Errorf("asked %d times within 50 minutes", n)
				}
			})
		})
	}
}

// TestWebhookCannotBeCalled has Telegram not reach the listener: the log says so once, and health
// as long as it lasts.
func TestWebhookCannotBeCalled(t *testing.T) {
	withHook(t, func(t *testing.T, r *rig) {
		r.api.Undelivered("Connection refused") // while the bot was away
		time.Sleep(time.Minute)
		r.run()
		wait(30 * time.Minute)
		if err := r.front.Health(); err != nil || r.log.String() != "" {
			t.Errorf("told of something that is over: %v, %s", err, r.log)
		}
		for range 60 {
			r.api.Undelivered("Wrong response from the webhook: 502 Bad Gateway")
			wait(time.Minute)
		}
		if err := r.front.Health(); err == nil || !strings.Contains(err.Error(), "502 Bad Gateway") {
			t.Errorf("health: %v", err)
		}
		if n := r.log.says("502 Bad Gateway"); n != 1 {
			t.Errorf("told %d times: %s", n, r.log)
		}
		r.api.Undelivered("SSL error {error:0A000086}")
		wait(15 * time.Minute)
		if r.log.says("SSL error") != 1 {
			t.Errorf("the log: %s", r.log)
		}
		wait(15 * time.Minute)
		if err := r.front.Health(); err != nil {
			t.Errorf("it is over, but %v", err)
		}
	})
}

// TestWebhookWithAnotherSecret has somebody set the same address with a secret of their own: the
// calls are refused, and the webhook is set again.
func TestWebhookWithAnotherSecret(t *testing.T) {
	withHook(t, func(t *testing.T, r *rig) {
		r.run()
		wait(5 * time.Minute)
		set := r.api.Webhook()
		r.api.SetWebhook(map[string]string{
			"url": hookURL, "secret_token": "theirs", "max_connections": set["max_connections"], "allowed_updates": set["allowed_updates"],
		})
		wait(time.Minute)
		r.api.Undelivered("Wrong response from the webhook: 401 Unauthorized")
		wait(15 * time.Minute)
		if now := r.api.Webhook(); now["secret_token"] != set["secret_token"] || !strings.Contains(r.log.String(), "secret") {
			t.Errorf("it stays %v: %s", now, r.log)
		}
	})
}

// TestWebhookThatTelegramRefuses tells the operator what to mend, and sets it as soon as it may.
func TestWebhookThatTelegramRefuses(t *testing.T) {
	withHook(t, func(t *testing.T, r *rig) {
		r.api.Fail(func(method string, _ map[string]string) *telegramtest.Fault {
			if method == "setWebhook" {
				return &telegramtest.Fault{Code: 400, Text: "bad webhook: Failed to resolve host: Name or service not known"}
			}
			return nil
		})
		r.run()
		wait(10 * time.Second)
		if !strings.Contains(r.log.String(), "telegram.webhook_url") || !strings.Contains(r.log.String(), "resolve host") || strings.Contains(r.log.String(), "not reached") {
			t.Errorf("the log: %s", r.log)
		}
		r.api.Fail(nil)
		wait(2 * time.Minute)
		if r.api.Webhook()["url"] != hookURL {
			t.Error("it is not set")
		}
	})
}
