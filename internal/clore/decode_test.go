package clore_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

func amount(t *testing.T, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func orders(t *testing.T, body string) ([]clore.Order, error) {
	t.Helper()
	c, _ := client(t, &script{t: t, always: &answered{body: body}})
	return c.MyOrders(t.Context(), true)
}

func TestMyOrders(t *testing.T) {
	got, err := orders(t, file(t, "orders.json"))
	if err != nil {
		t.Fatal(err)
	}
	usd := func(s string) money.Money { return money.Money{Amount: amount(t, s), Currency: money.USD} }
	want := []clore.Order{
		{
			ID: 1939941, Server: 88028, Kind: clore.OnDemand, Price: usd("2"), CreationFee: usd("0.1"),
			Spend: usd("0.001388889"), Created: time.Unix(1783703890, 0).UTC(), MaxRental: 7 * 24 * time.Hour,
			Image: "owner/image:v1", Online: true, Hosts: []string{"n1.us.clorecloud.net"},
			Ports: []clore.PortMap{{Container: 22, Public: 1972}}, HTTPPort: 8080,
			HTTPHost: "2q8138x0hvvzh.us.clorecloud.net", GPUs: []string{"RTX 3090"}, GPUMemory: 24,
			CUDA: "13.0", Country: "US", Reliability: 1, Rating: clore.Rating{Average: 4.64, Count: 44},
		},
		{
			ID: 1957892, Server: 28726, Kind: clore.OnDemand, Price: usd("1.83"), CreationFee: usd("0.1"),
			Spend: usd("0.021307639"), Created: time.Unix(1784197589, 0).UTC(), Ended: time.Unix(1784198537, 0).UTC(),
			Expired: true, Image: "cloreai/jupyter:ubuntu24.04-v2", Container: clore.Deployed, Online: true,
			GPUs: []string{"RTX 4090", "RTX 4090"}, GPUMemory: 24,
		},
		{
			ID: 7, Server: 8, Kind: clore.Spot, Price: money.Money{Amount: 12000, Currency: money.BTC},
			CreationFee: money.Money{Currency: money.BTC}, Spend: money.Money{Currency: money.BTC},
			HTTPPort: 8888, Hosts: []string{"n1.msk.cloreai.ru"}, GPUs: []string{"RTX 5090", "RTX 3090"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A list from which an order could be missing is no list.
func TestUnreadableOrdersAreAnError(t *testing.T) {
	for _, body := range []string{
		`{"code":0}`, `{"orders":null,"code":0}`, `{"orders":{},"code":0}`, `{"orders":"x","code":0}`,
		`{"orders":[{"id":1,"si":2},{"id":1}],"code":0}`, `{"orders":[null],"code":0}`,
		`{"orders":[{"id":"x","si":2}],"code":0}`, `{"orders":[7],"code":0}`, `{"orders":[{"id":1,"si":-2}],"code":0}`,
		`{"orders":[],"code":6}`, `{"orders":[],"code":1}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := client(t, roundTripOnce(body))
			got, err := c.MyOrders(t.Context(), false)
			if err == nil || got != nil {
				t.Errorf("%s: got %v, %v", body, got, err)
			}
		})
	}
}

func TestHostileOrder(t *testing.T) {
	long := strings.Repeat("A", 200_000)
	body, err := json.Marshal(map[string]any{"code": 0, "orders": []any{map[string]any{
		"id": 1, "si": 2, "image": long, "currency": "x\u202e" + long, "price": -3, "ct": 1e300, "mrl": -1,
		"pub_cluster": []any{"-oProxyCommand=x", "a b;rm", long, 5}, "tcp_ports": []any{"22:99999", "22", ":", "0:1", "22:-1", "22: 33"},
		"http_pub": "evil.test/@x", "http_port": 99999, "gpu_array": []any{long, []any{"\u0000"}}, "reliability": 9,
		"mon_container": -2, "cuda_version": long,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := orders(t, string(body))
	if err != nil {
		t.Fatal(err)
	}
	o := got[0]
	if _, _, ok := o.SSH(); ok || o.HTTPHost != "" || o.HTTPPort != 0 || o.Price.Amount != 0 || !o.Created.IsZero() ||
		o.MaxRental != 0 || len(o.Image) != 255 || len(o.Price.Currency) > 32 || o.CUDA != "" || o.Container != 0 ||
		!cmp.Equal(o.Ports, []clore.PortMap{{Container: 22, Public: 33}}) || len(o.GPUs) != 1 || len(o.GPUs[0]) != 128 {
		t.Errorf("%+.300v", o)
	}
}

func roundTripOnce(body string) roundTrip { return answered{body: body}.response }

func market(t testing.TB, body string) (*clore.Marketplace, error) {
	t.Helper()
	c, err := clore.New(clore.Options{Transport: roundTripOnce(body), Pace: clore.Pace{Gap: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Marketplace(t.Context())
}

func TestMarketplace(t *testing.T) {
	got, err := market(t, file(t, "marketplace.json"))
	if err != nil {
		t.Fatal(err)
	}
	in := func(c money.Currency, s string) money.Money { return money.Money{Amount: amount(t, s), Currency: c} }
	want := &clore.Marketplace{
		Servers: []clore.Server{
			{
				ID: 25756, Owner: 9177, MaxRental: 72 * time.Hour, Rented: true,
				OnDemand:  clore.Prices{in(money.CLORE, "17"), in(money.BTC, "0.00007")},
				SpotFloor: clore.Prices{in(money.CLORE, "16"), in(money.BTC, "0.000061")},
				Coins:     []money.Currency{money.BTC, money.CLORE},
				GPUs:      []string{"RTX 4090"}, GPUMemory: 24, CPU: "AMD Ryzen 9 7900X 12-Core Processor",
				Cores: 12, Threads: 24, RAM: 31.2286, Board: "B650M DS3H", DiskModel: "DGSM3512GM23T",
				DiskSize: 456.0399, DiskSpeed: 2860.51, Up: 89.17683352054453, Down: 88.86240416895164, Country: "RU",
				PCIeVersion: 4, PCIeLanes: 16, PowerLimits: []int{450}, CUDA: "12.2", Reliability: 0.0357,
				Rating: clore.Rating{Average: 1, Count: 1},
			},
			{
				ID: 111444, Owner: 5, MaxRental: 1440 * time.Hour, GigaSPOT: true,
				OnDemand:  clore.Prices{in(money.USD, "10"), in(money.CLORE, "8002.07"), in(money.BTC, "0.00015609")},
				SpotFloor: clore.Prices{},
				USD: map[money.Currency]money.Amount{
					money.BTC: amount(t, "10.008412266"), money.CLORE: amount(t, "10.000076449"), money.USD: amount(t, "10"),
				},
				Coins: []money.Currency{money.CLORE}, GPUs: []string{"RTX 5090 Laptop GPU", "H100 80GB HBM3"},
				GPUMemory: 12, DiskSize: 62.9768, Country: "US", CUDA: "13.0", Reliability: 1,
			},
			{
				ID: 25769, MaxRental: 24 * time.Hour, Rented: true,
				OnDemand: clore.Prices{in(money.USD, "1.5"), in("DOGE-Blockchain", "3")},
				Coins:    []money.Currency{money.USD, "DOGE-Blockchain"},
				GPUs:     slices.Repeat([]string{"Tesla V100 SXM2 32GB"}, 8), DiskModel: "SPCC Solid State", DiskSize: 96.8613,
				Rating: clore.Rating{Count: 3},
			},
			{ID: 111445, Rented: true, Coins: []money.Currency{}},
		},
		Mine: []clore.ServerID{3, 4}, Skipped: 7,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestModels(t *testing.T) {
	for text, want := range map[string][]string{
		"1x NVIDIA GeForce RTX 3090":            {"RTX 3090"},
		"1x NVIDIA GeForce RTX 5090 Laptop GPU": {"RTX 5090 Laptop GPU"},
		"2x NVIDIA RTX A4500":                   {"RTX A4500", "RTX A4500"},
		"1x NVIDIA H100 80GB HBM3":              {"H100 80GB HBM3"},
		"1x NVIDIA A100-SXM4-80GB":              {"A100-SXM4-80GB"},
		"1x Tesla V100SXM216GB":                 {"Tesla V100 SXM2 16GB"},
		"1x P100SXM2":                           {"P100 SXM2"},
		"1x nvidia geforce GTX 1070":            {"GTX 1070"},
		"2x Mixed GPUs":                         {"Mixed GPUs", "Mixed GPUs"},
		"1x AMD Radeon RX 7900 XTX":             {"Radeon RX 7900 XTX"},
		"NVIDIA GeForce RTX 3090":               nil,
		"999999999x RTX 3090":                   nil,
		"0x RTX 3090":                           nil,
		"1x ":                                   nil,
		"":                                      nil,
	} {
		m, err := market(t, `{"servers":[{"id":1,"specs":{"gpu":"`+text+`"}}],"code":0}`)
		if err != nil || !cmp.Equal(m.Servers[0].GPUs, want) {
			t.Errorf("%q: %q, %v", text, m.Servers[0].GPUs, err)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"  RTX  3090 ":                   "RTX 3090",
		"a\x00b\x1b[31mc":                "ab[31mc",
		"x\u202ey\u2066z\u200b\ufeff":    "xyz",
		"a\xffb\ufffd":                   "ab",
		"a\r\n\tb":                       "a b",
		"ÄÖ ü 日本":                        "ÄÖ ü 日本",
		strings.Repeat("y", 2000):        strings.Repeat("y", 20),
		strings.Repeat("日", 2000):        strings.Repeat("日", 20),
		strings.Repeat("ab ", 7) + "end": "ab ab ab ab ab ab ab",
	} {
		if got := clore.Clean(in, 20); got != want {
			t.Errorf("%.40q: %q, want %q", in, got, want)
		}
	}
}

// presentable reports whether a text can go anywhere.
func presentable(s string, most int) bool {
	bad := func(r rune) bool { return !unicode.IsPrint(r) }
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && strings.IndexFunc(s, bad) < 0 &&
		strings.TrimSpace(s) == s
}

func TestSpotMarketplace(t *testing.T) {
	const full = `{"market":{"offers":[{"offer_id":123,"bid":0.000012,"active":true,"my":true,"currency":"bitcoin"},{"offer_id":124,"bid":2},{"bid":1},{"offer_id":5,"bid":-1}],
		"server":{"min_pricing":{"bitcoin":0.000001},"mrl":73,"visibility":"public","online":true},
		"currency_rates_in_usd":{"bitcoin":64000,"CLORE-Blockchain":0.00125,"USD-Blockchain":1}},"exists":true,"code":0}`
	for body, want := range map[string]*clore.SpotMarket{
		full: {
			Exists: true, Online: true, Public: true, MaxRent: 73 * time.Hour,
			Floor: clore.Prices{{Amount: 1000, Currency: money.BTC}},
			Offers: []clore.SpotOffer{
				{Order: 123, Bid: money.Money{Amount: 12000, Currency: money.BTC}, Active: true, Mine: true},
				{Order: 124, Bid: money.Money{Amount: 2 * money.Coin}},
			},
			Rates: money.Rates{money.BTC: 64000 * money.Coin, money.CLORE: 1250000, money.USD: money.Coin},
		},
		`{"exists":false,"code":0}`:                                  {},
		`{"exists":false,"market":{"offers":[{}]},"code":0}`:         {},
		`{"exists":true,"market":{"offers":null},"code":0}`:          {Exists: true},
		`{"exists":true,"market":{"offers":[],"server":7},"code":0}`: {Exists: true},
	} {
		c, _ := client(t, roundTripOnce(body))
		got, err := c.SpotMarketplace(t.Context(), 7)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(d, err)
		}
	}
}

func TestWallets(t *testing.T) {
	c, _ := client(t, roundTripOnce(`{"wallets":[{"name":"bitcoin","deposit":"tb1q6erw7v","balance":0.00153176,"withdrawal_fee":0.0001},
		{"name":"CLORE-Blockchain","balance":0},{"name":"USD-Blockchain","balance":37.51}],"code":0}`))
	got, err := c.Wallets(t.Context())
	want := []clore.Wallet{
		{Balance: money.Money{Amount: 1531760, Currency: money.BTC}, Deposit: "tb1q6erw7v", WithdrawalFee: 100000},
		{Balance: money.Money{Currency: money.CLORE}},
		{Balance: money.Money{Amount: 37510000000, Currency: money.USD}},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
	for _, body := range []string{
		`{"code":0}`, `{"wallets":{},"code":0}`, `{"wallets":[{"name":"bitcoin"}],"code":0}`,
		`{"wallets":[{"name":"bitcoin","balance":null}],"code":0}`, `{"wallets":[{"balance":1}],"code":0}`,
		`{"wallets":[{"name":"bitcoin","balance":1e40}],"code":0}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := client(t, roundTripOnce(body))
			if _, err := c.Wallets(t.Context()); classOf(err) != unavailable {
				t.Errorf("%s: %v", body, err)
			}
		})
	}
}

func TestHostServers(t *testing.T) {
	c, _ := client(t, play(t,
		answered{body: `{"servers":[{"name":"rig 1","connected":true,"visibility":"public","pricing":{"bitcoin":0.0001},"online":true,"min_spot_pricing":{"bitcoin":0.00001},"allowed_currencies":["bitcoin"],"specs":{}},{"name":"new","init_token":"x","visibility":"hidden"},{}],"limit":5,"code":0}`},
		answered{body: `{"config":{"name":"rig 1","connected":true,"visibility":"hidden","pricing":{"USD-Blockchain":1.5},"spot_pricing":{"USD-Blockchain":1},"mrl":96,"online":false,"initialized":true,"id":42,"rental_status":2,"allowed_coins":["USD-Blockchain"],"autoprice":false},"creation_completed":true,"code":0}`},
	))
	servers, err := c.MyServers(t.Context())
	btc := func(a money.Amount) clore.Prices { return clore.Prices{{Amount: a, Currency: money.BTC}} }
	want := []clore.HostServer{
		{Name: "rig 1", Connected: true, Online: true, Public: true, Prices: btc(100000), SpotFloor: btc(10000), Coins: []money.Currency{money.BTC}},
		{Name: "new", Coins: []money.Currency{}},
	}
	if d := cmp.Diff(want, servers); d != "" || err != nil {
		t.Error(d, err)
	}
	config, err := c.ServerConfig(t.Context(), "rig 1")
	usd := func(a money.Amount) clore.Prices { return clore.Prices{{Amount: a, Currency: money.USD}} }
	wantConfig := &clore.ServerConfig{
		HostServer: clore.HostServer{ID: 42, Name: "rig 1", Connected: true, Prices: usd(1.5e9), SpotFloor: usd(1e9), Coins: []money.Currency{money.USD}},
		MaxRental:  96 * time.Hour, Rental: clore.RentedOnDemand, Complete: true,
	}
	if d := cmp.Diff(wantConfig, config); d != "" || err != nil {
		t.Error(d, err)
	}
}

// TestCaptures reads what the live API once answered, where the captures are at hand.
func TestCaptures(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "contracts", "samples")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no captures here: ", root)
	}
	b, err := os.ReadFile(filepath.Join(root, "kratos", "marketplace-3-servers-from-market.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := market(t, string(b))
	if err != nil || len(m.Servers) != 3 || m.Skipped != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, s := range m.Servers {
		if len(s.GPUs) == 0 || len(s.OnDemand) == 0 || s.DiskSize == 0 || s.Threads == 0 || s.CUDA == "" || len(s.Coins) == 0 {
			t.Errorf("%+v", s)
		}
	}
	var sample struct{ Sample json.RawMessage }
	b, err = os.ReadFile(filepath.Join(root, "gpuvietnam", "clore-my-orders-sample.json"))
	if err != nil || json.Unmarshal(b, &sample) != nil {
		t.Fatal(err)
	}
	list, err := orders(t, `{"orders":[`+string(sample.Sample)+`],"code":0}`)
	if err != nil {
		t.Fatal(err)
	}
	if host, port, ok := list[0].SSH(); !ok || host != "n1.us.clorecloud.net" || port != 1972 {
		t.Errorf("%+v", list[0])
	}
}

// TestCapturedAnswers replays status and body pairs of the captures against create_order.
func TestCapturedAnswers(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "contracts", "samples", "gpuvietnam")
	names, err := filepath.Glob(filepath.Join(root, "*.json"))
	if err != nil || len(names) == 0 {
		t.Skip("no captures here: ", root)
	}
	found := 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		walk(v, func(status int, body map[string]any) {
			found++
			raw, _ := json.Marshal(body)
			c, _ := client(t, roundTrip(answered{status: status, body: string(raw)}.response))
			err := c.SetSpotPrice(t.Context(), 1, 1)
			code, _ := body["code"].(float64)
			want := map[float64]class{0: class("none: <nil>"), 1: unknown, 5: definite, 6: definite}[code]
			if classOf(err) != want {
				t.Errorf("%s: %d %s: %v", filepath.Base(name), status, raw, err)
			}
		})
	}
	if found < 10 {
		t.Errorf("only %d answers in the captures", found)
	}
}

// walk finds objects with a status and the code of an answer, in its payload or beside it.
func walk(v any, f func(int, map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walk(e, f)
		}
	case map[string]any:
		status, ok := v["status"].(float64)
		body := v
		if p, is := v["payload"].(map[string]any); is {
			body = p
		}
		if code, has := body["code"].(float64); ok && has && code != 5 {
			answer := map[string]any{"code": code}
			e, is := body["error"].(string)
			if is {
				answer["error"] = e
			}
			if is || code != 6 {
				f(int(status), answer)
			}
		}
		for _, e := range v {
			walk(e, f)
		}
	}
}

// A list of strings reads alike in every form that Clore's own clients have met.
func TestLists(t *testing.T) {
	for raw, want := range map[string][]string{
		`["a","b"]`: {"a", "b"}, `[ "a" , "b" ]`: {"a", "b"}, `[]`: nil, `null`: nil, `{}`: nil, `7`: nil, `""`: nil,
		`"a"`: {"a"}, `[["a"],["b"]]`: {"a", "b"}, `[null,"a",5,true]`: {"a"}, `["a\u0062","c\"d"]`: {"ab", `c"d`},
		`["[a","{b"]`: {"[a", "{b"}, `["a,b",""]`: {"a,b"}, `[{"x":"y"},"a"]`: {"a"}, `["ä"]`: {"ä"},
	} {
		got, err := orders(t, `{"orders":[{"id":1,"si":2,"pub_cluster":`+raw+`}],"code":0}`)
		if err != nil || !cmp.Equal(got[0].Hosts, want) {
			t.Errorf("%s: %q, %v", raw, got[0].Hosts, err)
		}
	}
}
