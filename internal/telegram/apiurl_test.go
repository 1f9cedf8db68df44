package telegram_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat/chattest"
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
