package simulator_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/simulator"
)

func TestTransportErrors(t *testing.T) {
	b := newBench(t, simulator.Options{Limiter: simulator.Lenient})
	tests := []struct {
		name, method, path, key, agent string
		status                         int
		body                           string
	}{
		{"no key", "GET", "wallets", "", "", 401, `{"code":3}`},
		{"wrong key", "GET", "my_orders", strings.Repeat("x", 32), "", 401, `{"code":3}`},
		{"no such endpoint", "GET", "orders", "", "", 404, `{"code":4}`},
		{"wrong method", "GET", "create_order", "", "", 404, `{"code":4}`},
		{"name of a script", "GET", "marketplace", "", "Python-urllib/3.12", 403, "error code: 1010"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := b.request(tt.method, tt.path, nil)
			r.Header.Set("auth", tt.key)
			if tt.agent != "" {
				r.Header.Set("User-Agent", tt.agent)
			}
			got, err := b.send(r)
			if err != nil || got.status != tt.status || string(got.raw) != tt.body {
				t.Errorf("got %d %s, %v; want %d %s", got.status, got.raw, err, tt.status, tt.body)
			}
		})
	}
}

func TestGoClientNameIsRefusedWhenStrict(t *testing.T) {
	for _, l := range []simulator.Limiter{simulator.Strict, simulator.Lenient} {
		b := newBench(t, simulator.Options{Limiter: l})
		r := b.request(http.MethodGet, "marketplace", nil)
		r.Header.Set("User-Agent", "Go-http-client/1.1")
		got, err := b.send(r)
		if err != nil || (got.status == 403) != (l == simulator.Strict) {
			t.Errorf("%s: %d, %v", l, got.status, err)
		}
	}
}

func TestMarketplaceNeedsNoKey(t *testing.T) {
	b := newBench(t, simulator.Options{})
	r := b.request(http.MethodGet, "marketplace", nil)
	r.Header.Del("auth")
	got, err := b.send(r)
	if err != nil || got.code() != 0 || len(got.body["servers"].([]any)) != 30 || len(got.body["my_servers"].([]any)) != 0 {
		t.Errorf("%v, %d, %d servers", err, got.status, len(got.body["servers"].([]any)))
	}
}

