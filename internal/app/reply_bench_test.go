package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/app"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/simulator"
)

// BenchmarkCommandReply asks a bot for offers again and again: parsing, access, profile, search
// and view, with the real data file and a market that was fetched before.
func BenchmarkCommandReply(b *testing.B) {
	for _, servers := range []int{2_100, 20_000} {
		b.Run(fmt.Sprint("servers=", servers), func(b *testing.B) {
			sim := simulator.New(simulator.Options{Seed: 7, Limiter: simulator.Lenient, Servers: servers})
			defer sim.Close()
			front := newInbox()
			stop := serveFrontend(b.Context(), b, app.Options{
				Config: benchConfig(b.TempDir(), "7"), Transport: sim.Transport(), Frontends: []chat.Frontend{front},
			}, front.ready)
			defer stop()
			c := customer{ctx: b.Context(), d: front.d, user: chat.User{Platform: chat.Telegram, ID: "7"}}
			var took []float64
			ask := func() {
				begun := time.Now()
				v, err := c.say("/market 4090 <0.40/h")
				took = append(took, float64(time.Since(begun).Nanoseconds())/1000)
				if err != nil || v.Topic != "market" {
					b.Fatalf("%v\n%s", err, show(v))
				}
			}
			ask() // fetches the market
			took = took[:0]
			for b.Loop() {
				ask()
			}
			b.ReportMetric(quantile(took, 0.5), "p50-µs")
			b.ReportMetric(p99(took), "p99-µs")
		})
	}
}
