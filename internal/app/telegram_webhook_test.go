package app_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/telegram/telegramtest"
)

// wire is the network of one run of the program. When it is cut, the run can do nothing any more
// that anybody would see, as if it had been killed.
type wire struct{ cut atomic.Bool }

type wired struct {
	*wire

	http.RoundTripper
}

func (w *wire) to(t http.RoundTripper) http.RoundTripper { return wired{w, t} }

func (w wired) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut.Load() {
		return nil, errKilled
	}
	resp, err := w.RoundTripper.RoundTrip(r)
	if w.cut.Load() {
		return nil, errors.Join(errKilled, err)
	}
	return resp, err
}

var errKilled = errors.New("the program was killed")

// proxy stands before the program's listener for webhooks, in memory.
type proxy struct {
	mu       sync.Mutex
	listener *pipes // the program's, while it listens
}

const (
	hookURL    = "https://bot.example:8443/telegram"
	hookSecret = "s3cret_-of-the-webhook"
)

// behind has the program listen behind the proxy.
func (p *proxy) behind(o *app.Options) {
	o.Config.Telegram.WebhookURL = hookURL
	o.Config.Telegram.WebhookListen = "127.0.0.1:8443"
	o.Config.Telegram.WebhookSecret = secret.New(hookSecret)
	o.ChatListen = func(context.Context, string, string) (net.Listener, error) {
		l := &pipes{calls: make(chan net.Conn), shut: make(chan struct{})}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.listener = l
		return l, nil
	}
}

var errRefused = errors.New("connection refused")

// dial connects to the listener.
func (p *proxy) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	l := p.listener
	p.mu.Unlock()
	if l == nil {
		return nil, errRefused
	}
	ours, theirs := net.Pipe()
	select {
	case l.calls <- theirs:
		return ours, nil
	case <-l.shut:
		return nil, errRefused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// transport returns a way to the listener. TLS ends at the proxy.
func (p *proxy) transport() *http.Transport {
	return &http.Transport{DialContext: p.dial, DialTLSContext: p.dial, IdleConnTimeout: time.Minute}
}

// pipes is a listener in memory.
type pipes struct {
	calls chan net.Conn
	once  sync.Once
	shut  chan struct{}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.shut:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.shut) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8443} }

// byWebhook runs a test in which Telegram calls the program.
func byWebhook(t *testing.T, test func(*telegrammer)) {
	t.Helper()
	inTelegram(t, func(w *telegrammer) {
		to := w.hook.transport()
		ctx, cancel := context.WithCancel(w.ctx)
		var delivering sync.WaitGroup
		delivering.Go(func() { w.api.Deliver(ctx, to) })
		defer to.CloseIdleConnections()
		defer delivering.Wait()
		defer cancel()
		test(w)
		if n := w.api.Calls("getUpdates"); n > 0 {
			w.t.Errorf("asked %d times for updates that come by themselves", n)
		}
	}, func(w *telegrammer) { w.hook = &proxy{} })
}

