package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/clorebot/clorebot/internal/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The currencies and the captured servers that tests rent.
const (
	usd   = "USD-Blockchain"
	clore = "CLORE-Blockchain"
	btc   = "bitcoin"

	cheap3090 = 88028  // 2 USD a day
	other3090 = 100890 // 3.4 USD a day
	odd4090   = 31148  // lists USD and refuses it
	old3090   = 25769  // an entry of 2024: BTC and CLORE only
	noWeb3090 = 88411  // its app never comes up
)

// bench is a simulator with one customer and a client of our own making.
type bench struct {
	*simulator.Simulator
	t    *testing.T
	key  string
	http *http.Client
}

// newBench makes a small market with 37.51 USD in the wallet, and lets time pass.
func newBench(t *testing.T, opts simulator.Options) *bench {
	t.Helper()
	if opts.Servers == 0 {
		opts.Servers = 30
	}
	if opts.Limiter == "" {
		opts.Limiter = simulator.Unlimited
	}
	s := simulator.New(opts)
	b := &bench{Simulator: s, t: t, http: &http.Client{Transport: s.Transport()}}
	b.key = s.AddAccount(simulator.Account{Balances: map[string]float64{usd: 37.51, clore: 90_000, btc: 0.00153176}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }() //nolint:errcheck // it ends with the context
	t.Cleanup(func() {
		cancel()
		<-ended
		s.Close()
	})
	return b
}

// inBubble runs a test with a bench under a virtual clock.
func inBubble(t *testing.T, opts simulator.Options, f func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newBench(t, opts)) })
}

// reply is an answer as the client saw it.
type reply struct {
	status int
	body   map[string]any
	raw    []byte
	header http.Header
}

func (r reply) code() int {
	if c, ok := r.body["code"].(float64); ok {
		return int(c)
	}
	return -1
}

func (r reply) text() string {
	s, _ := r.body["error"].(string)
	return s
}

func (b *bench) request(method, path string, body any) *http.Request {
	b.t.Helper()
	var raw []byte
	switch x := body.(type) {
	case nil:
	case string:
		raw = []byte(x)
	default:
		var err error
		if raw, err = json.Marshal(x); err != nil {
			b.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, "https://api.clore.ai/v1/"+path, bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("auth", b.key)
	r.Header.Set("User-Agent", "simulator-test/1")
	return r
}

func (b *bench) try(method, path string, body any) (reply, error) {
	b.t.Helper()
	return b.send(b.request(method, path, body))
}

func (b *bench) send(r *http.Request) (reply, error) {
	resp, err := b.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	out := reply{status: resp.StatusCode, raw: raw, header: resp.Header}
	json.Unmarshal(raw, &out.body) //nolint:errcheck // some answers are no JSON
	return out, err
}

func (b *bench) get(path string) reply {
	b.t.Helper()
	r, err := b.try(http.MethodGet, path, nil)
	if err != nil {
		b.t.Fatalf("GET %s: %v", path, err)
	}
	return r
}

func (b *bench) post(path string, body any) reply {
	b.t.Helper()
	r, err := b.try(http.MethodPost, path, body)
	if err != nil {
		b.t.Fatalf("POST %s: %v", path, err)
	}
	return r
}

// body is a create_order that is accepted; the changes are made to it.
func body(changes map[string]any) map[string]any {
	m := map[string]any{
		"currency": usd, "image": "cloreai/jupyter:ubuntu24.04-v2", "renting_server": cheap3090, "type": "on-demand",
		"ports": map[string]string{"22": "tcp", "8080": "http"}, "ssh_password": "abcdefgh1234567",
	}
	for k, v := range changes {
		if v == nil {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	return m
}

// rent creates an order and returns what the oracle knows of it.
func (b *bench) rent(changes map[string]any) simulator.Order {
	b.t.Helper()
	if r := b.post("create_order", body(changes)); r.code() != 0 || string(r.raw) != `{"code":0}` {
		b.t.Fatalf("create_order: %d %s", r.status, r.raw)
	}
	orders := b.Truth().Orders
	return orders[len(orders)-1]
}

// truth returns what the oracle knows of an order.
func (b *bench) truth(id int64) simulator.Order {
	b.t.Helper()
	for _, o := range b.Truth().Orders {
		if o.ID == id {
			return o
		}
	}
	b.t.Fatalf("no order %d", id)
	return simulator.Order{}
}

// listed returns an order of my_orders, or nil.
func (b *bench) listed(id int64, completed bool) map[string]any {
	b.t.Helper()
	path := "my_orders"
	if completed {
		path += "?return_completed=true"
	}
	for _, o := range b.get(path).body["orders"].([]any) {
		if m := o.(map[string]any); m["id"].(float64) == float64(id) {
			return m
		}
	}
	return nil
}

func (b *bench) balance(currency string) float64 { return b.Truth().Wallets[b.key][currency] }

func sleep(d time.Duration) {
	time.Sleep(d) // in a bubble: the clock jumps
	synctest.Wait()
}
