package market_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

func TestFindModels(t *testing.T) {
	names := []string{
		1: "RTX 4090", 2: "RTX 4090 Laptop GPU", 3: "RTX 4090 D", 4: "RTX 3060", 5: "RTX 3060 Ti",
		6: "GTX 1660 SUPER", 7: "GTX 1660", 8: "A100-SXM4-80GB", 9: "A100 PCIE 40GB", 10: "H100 80GB HBM3",
		11: "H100 NVL", 12: "Tesla V100SXM232GB", 13: "L40S", 14: "L40", 15: "RTX A4000", 16: "RTX 4000 Ada Generation",
		17: "Quadro RTX 6000", 18: "RTX 6000 Ada Generation", 19: "RTX PRO 6000 Blackwell Workstation Edition",
		20: "TITAN V", 21: "TITAN RTX", 22: "P104-100", 23: "RTX 4070 Ti SUPER", 24: "RTX 4070 Ti", 25: "CMP 170HX",
		26: "Tesla T4", 27: "RTX A6000",
	}
	var servers []clore.Server
	for id := 1; id < len(names); id++ {
		servers = append(servers, server(clore.ServerID(id), 1, names[id], "1"))
	}
	s := snapshot(servers...)
	for _, test := range []struct {
		query string
		want  []clore.ServerID
	}{
		{"4090", []clore.ServerID{1}},
		{"RTX 4090", []clore.ServerID{1}},
		{"gtx 4090", nil},
		{"4090 laptop", []clore.ServerID{2}},
		{"4090d", []clore.ServerID{3}},
		{"3060", []clore.ServerID{4}},
		{"3060ti", []clore.ServerID{5}},
		{"1660s", []clore.ServerID{6}},
		{"a100", []clore.ServerID{8, 9}},
		{"a100 sxm", []clore.ServerID{8}},
		{"a100 pcie", []clore.ServerID{9}},
		{"h100", []clore.ServerID{10, 11}},
		{"v100", []clore.ServerID{12}},
		{"v100 sxm2", []clore.ServerID{12}},
		{"l40s", []clore.ServerID{13}},
		{"l40", []clore.ServerID{14}},
		{"a4000", []clore.ServerID{15}},
		{"rtx a4000", []clore.ServerID{15}},
		{"4000 ada", []clore.ServerID{16}},
		{"rtx 6000", []clore.ServerID{17}},
		{"6000 ada", []clore.ServerID{18}},
		{"pro 6000", []clore.ServerID{19}},
		{"titan v", []clore.ServerID{20}},
		{"p104", []clore.ServerID{22}},
		{"p104-100", []clore.ServerID{22}},
		{"4070 ti super", []clore.ServerID{23}},
		{"4070ti", []clore.ServerID{24}},
		{"170hx", []clore.ServerID{25}},
		{"t4", []clore.ServerID{26}},
		{"a6000", []clore.ServerID{27}},
		{"4090 3090 l40", []clore.ServerID{1, 14}},
		{"9999", nil},
	} {
		if got := ids(s.Find(parse(t, test.query)).Offers); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.query, got, test.want)
		}
	}
	for _, name := range s.Names() { // as from a list that is chosen from
		res := s.Find(market.Query{Models: []string{name}})
		if !slices.ContainsFunc(res.Offers, func(o market.Offer) bool { return o.Model() == name }) {
			t.Errorf("%q is not found by its own name", name)
		}
	}
}

