package clore_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/secret"
)

// Canaries: none of them may be found in an error or a log.
const (
	canaryKey      = "KEYCANARY0123456789abcdefKEYCANA"
	canaryPassword = "PASSCANARY0123456789"
	canaryToken    = "TOKENCANARY0123456789"
)

// answered is what a scripted server does with one request.
type answered struct {
	status int // 200 when zero
	header http.Header
	body   string
	err    error // in place of an answer
}

func (a answered) response(req *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Header: a.header, Request: req,
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}

// asked is a request that a scripted server has seen.
type asked struct {
	method, path string
	header       http.Header
	body         string
}

// script answers requests in order; the test fails on one too many or too few. With always
// set it gives that answer to everything.
type script struct {
	t      *testing.T
	always *answered
	steps  []answered

	mu   sync.Mutex
	seen []asked
}

func play(t *testing.T, steps ...answered) *script {
	s := &script{t: t, steps: steps}
	t.Cleanup(func() {
		if len(s.seen) != len(s.steps) {
			t.Errorf("%d requests for %d steps", len(s.seen), len(s.steps))
		}
	})
	return s
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, asked{req.Method, req.URL.RequestURI(), req.Header.Clone(), string(body)})
	if s.always != nil {
		return s.always.response(req)
	}
	if len(s.seen) > len(s.steps) {
		s.t.Errorf("unexpected request: %s %s", req.Method, req.URL)
		return answered{status: http.StatusTeapot}.response(req)
	}
	return s.steps[len(s.seen)-1].response(req)
}

