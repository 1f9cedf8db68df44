package telegram_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram"
)

// addressed notes where calls go.
type addressed struct {
	to http.RoundTripper

	mu    sync.Mutex
	hosts map[string]bool
}

func (a *addressed) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.hosts[req.URL.Scheme+"://"+req.URL.Host] = true
	a.mu.Unlock()
	return a.to.RoundTrip(req)
}

// TestServerOfOnesOwn has every call go to the server that is set, and to no other.
func TestServerOfOnesOwn(t *testing.T) {
	for given, want := range map[string]string{
		"": "https://api.telegram.org", "http://127.0.0.1:8081": "http://127.0.0.1:8081", "https://bots.example/": "https://bots.example",
	} {
		a := &addressed{hosts: map[string]bool{}}
		inBubble(t, func(t *testing.T, r *rig, _ *chattest.Dispatcher) {
			r.run()
			r.api.Write(me, me, "/ping")
			wait(time.Second)
			r.Press("Again")
			wait(time.Second)
			if r.last(me).Text != "pong x" || len(a.hosts) != 1 || !a.hosts[want] {
				t.Errorf("%q: calls to %v", given, a.hosts)
			}
		}, func(o *telegram.Options) {
			a.to = o.Transport
			o.APIURL, o.Transport = given, a
		})
	}
}

// TestWebhookListener calls the listener as a proxy does, with the right secret and without.
func TestWebhookListener(t *testing.T) {
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.Addr().String()
	_ = free.Close()
	d := chattest.NewDispatcher(commands(nil)...)
	r := newRig(t, d, func(o *telegram.Options) {
		o.Webhook = telegram.Webhook{URL: "https://bot.example/hook", Listen: listen, Secret: secret.New("right")}
	})
	r.run()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	call := func(shown, text string) int {
		body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":%d,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"N"},"text":%q}}`,
			len(text), time.Now().Unix(), text)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+listen+"/hook", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", shown)
		resp, err := client.Do(req)
		if err != nil {
			return 0 // it does not listen yet
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	for late := time.Now().Add(10 * time.Second); call("right", "/ping") != http.StatusOK; {
		if time.Now().After(late) {
			t.Fatal("it never listened")
		}
	}
	p := chattest.NewPerson(t, r)
	p.Sees("pong")
	if code := call("wrong", "/ping forged"); code != http.StatusUnauthorized {
		t.Errorf("with a wrong secret: %d", code)
	}
	if code := call("right", "/ping two"); code != http.StatusOK {
		t.Errorf("with the right one: %d", code)
	}
	p.Sees("pong two")
	p.NeverSaw("forged")
	if url := r.api.Webhook()["url"]; url != "https://bot.example/hook" || r.api.Webhook()["secret_token"] != "right" {
		t.Errorf("webhook %v", r.api.Webhook())
	}
	if err := r.Stop(); err != nil {
		t.Error(err)
	}
	if code := call("right", "/ping three"); code != 0 {
		t.Errorf("it listens after its end: %d", code)
	}
}
