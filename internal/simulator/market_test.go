package simulator_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

func httpRequest(key, in string) (*http.Request, *httptest.ResponseRecorder) {
	r := httptest.NewRequest(http.MethodPost, "/v1/create_order", strings.NewReader(in))
	r.Header.Set("auth", key)
	r.Header.Set("User-Agent", "test")
	return r, httptest.NewRecorder()
}

func (b *bench) servers() []map[string]any {
	b.t.Helper()
	var out []map[string]any
	for _, s := range b.get("marketplace").body["servers"].([]any) {
		out = append(out, s.(map[string]any))
	}
	return out
}

func TestMarketIsOfTheSeed(t *testing.T) {
	inBubble(t, simulator.Options{Seed: 7, Servers: 300}, func(t *testing.T, b *bench) {
		twin, other := newBench(t, simulator.Options{Seed: 7, Servers: 300}), newBench(t, simulator.Options{Seed: 8, Servers: 300})
		if twin.key != b.key || other.key == b.key {
			t.Error("keys do not follow the seed")
		}
		for range 3 {
			mine := b.get("marketplace").raw
			if !bytes.Equal(mine, twin.get("marketplace").raw) || bytes.Equal(mine, other.get("marketplace").raw) {
				t.Error("the market does not follow the seed")
			}
			sleep(time.Hour)
		}
	})
}

func TestPricesMove(t *testing.T) {
	inBubble(t, simulator.Options{Servers: 300}, func(t *testing.T, b *bench) {
		first := b.get("marketplace").raw
		sleep(9 * time.Minute)
		if !bytes.Equal(first, b.get("marketplace").raw) {
			t.Error("moved too early")
		}
		sleep(2 * time.Minute)
		if bytes.Equal(first, b.get("marketplace").raw) {
			t.Error("did not move")
		}
		sleep(7 * 24 * time.Hour)
		rented := 0
		for _, s := range b.servers() {
			if s["rented"] == true {
				rented++
			}
			if usd, there := s["price"].(map[string]any)["usd"].(map[string]any); there {
				on := s["price"].(map[string]any)["on_demand"].(map[string]any)
				if rate := usd["on_demand_btc"].(float64) / on[btc].(float64); rate < 63_999 || rate > 64_121 {
					t.Errorf("a bitcoin is worth %v", rate)
				}
			}
		}
		if rented < 150 || rented > 220 {
			t.Errorf("%d of 300 are rented after a week", rented)
		}
	})
}

