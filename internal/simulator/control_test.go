package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/simulator"
)

// toward sends requests to a server on loopback, whatever host they name.
func toward(base string) http.RoundTripper { return &redirected{base: base} }

type redirected struct {
	http.Transport
	base string
}

func (x *redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	u, err := url.Parse(x.base)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = u.Scheme, u.Host
	return x.Transport.RoundTrip(r)
}

// The command, its one line, and its control interface over real HTTP.
func TestMainAndControl(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var complaints bytes.Buffer
	exit := make(chan int, 1)
	go func() {
		exit <- simulator.Main(ctx, []string{"--listen", "127.0.0.1:0", "--seed", "7", "--speed", "10", "--limiter", "unlimited", "--servers", "30", "--latency", "0s"}, in, &complaints)
	}()
	var ready struct {
		Base    string `json:"base_url"`
		Control string `json:"control_url"`
		Key     string `json:"api_key"`
	}
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		t.Fatal(err, complaints.String())
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	control := func(method, path, body string) (int, []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, method, ready.Control+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, raw
	}
	steps := []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/faults", `{"endpoint":"wallets","kind":"code1","count":1}`, 204},
		{"POST", "/faults", `{"kind":"hang","delay":"2.5s"}`, 204},
		{"POST", "/faults", `{"kind":"smoke"}`, 400},
		{"POST", "/faults", `{"kind":"hang","delay":"soon"}`, 400},
		{"POST", "/faults", `{"kind":"hang","delays":"1s"}`, 400},
		{"DELETE", "/faults", "", 204},
		{"POST", "/scripts", `{"server":88028,"visible":"1ms","shell":"never"}`, 204},
		{"POST", "/servers/88028", `{"price_factor":1.5,"online":true,"rented":false}`, 204},
		{"POST", "/servers/1", `{"online":false}`, 404},
		{"POST", "/servers/x", `{}`, 400},
		{"POST", "/orders/1", `{"end":"test"}`, 404},
		{"POST", "/accounts/" + ready.Key, `{"balances":{"USD-Blockchain":5}}`, 204},
		{"POST", "/accounts/nobody", `{"revoked":true}`, 404},
		{"POST", "/hostile", `{"text":"@everyone","fields":["mb"]}`, 204},
		{"GET", "/payloads", "", 200},
		{"GET", "/nothing", "", 404},
	}
	for _, s := range steps {
		if got, raw := control(s.method, s.path, s.body); got != s.want {
			t.Errorf("%s %s %s: %d %s", s.method, s.path, s.body, got, raw)
		}
	}
	if _, raw := control("POST", "/accounts", `{"balances":{"bitcoin":1},"hosts":1}`); !strings.Contains(string(raw), "api_key") {
		t.Errorf("new account: %s", raw)
	}
	b := &bench{t: t, key: ready.Key, http: &http.Client{Transport: toward(ready.Base)}}
	if r := b.post("create_order", body(nil)); r.code() != 0 {
		t.Errorf("create_order: %d %s", r.status, r.raw)
	}
	_, raw := control("GET", "/oracle", "")
	var truth simulator.Truth
	if err := json.Unmarshal(raw, &truth); err != nil || len(truth.Orders) != 1 || truth.Orders[0].Price != 3 || truth.Wallets[ready.Key][usd] > 5 {
		t.Errorf("the oracle: %v, %+v", err, truth)
	}
	if got, raw := control("POST", "/orders/"+truthID(truth), `{"end":"test"}`); got != 204 {
		t.Errorf("end: %d %s", got, raw)
	}
	b.http.CloseIdleConnections()
	cancel()
	if status := <-exit; status != 0 {
		t.Errorf("exit status %d: %s", status, complaints.String())
	}
}

func truthID(t simulator.Truth) string {
	raw, _ := json.Marshal(t.Orders[0].ID)
	return string(raw)
}

func TestMainRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"--limiter", "soft"}, {"--speed", "0"}, {"--nothing"}, {"extra"},
	} {
		var out, complaints bytes.Buffer
		if status := simulator.Main(t.Context(), args, &out, &complaints); status != 2 || complaints.Len() == 0 || out.Len() != 0 {
			t.Errorf("%v: status %d, %q, %q", args, status, out.String(), complaints.String())
		}
	}
	var out, complaints bytes.Buffer
	if status := simulator.Main(t.Context(), []string{"--listen", "256.0.0.1:1"}, &out, &complaints); status != 1 || complaints.Len() == 0 {
		t.Errorf("a bad address: status %d, %q", status, complaints.String())
	}
	if status := simulator.Main(t.Context(), []string{"-h"}, &out, &complaints); status != 0 {
		t.Errorf("help: status %d", status)
	}
}
