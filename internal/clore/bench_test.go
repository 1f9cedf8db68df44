package clore_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// listing returns a marketplace of n servers like those of July 2026, of about 1 kB each.
func listing(n int) string {
	models := []string{"RTX 3090", "RTX 4090", "RTX 5090", "RTX 3080", "RTX A4500", "GTX 1070"}
	var b strings.Builder
	b.WriteString(`{"servers":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		m := models[i%len(models)]
		count := 1 + i%8
		array := strings.TrimSuffix(strings.Repeat(`" `+m+`",`, count), ",")
		pl := strings.TrimSuffix(strings.Repeat("350,", count), ",")
		_, _ = fmt.Fprintf(&b, `{"id":%d,"owner":%d,"mrl":1440,"price":{"on_demand":{"bitcoin":0.0000%d,"CLORE-Blockchain":%d.07,"USD-Blockchain":%d.5},"spot":{"bitcoin":0.00001,"CLORE-Blockchain":800,"USD-Blockchain":1},"usd":{"on_demand_btc":2.0024,"on_demand_clore":2.0001,"on_demand_usd":2,"spot":0}},"rented":%t,"specs":{"mb":"B450 Steel Legend %d","cpu":"AMD Ryzen 9 7900X 12-Core Processor","cpus":"12/24","ram":31.2286,"disk":"SPCCx20Solidx20Statex 96.8613GB","disk_speed":2860.51,"gpu":"%dx NVIDIA GeForce %s","gpuram":24,"net":{"up":89.17683352054453,"down":88.86240416895164,"cc":"US","test_history":["S|1760764742|52.74|26.21","S|1760790482|60.91|42.1"]},"backend_version":21,"pcie_rev":4,"pcie_width":16,"pl":[%s],"stock_oc":"default","xfs":1},"reliability":0.99%d,"allowed_coins":["bitcoin","CLORE-Blockchain","USD-Blockchain"],"rating":{"avg":4.64,"cnt":44},"cuda_version":"12.4","gpu_array":[%s]}`,
			i+1, i%500+1, i%900+100, i%900+100, i%9+1, i%3 == 0, i%40, count, m, pl, i%10, array)
	}
	b.WriteString(`],"my_servers":[],"code":0}`)
	return b.String()
}

// plainMarket is the same content in the plainest types that encoding/json fills.
type plainMarket struct {
	Servers []struct {
		ID    int64   `json:"id"`
		Owner int64   `json:"owner"`
		MRL   float64 `json:"mrl"`
		Price struct {
			OnDemand map[string]float64 `json:"on_demand"`
			Spot     map[string]float64 `json:"spot"`
			USD      *struct {
				BTC   float64 `json:"on_demand_btc"`
				CLORE float64 `json:"on_demand_clore"`
				USD   float64 `json:"on_demand_usd"`
			} `json:"usd"`
		} `json:"price"`
		Rented   bool `json:"rented"`
		GigaSPOT bool `json:"gigaspot"`
		Specs    struct {
			Board     string  `json:"mb"`
			CPU       string  `json:"cpu"`
			CPUs      string  `json:"cpus"`
			RAM       float64 `json:"ram"`
			Disk      string  `json:"disk"`
			DiskSpeed float64 `json:"disk_speed"`
			GPU       string  `json:"gpu"`
			GPUMemory float64 `json:"gpuram"`
			GPUCount  float64 `json:"gpu_count"`
			Net       struct {
				Up      float64 `json:"up"`
				Down    float64 `json:"down"`
				Country string  `json:"cc"`
			} `json:"net"`
			PCIeVersion float64   `json:"pcie_rev"`
			PCIeLanes   float64   `json:"pcie_width"`
			PowerLimits []float64 `json:"pl"`
		} `json:"specs"`
		Coins       []string `json:"allowed_coins"`
		Reliability float64  `json:"reliability"`
		CUDA        string   `json:"cuda_version"`
		GPUs        []string `json:"gpu_array"`
		Rating      struct {
			Average float64 `json:"avg"`
			Count   float64 `json:"cnt"`
		} `json:"rating"`
	} `json:"servers"`
	Mine []int64 `json:"my_servers"`
	Code *int    `json:"code"`
}

// BenchmarkMarketplace compares the whole way of an answer, from the wire to Servers, with
// plain json.Unmarshal of the same bytes. The two alternate and the best time of each counts,
// so that "ratio" hardly depends on what else the machine does.
func BenchmarkMarketplace(b *testing.B) {
	for _, n := range []int{2_100, 20_000} {
		body := listing(n)
		c, err := clore.New(clore.Options{Transport: roundTripOnce(body), Pace: clore.Pace{Gap: 1}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("servers=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			bare, whole := time.Hour, time.Hour
			for b.Loop() {
				begun := time.Now()
				var m plainMarket
				if err := json.Unmarshal([]byte(body), &m); err != nil || len(m.Servers) != n {
					b.Fatal(err)
				}
				bare = min(bare, time.Since(begun))
				begun = time.Now()
				got, err := c.Marketplace(b.Context())
				if err != nil || len(got.Servers) != n || got.Skipped != 0 {
					b.Fatal(err)
				}
				whole = min(whole, time.Since(begun))
			}
			b.ReportMetric(float64(bare.Microseconds())/1000, "plain-ms")
			b.ReportMetric(float64(whole.Microseconds())/1000, "client-ms")
			b.ReportMetric(float64(whole)/float64(bare), "ratio")
		})
	}
}