func (s *script) requests() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// client returns one with the canary key on a transport, and what it logs.
func client(t *testing.T, rt http.RoundTripper) (*clore.Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c, err := clore.New(clore.Options{
		BaseURL: "https://clore.test/v1", UserAgent: "clorebot/test", Transport: rt,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.WithKey(secret.New(canaryKey)), &log
}

// endpoint is a method of the client with what the tests need to know of it.
type endpoint struct {
	method string // of Client
	verb   string
	path   string
	body   string // as sent
	write  bool
	repeat bool   // is repeated after faults
	good   string // an answer that means success
	call   func(context.Context, *clore.Client) error
}

func request() clore.OrderRequest {
	return clore.OrderRequest{
		Server: 100890, Kind: clore.OnDemand, Currency: money.USD, Image: "owner/name:tag",
		Limit: 2 * money.Coin, Ports: map[int]string{22: "tcp", 8080: "http"},
		SSHPassword: canaryPassword, JupyterToken: canaryToken,
	}
}

func endpoints() []endpoint {
	return []endpoint{
		{
			"Marketplace", "GET", "/v1/marketplace", "", false, true, `{"servers":[],"my_servers":[],"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.Marketplace(ctx); return err },
		},
		{
			"MyOrders", "GET", "/v1/my_orders?return_completed=true", "", false, true, `{"orders":[],"limit":10,"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.MyOrders(ctx, true); return err },
		},
		{
			"SpotMarketplace", "GET", "/v1/spot_marketplace?market=7", "", false, true, `{"exists":false,"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.SpotMarketplace(ctx, 7); return err },
		},
		{
			"Wallets", "GET", "/v1/wallets", "", false, true, `{"wallets":[],"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.Wallets(ctx); return err },
		},
		{
			"MyServers", "GET", "/v1/my_servers", "", false, true, `{"servers":[],"limit":3,"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.MyServers(ctx); return err },
		},
		{
			"ServerConfig", "GET", "/v1/server_config", `{"server_name":"rig 1"}`, false, true, `{"config":{"name":"rig 1"},"code":0}`,
			func(ctx context.Context, c *clore.Client) error { _, err := c.ServerConfig(ctx, "rig 1"); return err },
		},
		{
			"CreateOrder", "POST", "/v1/create_order",
			`{"currency":"USD-Blockchain","image":"owner/name:tag","renting_server":100890,"type":"on-demand",` +
				`"required_price":2,"ports":{"22":"tcp","8080":"http"},"jupyter_token":"` + canaryToken +
				`","ssh_password":"` + canaryPassword + `"}`,
			true, false, `{"code":0}`,
			func(ctx context.Context, c *clore.Client) error { return c.CreateOrder(ctx, request()) },
		},
		{
			"CancelOrder", "POST", "/v1/cancel_order", `{"id":1939941,"issue":"SSH port refused & <gone>"}`, true, true, `{"code":0}`,
			func(ctx context.Context, c *clore.Client) error {
				return c.CancelOrder(ctx, 1939941, "SSH port refused & <gone>")
			},
		},
		{
			"SetSpotPrice", "POST", "/v1/set_spot_price", `{"order_id":5,"desired_price":0.000012}`, true, false, `{"code":0}`,
			func(ctx context.Context, c *clore.Client) error { return c.SetSpotPrice(ctx, 5, 12000) },
		},
		{
			"SetServerSettings", "POST", "/v1/set_server_settings",
			`{"CLORE-Blockchain_spot":30,"USD-Blockchain_on_demand":1.5,"availability":true,"enabled-CLORE-Blockchain":true,` +
				`"enabled-USD-Blockchain":true,"enabled-bitcoin":false,"mrl":72,"name":"rig 1"}`, true, false, `{"code":0}`,
			func(ctx context.Context, c *clore.Client) error {
				return c.SetServerSettings(ctx, clore.ServerSettings{
					Name: "rig 1", Available: true, MaxRental: 72 * time.Hour,
					OnDemand:  clore.Prices{{Amount: 3 * money.Coin / 2, Currency: money.USD}},
					SpotFloor: clore.Prices{{Amount: 30 * money.Coin, Currency: money.CLORE}},
				})
			},
		},
	}
}

// TestEveryEndpointIsListed makes a new method fail until the matrix covers it.
func TestEveryEndpointIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, e := range endpoints() {
		listed[e.method] = true
	}
	typ := reflect.TypeFor[*clore.Client]()
	for m := range typ.Methods() {
		if m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() && !listed[m.Name] {
			t.Errorf("%s is not in endpoints()", m.Name)
		}
	}
}

func TestEndpointsSendWhatIsDocumented(t *testing.T) {
	for _, e := range endpoints() {
		t.Run(e.method, func(t *testing.T) {
			s := play(t, answered{body: e.good})
			c, _ := client(t, s)
			if err := e.call(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			got := s.requests()[0]
			if got.method != e.verb || got.path != e.path || got.body != e.body {
				t.Errorf("sent %s %s %s\nwant %s %s %s", got.method, got.path, got.body, e.verb, e.path, e.body)
			}
			want := http.Header{"User-Agent": {"clorebot/test"}, "Accept": {"application/json"}, "Auth": {canaryKey}}
			if e.body != "" {
				want.Set("Content-Type", "application/json")
			}
			if !reflect.DeepEqual(got.header, want) {
				t.Errorf("headers %v, want %v", got.header, want)
			}
		})
	}
}

func TestNoKeyNoHeader(t *testing.T) {
	s := play(t, answered{body: `{"servers":[],"code":0}`})
	c, _ := client(t, s)
	if _, err := c.WithKey(secret.Text{}).Marketplace(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.requests()[0].header["Auth"]; ok {
		t.Error("an empty key was sent")
	}
}

func TestKeyThatCannotBeOne(t *testing.T) {
	for _, key := range []string{"two\r\nlines", "with space", "schlüssel", strings.Repeat("k", 300)} {
		c, _ := client(t, play(t))
		_, err := c.WithKey(secret.New(key)).Wallets(t.Context())
		var input *clore.InputError
		if !asError(err, &input) || input.Field != "auth" || strings.Contains(err.Error(), key) {
			t.Errorf("got %v", err)
		}
	}
}

func TestBaseURL(t *testing.T) {
	for url, ok := range map[string]bool{
		"": true, "https://api.clore.ai/v1": true, "https://api.clore.ai/v1/": true,
		"http://127.0.0.1:8080": true, "http://localhost:8080/v1": true, "http://[::1]:80/v1": true,
		"http://api.clore.ai/v1": false, "http://127.0.0.1.evil.test": false, "http://10.0.0.1/": false,
		"ftp://api.clore.ai": false, "https://user:pass@api.clore.ai": false, "https://": false,
		"https://a.test/?x=1": false, "api.clore.ai": false, "https://a.test/#x": false, "://": false,
	} {
		_, err := clore.New(clore.Options{BaseURL: url})
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q: the password is in %v", url, err)
		}
	}
}

func TestUserAgent(t *testing.T) {
	if _, err := clore.New(clore.Options{UserAgent: "a\r\nauth: x"}); err == nil {
		t.Error("a user agent with a header in it was taken")
	}
}