func TestFindConditions(t *testing.T) {
	plain := server(1, 2, "RTX 4090", "4.8")
	fine := server(2, 4, "H100 80GB HBM3", "48")
	fine.GPUMemory, fine.Reliability, fine.CUDA, fine.Down, fine.Up = 79, 1, "13.0", 2000, 1500
	fine.DiskSize, fine.DiskSpeed, fine.RAM, fine.Threads, fine.PCIeVersion = 4000, 7000, 1024, 256, 5
	fine.Country, fine.Rating.Average, fine.MaxRental = "US", 5, 1440*fine.MaxRental/72
	poor := server(3, 1, "GTX 1060", "0.24")
	poor.GPUMemory, poor.Reliability, poor.CUDA, poor.Down, poor.Up = 6, 0.5, "", 10, 5
	poor.DiskSize, poor.DiskSpeed, poor.RAM, poor.Threads, poor.PCIeVersion, poor.PCIeLanes = 40, 0, 8, 4, 2, 1
	poor.Country, poor.Rating = "CN", clore.Rating{Average: 5}
	s := snapshot(plain, fine, poor)
	for _, test := range []struct {
		query string
		want  []clore.ServerID
	}{
		{"", []clore.ServerID{3, 1, 2}},
		{"2x4090", []clore.ServerID{1}},
		{"gpus>=2", []clore.ServerID{1, 2}},
		{"vram>=48", []clore.ServerID{1, 2}},
		{"vram>=320", []clore.ServerID{2}},
		{"vramgpu>=80", []clore.ServerID{2}},
		{"h100 80gb", []clore.ServerID{2}},
		{"rel>=99", []clore.ServerID{1, 2}},
		{"rel>99", []clore.ServerID{2}},
		{"rel<60", []clore.ServerID{3}},
		{"cuda>=12", []clore.ServerID{1, 2}},
		{"cuda=12", []clore.ServerID{1}},
		{"cuda>12.4", []clore.ServerID{2}},
		{"net>500", []clore.ServerID{2}},
		{"up>=300", []clore.ServerID{1, 2}},
		{"disk<100", []clore.ServerID{3}},
		{"dspeed>1000", []clore.ServerID{2}},
		{"ram=100..200", []clore.ServerID{1}},
		{"cpu>64", []clore.ServerID{2}},
		{"pcie>=4", []clore.ServerID{1, 2}},
		{"lanes<16", []clore.ServerID{3}},
		{"rating>=4.5", []clore.ServerID{1, 2}},
		{"days>=4", []clore.ServerID{2}},
		{"cc=CN,DE", []clore.ServerID{3, 1}},
		{"!CN", []clore.ServerID{1, 2}},
		{"host=1002", []clore.ServerID{2}},
		{"<0.2/h", []clore.ServerID{3}},
		{"<=0.2/h", []clore.ServerID{3, 1}},
		{">0.2/h", []clore.ServerID{2}},
		{"<=4.8/d", []clore.ServerID{3, 1}},
		{"price=0.01..0.2", []clore.ServerID{3, 1}},
		{"<=3840clore/d", []clore.ServerID{3, 1}},
		{"<3840clore/d", []clore.ServerID{3}},
		{"spot <=0.1/h", []clore.ServerID{3, 1}},
		{"sort:-price", []clore.ServerID{2, 1, 3}},
		{"sort:rel", []clore.ServerID{2, 1, 3}},
		{"sort:gb$", []clore.ServerID{3, 1, 2}},
		{"sort:perf", []clore.ServerID{2, 1, 3}},
		{"sort:new", []clore.ServerID{3, 2, 1}},
		{"sort:-new", []clore.ServerID{1, 2, 3}},
		{"sort:name", []clore.ServerID{3, 2, 1}},
		{"sort:-name", []clore.ServerID{1, 2, 3}},
		{"sort:net", []clore.ServerID{2, 1, 3}},
		{"sort:rating", []clore.ServerID{2, 1, 3}},
	} {
		if got := ids(s.Find(parse(t, test.query)).Offers); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, want %v", test.query, got, test.want)
		}
	}
}

