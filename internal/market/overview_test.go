package market_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
)

// street is a market of three 4090 machines, one of them rented, an H100 and a mixed rig.
func street() *market.Snapshot {
	rented := server(3, 1, "RTX 4090", "1")
	rented.Rented = true
	h100 := server(4, 2, "H100 80GB HBM3", "96")
	h100.GPUMemory = 79
	rig := server(5, 2, "RTX 3090", "2.4")
	rig.GPUs[1] = "RTX 3060"
	return snapshot(server(1, 1, "RTX 4090", "2.4"), server(2, 4, "RTX 4090", "19.2"), rented, h100, rig)
}

func TestOverview(t *testing.T) {
	s := street()
	ada := market.Group{
		Model: "RTX 4090", VRAM: 24, Free: 2, Total: 3, FreeGPUs: 5, Min: amount("0.1"), Median: amount("0.15"),
	}
	hopper := market.Group{
		Model: "H100 80GB HBM3", VRAM: 80, Free: 1, Total: 1, FreeGPUs: 2, Min: amount("2"), Median: amount("2"),
	}
	rig := market.Group{
		Model: "Mixed", VRAM: 24, Free: 1, Total: 1, FreeGPUs: 2, Min: amount("0.05"), Median: amount("0.05"),
	}
	for _, test := range []struct {
		query string
		want  []market.Group
	}{
		{"", []market.Group{ada, hopper, rig}},
		{"sort:name", []market.Group{hopper, rig, ada}},
		{"sort:-name", []market.Group{ada, rig, hopper}},
		{"vram>=100", []market.Group{hopper}},
		{"h100 cc=US", nil},
	} {
		if diff := cmp.Diff(test.want, s.Overview(parse(t, test.query))); diff != "" {
			t.Errorf("%q: %s", test.query, diff)
		}
	}
}

func TestModels(t *testing.T) {
	s := street()
	want := []market.ModelStat{{Model: "RTX 4090", Free: 2, FromUSDPerHour: amount("0.1")}}
	for _, typed := range []string{"RTX 4", "rtx4", "4090"} {
		if diff := cmp.Diff(want, s.Models(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
	if all := s.Models(""); len(all) != 3 || all[0].Model != "RTX 4090" {
		t.Errorf("all: %v", all)
	}
	if none := s.Models("zx81"); none != nil {
		t.Errorf("none: %v", none)
	}
}

func TestCheaper(t *testing.T) {
	s := street()
	for _, test := range []struct {
		model       string
		count       int
		usd         string
		cheaper, of int
	}{
		{"RTX 4090", 0, "2.4", 0, 2},
		{"RTX 4090", 0, "2.5", 1, 2},
		{"RTX 4090", 4, "99", 1, 1},
		{"RTX 4090", 9, "99", 0, 0},
	} {
		cheaper, of := s.Cheaper(test.model, test.count, amount(test.usd))
		if cheaper != test.cheaper || of != test.of {
			t.Errorf("%d× %s at %s: %d of %d", test.count, test.model, test.usd, cheaper, of)
		}
	}
}

func TestMedian(t *testing.T) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: []clore.Server{
		server(1, 1, "RTX 4090", "2.4"), server(2, 1, "RTX 4090", "4.8"), server(3, 1, "RTX 4090", "24"),
		server(4, 2, "RTX 4090", "9.6"), server(5, 2, "RTX 4090", "7.2"),
	}}, at)
	for _, test := range []struct {
		model string
		count int
		want  string
	}{
		{"RTX 4090", 1, "0.2"},
		{"RTX 4090", 2, "0.35"},
		{"RTX 4090", 3, "0"},
		{"RTX 4090", 0, "0"},
		{"RTX 3090", 1, "0"},
		{"", 1, "0"},
		{"Mixed", 2, "0"},
	} {
		if got := s.Median(test.model, test.count); got != amount(test.want) {
			t.Errorf("%d× %s: %s, want %s", test.count, test.model, got, test.want)
		}
	}
}

func TestSnapshot(t *testing.T) {
	s := market.NewSnapshot(&clore.Marketplace{Servers: []clore.Server{server(7, 1, "RTX 4090", "1")}, Skipped: 2}, at)
	if s.Len() != 1 || s.Skipped() != 2 || !s.At().Equal(at) || s.Server(7).ID != 7 || s.Server(8) != nil {
		t.Errorf("%d servers, %d skipped, at %s", s.Len(), s.Skipped(), s.At())
	}
	empty := snapshot()
	if res := empty.Find(parse(t, "2x4090 <1 all")); res.Total != 0 || res.Closest != nil {
		t.Errorf("an empty market has %+v", res)
	}
	if g := empty.Overview(market.Query{}); g != nil {
		t.Errorf("groups %v", g)
	}
}

func TestSpecOf(t *testing.T) {
	for _, test := range []struct {
		model  string
		vram   int
		tflops float64
	}{
		{"RTX 4090", 24, 165.2},
		{"4090d", 24, 147.1},
		{"H100 80GB HBM3", 80, 989},
		{"H100 PCIe", 80, 756},
		{"H100 NVL", 94, 835},
		{"A100-SXM4-40GB", 80, 312},
		{"Tesla V100SXM232GB", 16, 125},
		{"RTX 6000 Ada Generation", 48, 364.2},
		{"RTX PRO 6000 Blackwell Server Edition", 96, 500},
		{"L40S", 48, 362},
	} {
		spec, ok := market.SpecOf(test.model)
		if !ok || spec.VRAM != test.vram || spec.TFLOPS != test.tflops {
			t.Errorf("%s: %+v, %t", test.model, spec, ok)
		}
	}
	for _, unknown := range []string{"RTX 4090 Laptop GPU", "Mixed", "", "RTX 9999"} {
		if spec, ok := market.SpecOf(unknown); ok {
			t.Errorf("%s is taken for %s", unknown, spec.Model)
		}
	}
}

// The memory of a group is that of most servers, and of as many the larger.
func TestOverviewMemory(t *testing.T) {
	var servers []clore.Server
	for i, gb := range []int{8, 8, 12, 12, 6} {
		s := server(clore.ServerID(i+1), 1, "RTX 3060", "1")
		s.GPUMemory = gb
		servers = append(servers, s)
	}
	if g := snapshot(servers...).Overview(market.Query{}); len(g) != 1 || g[0].VRAM != 12 {
		t.Errorf("%+v", g)
	}
}