// The market must have the variety, and the oddities, of the real one.
func TestMarketIsBelievable(t *testing.T) {
	b := newBench(t, simulator.Options{Servers: 2100, Seed: 1})
	r := b.get("marketplace")
	if n := len(r.raw); n < 1_800_000 || n > 2_600_000 {
		t.Errorf("%d bytes", n)
	}
	count := map[string]int{}
	var free []float64
	disk := regexp.MustCompile(`^\S* \d+(\.\d+)?GB$`)
	for _, s := range b.servers() {
		price, specs := s["price"].(map[string]any), s["specs"].(map[string]any)
		on, floor := price["on_demand"].(map[string]any), price["spot"].(map[string]any)
		coins := s["allowed_coins"].([]any)
		gpus, _ := s["gpu_array"].([]any)
		tally := map[string]bool{
			"rented": s["rented"] == true, "old": price["usd"] == nil, "no gpu_array": gpus == nil, "btc only": len(on) == 1,
			"mixed": strings.Contains(specs["gpu"].(string), "Mixed"), "laptop": strings.Contains(specs["gpu"].(string), "Laptop"),
			"unrated": s["rating"].(map[string]any)["cnt"] == 0.0, "gigaspot": s["gigaspot"] == true, "autoprice": s["autoprice"] != nil,
			"x20": strings.Contains(specs["disk"].(string), "x20"), "nameless disk": specs["disk"].(string)[0] == ' ',
			"floor above price": floor[btc] != nil && on[btc] != nil && floor[btc].(float64) > on[btc].(float64),
			"usd price":         on[usd] != nil, "usd accepted": on[usd] != nil && slices.Contains(coins, any(usd)),
			"partial": s["partial_gpu_rental"] != nil, "stock_oc": specs["stock_oc"] != nil, "dead disk": specs["disk_speed"] == 0.0,
		}
		for k, yes := range tally {
			if yes {
				count[k]++
			}
		}
		if !disk.MatchString(specs["disk"].(string)) {
			t.Errorf("disk %q", specs["disk"])
		}
		for _, g := range gpus {
			if g := g.(string); g[0] != ' ' || strings.Contains(g, "GeForce") {
				t.Errorf("gpu %q", g)
			}
		}
		if specs["gpu"] == "1x NVIDIA GeForce RTX 4090" && s["rented"] == false && slices.Contains(coins, any(usd)) {
			free = append(free, on[usd].(float64)/24)
		}
	}
	ranges := map[string][2]int{
		"rented": {1150, 1370}, "old": {100, 240}, "no gpu_array": {100, 240}, "btc only": {20, 140}, "mixed": {20, 150}, "laptop": {5, 60},
		"unrated": {600, 1100}, "gigaspot": {15, 90}, "autoprice": {900, 1600}, "x20": {500, 1500}, "nameless disk": {80, 300},
		"floor above price": {80, 300}, "usd price": {1000, 1300}, "usd accepted": {930, 1200}, "partial": {20, 300}, "stock_oc": {150, 600}, "dead disk": {300, 800},
	}
	for k, r := range ranges {
		if n := count[k]; n < r[0] || n > r[1] {
			t.Errorf("%s: %d servers, want %d to %d", k, n, r[0], r[1])
		}
	}
	slices.Sort(free)
	if n := len(free); n < 25 || free[n/2] < 0.09 || free[n/2] > 0.16 || free[0] < 0.05 {
		t.Errorf("%d free RTX 4090 from %v, half below %v USD/h", n, free[0], free[n/2])
	}
}

func TestCapturedServersAreAlwaysThere(t *testing.T) {
	b := newBench(t, simulator.Options{Servers: 1})
	found := map[float64]map[string]any{}
	for _, s := range b.servers() {
		found[s["id"].(float64)] = s
	}
	for _, id := range []float64{cheap3090, other3090, odd4090, old3090, noWeb3090, 25756, 25726, 110776, 111444} {
		if found[id] == nil {
			t.Errorf("no server %v", id)
		}
	}
	old := found[25756]
	if keys(old) != "allowed_coins cuda_version id mrl owner price rating reliability rented specs" {
		t.Errorf("an entry of 2024 has %s", keys(old))
	}
	if p := found[111444]["price"].(map[string]any)["on_demand"].(map[string]any); p[btc] != 0.00015609 || p[clore] != 8002.07 || p[usd] != 10.0 {
		t.Errorf("server 111444 costs %v", p)
	}
}

func TestServerEvents(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		at := func() map[string]any {
			for _, s := range b.servers() {
				if s["id"] == float64(cheap3090) {
					return s
				}
			}
			return nil
		}
		if err := b.ScalePrice(cheap3090, 1.5); err != nil {
			t.Fatal(err)
		}
		if p := at()["price"].(map[string]any)["on_demand"].(map[string]any)[usd]; p != 3.0 {
			t.Errorf("price %v", p)
		}
		b.SetRented(cheap3090, true) //nolint:errcheck // it exists
		if at()["rented"] != true {
			t.Error("not rented")
		}
		b.SetOnline(cheap3090, false) //nolint:errcheck // it exists
		if at() == nil {
			t.Error("left the list at once")
		}
		sleep(11 * time.Minute)
		if at() != nil {
			t.Error("a host that is away for long must leave the list")
		}
		b.SetOnline(cheap3090, true) //nolint:errcheck // it exists
		if at() == nil {
			t.Error("did not come back")
		}
		for name, err := range map[string]error{
			"server": b.SetOnline(1, true), "factor": b.ScalePrice(cheap3090, -1), "order": b.End(1, "x"), "account": b.SetBalance("x", usd, 1), "key": b.Revoke("x"),
		} {
			if err == nil {
				t.Errorf("a wrong %s was taken", name)
			}
		}
	})
}
