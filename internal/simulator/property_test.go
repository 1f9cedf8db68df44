package simulator_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/simulator"
)

// world is a simulator under a clock of ours, driven without any network.
type world struct {
	*simulator.Simulator
	now   time.Time
	keys  []string
	first map[string]float64
	spent map[int64]float64
}

func (w *world) call(key, method, path string, body any) map[string]any {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil
	}
	r := httptest.NewRequest(method, "/v1/"+path, strings.NewReader(string(raw)))
	r.Header.Set("auth", key)
	r.Header.Set("User-Agent", "test")
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	var out map[string]any
	json.Unmarshal(rec.Body.Bytes(), &out) //nolint:errcheck // nil then
	return out
}

// step does something that customers, hosts or time do.
func (w *world) step(t *rapid.T) {
	key := rapid.SampledFrom(w.keys).Draw(t, "key")
	server := rapid.SampledFrom([]int64{cheap3090, other3090, noWeb3090}).Draw(t, "server")
	var order int64
	if orders := w.Truth().Orders; len(orders) > 0 {
		order = rapid.SampledFrom(orders).Draw(t, "order").ID
	}
	price := rapid.Float64Range(1, 5).Draw(t, "price")
	yes := rapid.Bool().Draw(t, "yes")
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0, 1:
		w.call(key, http.MethodPost, "create_order", body(map[string]any{"renting_server": server}))
	case 2, 3:
		w.call(key, http.MethodPost, "create_order", body(map[string]any{"renting_server": server, "type": "spot", "spotprice": price}))
	case 4:
		w.call(key, http.MethodPost, "cancel_order", map[string]any{"id": order})
	case 5:
		w.call(key, http.MethodPost, "set_spot_price", map[string]any{"order_id": order, "desired_price": price})
	case 6:
		w.SetRented(server, yes) //nolint:errcheck // it exists
	case 7:
		w.SetOnline(server, yes) //nolint:errcheck // it exists
	case 8:
		w.Beat(order, rapid.SampledFrom([]simulator.Outbid{simulator.Vanish, simulator.Frozen}).Draw(t, "how")) //nolint:errcheck // it may not run
	}
	w.now = w.now.Add(time.Duration(rapid.Int64Range(0, int64(40*time.Minute)).Draw(t, "wait")))
}

// check proves what must hold at any time.
func (w *world) check(t *rapid.T) {
	truth := w.Truth()
	active, charged := map[int64]int64{}, map[string]float64{}
	for _, o := range truth.Orders {
		charged[o.Key] += o.Charged
		if before, known := w.spent[o.ID]; o.Spend < before || known && !o.Ended.IsZero() && o.Active {
			t.Fatalf("spend fell from %v: %+v", before, o)
		}
		w.spent[o.ID] = o.Spend
		if o.Active {
			if other := active[o.Server]; other != 0 {
				t.Fatalf("orders %d and %d hold server %d", other, o.ID, o.Server)
			}
			active[o.Server] = o.ID
		}
		if o.Ended.IsZero() != (o.Reason == "") || o.Active && !o.Ended.IsZero() {
			t.Fatalf("an end without a reason: %+v", o)
		}
		if lived := w.now.Sub(o.Created).Seconds(); float64(o.Seconds) > lived+61 {
			t.Fatalf("%d s charged in %v: %+v", o.Seconds, lived, o)
		}
	}
	for _, key := range w.keys {
		if left := truth.Wallets[key][usd]; math.Abs(left-(w.first[key]-charged[key])) > 1e-9 || left < -0.61 { // six creation fees at once
			t.Fatalf("%v left of %v after %v", left, w.first[key], charged[key])
		}
		w.checkList(t, key, truth.Orders)
	}
}

// checkList proves that my_orders tells the live ones of a key and no others.
func (w *world) checkList(t *rapid.T, key string, orders []simulator.Order) {
	want := map[float64]bool{}
	for _, o := range orders {
		if o.Key == key && o.Ended.IsZero() && !w.now.Before(o.Visible) {
			want[float64(o.ID)] = true
		}
	}
	for _, x := range w.call(key, http.MethodGet, "my_orders", nil)["orders"].([]any) {
		id := x.(map[string]any)["id"].(float64)
		if !want[id] && !lingers(orders, int64(id), w.now) {
			t.Fatalf("order %v is listed", id)
		}
		delete(want, id)
	}
	if len(want) > 0 {
		t.Fatalf("orders %v are not listed", want)
	}
}

func lingers(orders []simulator.Order, id int64, now time.Time) bool {
	for _, o := range orders {
		if o.ID == id {
			return o.Reason == "cancel" && now.Sub(o.Ended) < 3*time.Second
		}
	}
	return false
}

func TestWorldHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{now: time.Unix(1_795_000_000, 0), spent: map[int64]float64{}, first: map[string]float64{}}
		w.Simulator = simulator.New(simulator.Options{
			Seed: rapid.Uint64().Draw(t, "seed"), Servers: 12, Limiter: simulator.Unlimited, Accidents: 5,
			Now: func() time.Time { return w.now },
		})
		for range 2 {
			money := rapid.Float64Range(0.3, 40).Draw(t, "money")
			key := w.AddAccount(simulator.Account{Balances: map[string]float64{usd: money}})
			w.keys, w.first[key] = append(w.keys, key), money
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			w.step(t)
			w.check(t)
		}
	})
}

// The same seed and requests give the same world.
func TestWorldIsDetermined(t *testing.T) {
	run := func() string {
		w := &world{now: time.Unix(1_795_000_000, 0)}
		w.Simulator = simulator.New(simulator.Options{Seed: 9, Servers: 40, Limiter: simulator.Unlimited, Accidents: 3, Now: func() time.Time { return w.now }})
		key := w.AddAccount(simulator.Account{})
		for i := range 50 {
			w.call(key, http.MethodPost, "create_order", body(map[string]any{"renting_server": cheap3090, "type": []string{"spot", "on-demand"}[i%2], "spotprice": 1.5 + float64(i)/50}))
			w.now = w.now.Add(17 * time.Minute)
		}
		return fmt.Sprintf("%+v", w.Truth())
	}
	if a, b := run(), run(); a != b {
		t.Error("two runs differ")
	}
}

// Many clients at once; what it proves comes from the race detector and the guard.
func TestManyClients(t *testing.T) {
	b := newBench(t, simulator.Options{Servers: 40})
	var clients sync.WaitGroup
	for range 8 {
		key := b.AddAccount(simulator.Account{})
		clients.Go(func() {
			for i := range 25 {
				for _, r := range []*http.Request{
					b.request(http.MethodPost, "create_order", body(nil)), b.request(http.MethodGet, "my_orders", nil),
					b.request(http.MethodGet, "marketplace", nil), b.request(http.MethodPost, "cancel_order", map[string]any{"id": 2_320_000 + i}),
				} {
					r.Header.Set("auth", key)
					if _, err := b.send(r); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	clients.Wait()
	truth, active := b.Truth(), 0
	for _, o := range truth.Orders {
		if o.Active {
			active++
		}
	}
	if active > 1 || len(truth.Orders) == 0 || truth.Total != 8*25*4 {
		t.Errorf("%d hold the server, %d orders, %d requests", active, len(truth.Orders), truth.Total)
	}
}
