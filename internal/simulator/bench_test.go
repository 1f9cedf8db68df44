package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// What the simulator itself costs must be small beside the client that is measured with it.
func BenchmarkMyOrders(b *testing.B) {
	w := &world{now: time.Unix(1_795_000_000, 0)}
	w.Simulator = simulator.New(simulator.Options{Limiter: simulator.Unlimited, Now: func() time.Time { return w.now }})
	key := w.AddAccount(simulator.Account{})
	w.call(key, http.MethodPost, "create_order", body(nil))
	w.now = w.now.Add(time.Minute)
	for b.Loop() {
		w.call(key, http.MethodGet, "my_orders", nil)
	}
}

func BenchmarkMarketplace(b *testing.B) {
	w := &world{now: time.Unix(1_795_000_000, 0)}
	w.Simulator = simulator.New(simulator.Options{Limiter: simulator.Unlimited, Now: func() time.Time { return w.now }})
	h := w.Handler()
	for b.Loop() {
		r, rec := httpRequest("", "")
		r.Method, r.URL.Path = http.MethodGet, "/v1/marketplace"
		h.ServeHTTP(rec, r)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		simulator.New(simulator.Options{})
	}
}