// kill ends the program without anything that it would do at a stop, and starts it on what its
// files hold.
func (w *telegrammer) kill() {
	w.t.Helper()
	w.wait(0)
	left := w.t.TempDir()
	for _, name := range []string{"data/bot.db", "keys/bot.json"} {
		b, err := os.ReadFile(filepath.Join(w.dir, name))
		if err == nil {
			err = os.MkdirAll(filepath.Join(left, filepath.Dir(name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(left, name), b, 0o600)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.wire.cut.Store(true)
	w.killed = true
	w.stop()
	w.dir = left
	w.start()
}

// posts calls the webhook, as anybody might, and returns the status.
func (w *telegrammer) posts(method, url, shown, body string) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.ctx, method, url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if shown != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", shown)
	}
	to := w.hook.transport()
	defer to.CloseIdleConnections()
	resp, err := to.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestFromMarketToReadyByWebhook(t *testing.T) {
	byWebhook(t, func(w *telegrammer) {
		set := w.api.Webhook()
		if set["url"] != hookURL || set["secret_token"] != hookSecret || !strings.Contains(set["allowed_updates"], "callback_query") {
			t.Fatalf("setWebhook: %v", set)
		}
		w.types("/key add")
		w.types(w.key)
		if m := w.types("/market 4090"); !strings.Contains(m.Text, "USD/h") {
			t.Fatalf("no market:\n%s", w.transcript())
		}
		forged := `{"update_id":9000,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"N"},"text":"/stopall"}}`
		said := w.transcript()
		for _, c := range []struct {
			method, url, secret string
			want                int
		}{
			{"POST", hookURL, "", 401}, {"POST", hookURL, hookSecret + "x", 401}, {"POST", hookURL + "/x", hookSecret, 404}, {"GET", hookURL, hookSecret, 405},
		} {
			if got := w.posts(c.method, c.url, c.secret, forged); got != c.want {
				t.Errorf("%s %s with %q: %d, want %d", c.method, c.url, c.secret, got, c.want)
			}
		}
		w.wait(5 * time.Second)
		if w.transcript() != said {
			t.Errorf("something came of a forged update:\n%s", w.transcript())
		}
		w.types("/rent 4090 preset:jupyter")
		w.taps("Rent ·")
		w.until("ssh -p", 15*time.Minute)
		if len(w.orders()) != 1 || w.alive() != 1 {
			t.Errorf("%d orders", len(w.orders()))
		}
		w.stop()
		w.hook.mu.Lock()
		select {
		case <-w.hook.listener.shut:
		default:
			t.Error("it listens still")
		}
		w.hook.mu.Unlock()
		w.api.Write(her, her, "/orders") // while nobody listens
		w.wait(2 * time.Minute)
		w.start()
		w.wait(2 * time.Minute)
		if m := w.newest(); !strings.Contains(m.Text, "burning") {
			t.Errorf("orders:\n%s", m.Text)
		}
	})
}

// TestWebhookIsTakenAway has somebody else take the webhook away: whoever writes is heard within a
// quarter of an hour, and health tells the operator.
func TestWebhookIsTakenAway(t *testing.T) {
	byWebhook(t, func(w *telegrammer) {
		w.wait(5 * time.Minute)
		if err := w.app.Health(w.ctx); err != nil {
			t.Errorf("health: %v", err)
		}
		w.api.SetWebhook(nil)
		w.api.Write(her, her, "/help")
		w.wait(14 * time.Minute)
		if m := w.newest(); !strings.Contains(m.Text, "/market") {
			t.Errorf("got %q", m.Text)
		}
		if err := w.app.Health(w.ctx); err == nil || !strings.Contains(err.Error(), "telegram: somebody else changes this bot's webhook") {
			t.Errorf("health: %v", err)
		}
		w.wait(15 * time.Minute)
		if err := w.app.Health(w.ctx); err != nil {
			t.Errorf("health: %v", err)
		}
	})
}

// TestKilledByWebhook kills the program at moments around the tap that spends money, has the tap
// come again, and counts.
func TestKilledByWebhook(t *testing.T) {
	for _, after := range []time.Duration{0, time.Millisecond, 300 * time.Millisecond, time.Second, 3 * time.Second, 20 * time.Second} {
		t.Run(after.String(), func(t *testing.T) {
			byWebhook(t, func(w *telegrammer) {
				slow := func(string) time.Duration { return 400 * time.Millisecond }
				w.types("/key add")
				w.types(w.key)
				quote := w.types("/rent 4090 preset:jupyter")
				w.api.Latency = slow
				label := ""
				for _, l := range quote.Labels() {
					if strings.HasPrefix(l, "Rent ·") {
						label = l
					}
				}
				w.api.Press(her, her, label)
				tap := w.api.Unconfirmed()
				w.wait(after)
				w.kill()
				for _, again := range tap {
					w.api.Repeat(again)
				}
				w.api.Write(her, her, "/help") // behind it
				w.wait(15 * time.Minute)
				if n := len(w.orders()); n != 1 {
					t.Errorf("%d orders:\n%s", n, w.transcript())
				}
				ready, help := 0, 0
				for _, m := range w.api.Messages(her) {
					if m.From == telegramtest.Bot && strings.Contains(m.Text, "ssh -p") {
						ready++
					}
					if m.From == telegramtest.Bot && strings.Contains(m.Text, "/market") {
						help++
					}
				}
				if ready != 1 || help != 1 {
					t.Errorf("ready %d times, help %d times:\n%s", ready, help, w.transcript())
				}
			})
		})
	}
}