func TestFindFigures(t *testing.T) {
	taken := server(4, 1, "RTX 4090", "1")
	taken.Rented = true
	odd := server(5, 1, "RTX 4090", "2")
	odd.OnDemand[0].Amount = amount("0.1")
	odd.Coins = []money.Currency{money.USD}
	unpayable := server(6, 1, "RTX 4090", "1")
	unpayable.Coins = []money.Currency{"doge"}
	s := snapshot(server(1, 1, "RTX 4090", "2.4"), server(2, 1, "RTX 4090", "4.8"), server(3, 1, "RTX 4090", "7.2"),
		taken, odd, unpayable)
	got := s.Find(parse(t, "4090"))
	want := market.Result{Free: 4, Total: 5, Min: amount("0.1"), Median: amount("0.2"), Max: amount("0.3")}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(market.Result{}, "Offers")); diff != "" {
		t.Error(diff)
	}
	if list := ids(got.Offers); !slices.Equal(list, []clore.ServerID{1, 2, 3, 5}) {
		t.Errorf("offers %v; the doubtful one is to come last", list)
	}
	if o := got.Offers[3]; o.Obstacle != market.PriceOddity {
		t.Errorf("obstacle %q", o.Obstacle)
	}
	if list := ids(s.Find(parse(t, "4090 all")).Offers); !slices.Equal(list, []clore.ServerID{1, 2, 3, 5, 6, 4}) {
		t.Errorf("with rented ones: %v", list)
	}
}

// TestFindAgrees compares the index with a plain reading of the rules.
func TestFindAgrees(t *testing.T) {
	servers := crowd(400, 7)
	s := market.NewSnapshot(&clore.Marketplace{Servers: servers}, at)
	rapid.Check(t, func(t *rapid.T) {
		q := queries().Draw(t, "query")
		res := s.Find(q)
		rank := func(o market.Offer) int {
			switch {
			case o.Obstacle.Rules():
				return 2
			case o.Obstacle != market.Free || o.USD == 0:
				return 1
			default:
				return 0
			}
		}
		free := 0
		for i, o := range res.Offers {
			if !o.Obstacle.Rules() {
				free++
				payable(t, q, o)
			} else if !q.All {
				t.Fatalf("#%d is %s", o.Server.ID, o.Obstacle)
			}
			if i > 0 && rank(o) < rank(res.Offers[i-1]) {
				t.Fatalf("#%d is better than the one before it", o.Server.ID)
			}
			if len(q.In) > 0 && !lies(o.Server.Country, q.In) || lies(o.Server.Country, q.NotIn) {
				t.Fatalf("#%d is in %s", o.Server.ID, o.Server.Country)
			}
			if r, ok := q.Limits[market.GPUs]; ok && !r.Has(float64(len(o.Server.GPUs))) {
				t.Fatalf("#%d has %d cards", o.Server.ID, len(o.Server.GPUs))
			}
		}
		if free != res.Free || res.Total < res.Free || res.Min > res.Median || res.Median > res.Max {
			t.Fatalf("figures %d %d %d %s %s %s", free, res.Free, res.Total, res.Min, res.Median, res.Max)
		}
		for _, n := range res.Closest {
			again := s.Find(n.Query)
			if again.Free != n.Free || n.Free == 0 || n.Best.Server == nil {
				t.Fatalf("%s %q: promised %d, found %d", n.Kind, n.Query, n.Free, again.Free)
			}
		}
		if (res.Free > 0) && res.Closest != nil {
			t.Fatal("alternatives to something that was found")
		}
	})
}

// payable checks that an offer can be paid in the coin that it names.
func payable(t *rapid.T, q market.Query, o market.Offer) {
	s := o.Server
	prices := s.OnDemand
	if q.Kind == clore.Spot {
		prices = s.SpotFloor
	}
	listed, ok := prices.In(o.Price.Currency)
	switch {
	case s.Rented || s.GigaSPOT:
		t.Fatalf("#%d cannot be rented", s.ID)
	case !ok || listed != o.Price || o.Price.Amount <= 0:
		t.Fatalf("#%d does not cost %s", s.ID, o.Price)
	case len(s.Coins) > 0 && !s.Accepts(o.Price.Currency):
		t.Fatalf("#%d takes no %s", s.ID, o.Price.Currency)
	case len(q.Pay) > 0 && !slices.Contains(q.Pay, o.Price.Currency):
		t.Fatalf("#%d is for %s", s.ID, o.Price.Currency)
	case q.Price.Currency != "" && !q.Price.Has(o.Price.Amount), q.Price.Currency == "" && !q.Price.Has(o.USD):
		t.Fatalf("#%d costs %s", s.ID, o.Price)
	}
}

