package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

func (b *bench) inject(f simulator.Fault) {
	b.t.Helper()
	if err := b.Inject(f); err != nil {
		b.t.Fatal(err)
	}
}

// What a client sees of each fault, and whether the order exists afterwards.
func TestFaults(t *testing.T) {
	type seen struct {
		status int
		body   string // a part of it
		err    error
	}
	tests := []struct {
		name   string
		fault  simulator.Fault
		want   seen
		orders int
	}{
		{"rate", simulator.Fault{Kind: simulator.FaultRate}, seen{429, `{"code":5}`, nil}, 0},
		{"status", simulator.Fault{Kind: simulator.FaultStatus, Status: 504}, seen{504, "", nil}, 0},
		{"status with a body", simulator.Fault{Kind: simulator.FaultStatus, Status: 200, Body: `{"code":99}`}, seen{200, `{"code":99}`, nil}, 0},
		{"HTML", simulator.Fault{Kind: simulator.FaultHTML}, seen{502, "<title>", nil}, 0},
		{"HTML after execution", simulator.Fault{Kind: simulator.FaultHTML, Executed: true}, seen{502, "<title>", nil}, 1},
		{"plain text", simulator.Fault{Kind: simulator.FaultPlain}, seen{403, "error code: 1010", nil}, 0},
		{"code 1", simulator.Fault{Kind: simulator.FaultCode1}, seen{500, `{"code":1}`, nil}, 0},
		{"code 1 after execution", simulator.Fault{Kind: simulator.FaultCode1, Executed: true}, seen{500, `{"code":1}`, nil}, 1},
		{"truncated", simulator.Fault{Kind: simulator.FaultTruncated}, seen{200, `{"cod`, nil}, 1},
		{"slow", simulator.Fault{Kind: simulator.FaultSlow}, seen{200, `{"code":0}`, nil}, 1},
		{"reset", simulator.Fault{Kind: simulator.FaultReset}, seen{0, "", syscall.ECONNRESET}, 0},
		{"reset after execution", simulator.Fault{Kind: simulator.FaultReset, Executed: true}, seen{0, "", syscall.ECONNRESET}, 1},
		{"reset in the body", simulator.Fault{Kind: simulator.FaultResetBody}, seen{200, "", io.ErrUnexpectedEOF}, 1},
		{"hang", simulator.Fault{Kind: simulator.FaultHang}, seen{0, "", context.DeadlineExceeded}, 0},
		{"hang after execution", simulator.Fault{Kind: simulator.FaultHang, Executed: true}, seen{0, "", context.DeadlineExceeded}, 1},
		{"hang, then reset", simulator.Fault{Kind: simulator.FaultHang, Delay: 5 * time.Second}, seen{0, "", syscall.ECONNRESET}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
				b.inject(tt.fault)
				r := b.request(http.MethodPost, "create_order", body(nil))
				ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
				defer cancel()
				got, err := b.send(r.WithContext(ctx))
				if got.status != tt.want.status || !strings.Contains(string(got.raw), tt.want.body) || !similar(err, tt.want.err) {
					t.Errorf("saw %d %q, %v", got.status, got.raw, err)
				}
				if n := len(b.Truth().Orders); n != tt.orders {
					t.Errorf("%d orders, want %d", n, tt.orders)
				}
				if r := b.get("wallets"); r.code() != 0 {
					t.Errorf("the fault came twice: %s", r.raw)
				}
			})
		})
	}
}

// similar compares errors; a connection that dies in a body is told in more than one way.
func similar(got, want error) bool {
	if errors.Is(want, io.ErrUnexpectedEOF) && errors.Is(got, syscall.ECONNRESET) {
		return true
	}
	return errors.Is(got, want)
}

func TestLateExecution(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.inject(simulator.Fault{Kind: simulator.FaultLate, Delay: 30 * time.Second})
		if _, err := b.try(http.MethodPost, "create_order", body(nil)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("saw %v", err)
		}
		sleep(29 * time.Second)
		if n := len(b.Truth().Orders); n != 0 {
			t.Errorf("%d orders too early", n)
		}
		sleep(time.Second)
		truth := b.Truth()
		if len(truth.Orders) != 1 || !truth.Orders[0].Late || !truth.Requests[1].Late {
			t.Errorf("orders %+v, requests %+v", truth.Orders, truth.Requests)
		}
	})
}