func TestInvalidInput(t *testing.T) {
	b := newBench(t, simulator.Options{})
	long := func(n int) string { return strings.Repeat("a", n) }
	bodies := map[string]any{
		"empty":               "",
		"not JSON":            "currency=bitcoin",
		"array":               "[]",
		"null":                "null",
		"no currency":         body(map[string]any{"currency": nil}),
		"unknown currency":    body(map[string]any{"currency": "USD"}),
		"no image":            body(map[string]any{"image": nil}),
		"no server":           body(map[string]any{"renting_server": nil}),
		"server as text":      body(map[string]any{"renting_server": "88028"}),
		"unknown type":        body(map[string]any{"type": "ondemand"}),
		"spot without a bid":  body(map[string]any{"type": "spot"}),
		"bid by a wrong name": body(map[string]any{"type": "spot", "spot_price": 3}),
		"name in capitals":    body(map[string]any{"currency": nil, "Currency": usd}),
		"negative bid":        body(map[string]any{"type": "spot", "spotprice": -1}),
		"bid as text":         body(map[string]any{"type": "spot", "spotprice": "3"}),
		"two http ports":      body(map[string]any{"ports": map[string]string{"80": "http", "8080": "http"}}),
		"udp":                 body(map[string]any{"ports": map[string]string{"53": "udp"}}),
		"port 0":              body(map[string]any{"ports": map[string]string{"0": "tcp"}}),
		"port 65536":          body(map[string]any{"ports": map[string]string{"65536": "tcp"}}),
		"port as a number":    body(map[string]any{"ports": map[string]int{"22": 22}}),
		"env of numbers":      body(map[string]any{"env": map[string]int{"A": 1}}),
		"long password":       body(map[string]any{"ssh_password": long(33)}),
		"long token":          body(map[string]any{"jupyter_token": long(33)}),
		"long key":            body(map[string]any{"ssh_key": long(3073)}),
		"supervisor as text":  body(map[string]any{"autossh_entrypoint": "true"}),
		"negative limit":      body(map[string]any{"required_price": -2}),
	}
	for name, in := range bodies {
		t.Run(name, func(t *testing.T) {
			if r := b.post("create_order", in); r.status != 400 || string(r.raw) != `{"code":2}` {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
	for path, in := range map[string]any{
		"cancel_order": map[string]any{"order_id": 5}, "set_spot_price": map[string]any{"order_id": 5},
	} {
		if r := b.post(path, in); r.code() != 2 {
			t.Errorf("%s: %d %s", path, r.status, r.raw)
		}
	}
	if r := b.get("spot_marketplace"); r.code() != 2 {
		t.Errorf("spot_marketplace: %s", r.raw)
	}
	if n := len(b.Truth().Orders); n != 0 {
		t.Errorf("%d orders came of invalid input", n)
	}
}

func TestRefusals(t *testing.T) {
	b := newBench(t, simulator.Options{})
	b.SetRented(other3090, true)   //nolint:errcheck // it exists
	b.SetOnline(noWeb3090, false)  //nolint:errcheck // it exists
	b.SetBalance(b.key, btc, 1e-9) //nolint:errcheck // it exists
	tests := []struct {
		name    string
		changes map[string]any
		status  int
		text    string
		keys    string
	}{
		{"unknown server", map[string]any{"renting_server": 1}, 200, "server-dont-exist", "code error"},
		{"offline", map[string]any{"renting_server": noWeb3090}, 200, "server-offline", "code error"},
		{"rented", map[string]any{"renting_server": other3090}, 200, "server-already-rented", "code error status"},
		{"listed but refused", map[string]any{"renting_server": odd4090}, 500, "currency-not-allowed", "code error"},
		{"no price", map[string]any{"renting_server": old3090}, 500, "currency-not-allowed", "code error"},
		{"dearer than agreed", map[string]any{"required_price": 1.99}, 200, "required_price_exceeded", "code error"},
		{"no money", map[string]any{"currency": btc}, 200, "not_enough_balance", "code error"},
		{"low bid", map[string]any{"type": "spot", "spotprice": 1.39}, 200, "too_low_price", "code error min_price"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := b.post("create_order", body(tt.changes))
			if r.status != tt.status || r.code() != 6 || r.text() != tt.text || keys(r.body) != tt.keys {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
	if r := b.post("create_order", body(map[string]any{"env": map[string]string{"A": "Commerce & Product"}})); r.status != 500 || string(r.raw) != `{"code":1}` {
		t.Errorf("an & in env: %d %s", r.status, r.raw)
	}
	if n := len(b.Truth().Orders); n != 0 {
		t.Errorf("%d orders came of refusals", n)
	}
	b.rent(map[string]any{"required_price": 2})
}

func TestOwnAndGigaSPOTServersAreRefused(t *testing.T) {
	b := newBench(t, simulator.Options{Servers: 300})
	b.AddAccount(simulator.Account{Key: b.key, Hosts: 1})
	market := b.get("marketplace").body
	mine := market["my_servers"].([]any)
	if len(mine) != 1 {
		t.Fatalf("my_servers: %v", mine)
	}
	if r := b.post("create_order", body(map[string]any{"renting_server": mine[0], "currency": btc})); r.text() != "cant_rent_from_yourself" {
		t.Errorf("own server: %s", r.raw)
	}
	for _, s := range market["servers"].([]any) {
		if s := s.(map[string]any); s["gigaspot"] == true {
			if r := b.post("create_order", body(map[string]any{"renting_server": s["id"]})); r.text() != "machine-is-on-gigaspot" {
				t.Errorf("GigaSPOT: %s", r.raw)
			}
			return
		}
	}
	t.Error("no server is in GigaSPOT")
}

func TestGuardAgainstSecondOrder(t *testing.T) {
	b := newBench(t, simulator.Options{})
	b.rent(nil)
	if r := b.post("create_order", body(nil)); r.text() != "server-already-rented" {
		t.Errorf("with the guard: %s", r.raw)
	}
	b = newBench(t, simulator.Options{NoGuard: true})
	first, second := b.rent(nil), b.rent(nil)
	if first.ID == second.ID || first.Server != second.Server {
		t.Errorf("without the guard: %v, %v", first, second)
	}
	if r := b.post("cancel_order", map[string]any{"id": first.ID}); r.code() != 0 {
		t.Errorf("cancel: %s", r.raw)
	}
	if !b.truth(second.ID).Active || b.truth(first.ID).Active {
		t.Error("the cancel hit the other order")
	}
}

func TestCancel(t *testing.T) {
	b := newBench(t, simulator.Options{})
	o := b.rent(nil)
	stranger := b.AddAccount(simulator.Account{})
	cancel := func(key string, body map[string]any) reply {
		r := b.request(http.MethodPost, "cancel_order", body)
		r.Header.Set("auth", key)
		got, err := b.send(r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	steps := []struct {
		key  string
		body map[string]any
		want string
	}{
		{b.key, map[string]any{"id": o.ID, "issue": strings.Repeat("x", 2049)}, "issue_description_too_long"},
		{b.key, map[string]any{"id": 7}, "order_not_found"},
		{stranger, map[string]any{"id": o.ID}, "you_dont_own_this_order"},
		{b.key, map[string]any{"id": o.ID, "issue": "no GPU", "order_id": 1}, ""},
		{b.key, map[string]any{"id": o.ID}, "order_not_active"},
	}
	for _, s := range steps {
		if got := cancel(s.key, s.body); got.text() != s.want || (s.want == "") != (got.code() == 0) {
			t.Errorf("cancel %v: %s, want %q", s.body["id"], got.raw, s.want)
		}
	}
	if got := b.truth(o.ID); got.Reason != "cancel" || got.Ended.IsZero() {
		t.Errorf("the oracle says %+v", got)
	}
}

func TestWallets(t *testing.T) {
	b := newBench(t, simulator.Options{})
	var got []string
	for _, w := range b.get("wallets").body["wallets"].([]any) {
		got = append(got, w.(map[string]any)["name"].(string)+": "+keys(w.(map[string]any)))
	}
	want := []string{"bitcoin: balance deposit name withdrawal_fee", "CLORE-Blockchain: balance name", "USD-Blockchain: balance name"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestHostSide(t *testing.T) {
	b := newBench(t, simulator.Options{})
	b.AddAccount(simulator.Account{Key: b.key, Hosts: 2})
	servers := b.get("my_servers").body["servers"].([]any)
	if len(servers) != 2 {
		t.Fatalf("%d servers", len(servers))
	}
	name := servers[0].(map[string]any)["name"]
	set := map[string]any{
		"name": name, "availability": true, "mrl": 48, "USD-Blockchain_on_demand": 7.5, "USD-Blockchain_spot": 3,
		"enabled-USD-Blockchain": true, "autoprice": false,
	}
	if r := b.post("set_server_settings", set); r.code() != 0 {
		t.Fatalf("set: %s", r.raw)
	}
	r, err := b.try(http.MethodGet, "server_config", map[string]any{"server_name": name})
	if err != nil {
		t.Fatal(err)
	}
	config := r.body["config"].(map[string]any)
	if config["mrl"] != 48.0 || config["pricing"].(map[string]any)[usd] != 7.5 || config["spot_pricing"].(map[string]any)[usd] != 3.0 {
		t.Errorf("config: %s", r.raw)
	}
	refusals := []struct {
		change string
		value  any
		want   string
	}{
		{"name", "nobody's", "server_dont_exist"},
		{"mrl", 0, "invalid_mrl"},
		{"mrl", nil, "not_all_parameters_present"},
		{"availability", "yes", "invalid_input"},
		{"bitcoin_spot", -1, "invalid_input"},
	}
	for _, tt := range refusals {
		changed := map[string]any{}
		maps.Copy(changed, set)
		if changed[tt.change] = tt.value; tt.value == nil {
			delete(changed, tt.change)
		}
		if r := b.post("set_server_settings", changed); r.text() != tt.want {
			t.Errorf("%s = %v: %s, want %s", tt.change, tt.value, r.raw, tt.want)
		}
	}
}