func TestClosest(t *testing.T) {
	spotOnly := server(6, 1, "A40", "3")
	spotOnly.OnDemand = nil
	small := server(5, 2, "RTX 3060", "1")
	small.GPUMemory = 12
	poor := server(7, 1, "L40", "4")
	poor.Reliability = 0.5
	s := snapshot(server(1, 2, "RTX 4090", "9.84"), server(2, 1, "RTX 4090", "2.4"), server(3, 3, "RTX 4090", "12"),
		server(4, 2, "RTX 3090", "4.56"), small, spotOnly, poor)
	type near struct {
		Kind    market.NearKind
		Field   market.Field
		Query   string
		Free    int
		Best    clore.ServerID
		Percent int
	}
	for _, test := range []struct {
		query string
		want  []near
	}{
		{"2x4090 <0.35/h", []near{
			{Kind: market.OtherPrice, Query: "2x4090 <=0.41/h", Free: 1, Best: 1, Percent: 18},
			{Kind: market.OtherCount, Query: "1x4090 <0.35/h", Free: 1, Best: 2},
			{Kind: market.OtherModel, Query: "2xrtx3090 <0.35/h", Free: 1, Best: 4},
			{Kind: market.OtherKind, Query: "2x4090 <0.35/h spot", Free: 1, Best: 1},
		}},
		{"5x4090", []near{
			{Kind: market.OtherCount, Query: "3x4090", Free: 1, Best: 3},
		}},
		{"gpus=2..2 4090 <1/d", []near{
			{Kind: market.OtherPrice, Query: "2x4090 <=0.41/h", Free: 1, Best: 1, Percent: 884},
		}},
		{"l40 rel>98 cc=DE", []near{
			{Kind: market.OtherModel, Query: "rtx4090 rel>98 cc=DE", Free: 3, Best: 2},
			{Kind: market.OtherModel, Query: "rtx3090 rel>98 cc=DE", Free: 1, Best: 4},
			{Kind: market.Without, Field: market.Reliability, Query: "l40 cc=DE", Free: 1, Best: 7},
		}},
		{"l40 cc=FR", []near{
			{Kind: market.OtherCountry, Query: "l40", Free: 1, Best: 7},
		}},
		{"4091", []near{
			{Kind: market.OtherModel, Query: "rtx4090", Free: 3, Best: 2},
		}},
		{"a40", []near{
			{Kind: market.OtherModel, Query: "rtx4090", Free: 3, Best: 2},
			{Kind: market.OtherModel, Query: "l40", Free: 1, Best: 7},
			{Kind: market.OtherKind, Query: "a40 spot", Free: 1, Best: 6},
		}},
		{"l40 host=1", []near{{Kind: market.OtherHost, Query: "l40", Free: 1, Best: 7}}},
		{"zz9999", nil},
	} {
		var got []near
		for _, n := range s.Find(parse(t, test.query)).Closest {
			got = append(got, near{n.Kind, n.Field, n.Query.String(), n.Free, n.Best.Server.ID, n.Percent})
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.query, diff)
		}
	}
}

// Of two numbers of cards that are as close the larger one is proposed.
func TestClosestCount(t *testing.T) {
	s := snapshot(server(1, 1, "RTX 4090", "2"), server(2, 3, "RTX 4090", "6"), server(3, 8, "RTX 4090", "9"))
	for query, want := range map[string]string{
		"2x4090": "3x4090", "9x4090": "8x4090", "4090 gpus=4..6": "3x4090", "4090 gpus>8": "8x4090",
	} {
		near := s.Find(parse(t, query)).Closest
		if len(near) == 0 || near[0].Kind != market.OtherCount || near[0].Query.String() != want {
			t.Errorf("%s: %v, want %s", query, near, want)
		}
	}
}