func TestFaultsChooseRequests(t *testing.T) {
	inBubble(t, simulator.Options{Seed: 5}, func(t *testing.T, b *bench) {
		b.inject(simulator.Fault{Kind: simulator.FaultCode1, Endpoint: "wallets", Skip: 1, Count: 2})
		b.inject(simulator.Fault{Kind: simulator.FaultCode1, Key: "nobody's", Count: -1})
		b.inject(simulator.Fault{Kind: simulator.FaultHTML, Endpoint: "my_orders", Count: -1, Chance: 0.3})
		var got []int
		for range 5 {
			got = append(got, b.get("wallets").code())
		}
		if got[0] != 0 || got[1] != 1 || got[2] != 1 || got[3] != 0 || got[4] != 0 {
			t.Errorf("codes %v", got)
		}
		bad := 0
		for range 200 {
			if b.get("my_orders").status == 502 {
				bad++
			}
		}
		if bad < 40 || bad > 80 {
			t.Errorf("%d of 200 spoiled at 30 %%", bad)
		}
		b.ClearFaults()
		if r := b.get("my_orders"); r.code() != 0 {
			t.Errorf("cleared: %d", r.status)
		}
	})
	if err := newBench(t, simulator.Options{}).Inject(simulator.Fault{Kind: "smoke"}); err == nil {
		t.Error("an unknown kind was taken")
	}
}

func TestSpoiledReads(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		b.Script(script)
		o := b.rent(nil)
		sleep(10 * time.Second)
		b.inject(simulator.Fault{Kind: simulator.FaultEmpty, Endpoint: "my_orders"})
		if r := b.get("my_orders"); r.code() != 0 || len(r.body["orders"].([]any)) != 0 {
			t.Errorf("empty: %s", r.raw)
		}
		if b.listed(o.ID, false) == nil {
			t.Error("gone for good")
		}
		b.inject(simulator.Fault{Kind: simulator.FaultHuge})
		if n := b.size("marketplace"); n < 64<<20 {
			t.Errorf("huge: %d bytes", n)
		}
		b.inject(simulator.Fault{Kind: simulator.FaultRate, RetryAfter: 7})
		if r := b.get("wallets"); r.header.Get("Retry-After") != "7" {
			t.Errorf("headers %v", r.header)
		}
		b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		b.inject(simulator.Fault{Kind: simulator.FaultRedirect, Status: 307, Body: "https://evil.example/"})
		if r := b.get("wallets"); r.status != 307 || r.header.Get("Location") != "https://evil.example/" {
			t.Errorf("redirect: %d %v", r.status, r.header)
		}
	})
}

// size reads an answer without keeping it.
func (b *bench) size(path string) int64 {
	b.t.Helper()
	resp, err := b.http.Do(b.request(http.MethodGet, path, nil))
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestHostileText(t *testing.T) {
	b := newBench(t, simulator.Options{Servers: 9})
	for i, p := range simulator.Payloads() {
		b.ClearFaults()
		b.Poison(simulator.Hostile{Text: p, Fields: []string{"cpu"}, Endpoint: "marketplace"})
		s := b.get("marketplace").body["servers"].([]any)[0].(map[string]any)
		specs := s["specs"].(map[string]any)
		if specs["cpu"] != strings.ToValidUTF8(p, "\ufffd") || specs["gpu"] == p {
			t.Errorf("payload %d: cpu %.60q, gpu %q", i, specs["cpu"], specs["gpu"])
		}
		if got := b.get("wallets").body["wallets"].([]any)[0].(map[string]any)["name"]; got != btc {
			t.Errorf("payload %d: wallet %q", i, got)
		}
	}
	b.ClearFaults()
	b.Poison(simulator.Hostile{Text: "@here"})
	if got := b.get("wallets").body["wallets"].([]any)[0].(map[string]any)["name"]; got != "@here" {
		t.Errorf("every string: %q", got)
	}
}

// Whatever the body, create_order answers with one of the codes and never falls over.
func FuzzCreateOrder(f *testing.F) {
	for _, in := range []map[string]any{body(nil), body(bidding(2)), body(map[string]any{"env": map[string]string{"A": "b"}})} {
		raw, err := json.Marshal(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add(`{"currency":null}`)
	s := simulator.New(simulator.Options{Servers: 10, Limiter: simulator.Unlimited})
	key := s.AddAccount(simulator.Account{})
	h := s.Handler()
	f.Fuzz(func(t *testing.T, in string) {
		r, w := httpRequest(key, in)
		h.ServeHTTP(w, r)
		var out struct{ Code *int }
		if json.Unmarshal(w.Body.Bytes(), &out) != nil || out.Code == nil {
			t.Fatalf("%q: %d %s", in, w.Code, w.Body)
		}
	})
}
