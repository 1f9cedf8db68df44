package market_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// The rates of the market that the tests make: 1 BTC is 64,000 USD, 1 CLORE is 0.00125.
const (
	perBTC   = 64_000e9
	perCLORE = 1_250_000
)

var at = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// amount reads a constant of a test; a wrong one is 0, which no test expects of a price.
func amount(s string) money.Amount {
	a, _ := money.Parse(s)
	return a
}

// server returns a free machine of n cards that costs usd a day, payable in every coin. Its
// prices in coins are worth the same.
func server(id clore.ServerID, n int, gpu, usd string) clore.Server {
	s := clore.Server{
		ID: id, Owner: 1000 + int64(id), MaxRental: 72 * time.Hour, Coins: money.Currencies(),
		GPUMemory: 24, CPU: "AMD EPYC 7702", Cores: 32, Threads: 64, RAM: 128, DiskSize: 500,
		DiskSpeed: 1000, Up: 300, Down: 500, Country: "DE", PCIeVersion: 4, PCIeLanes: 16, CUDA: "12.4",
		Reliability: 0.99, Rating: clore.Rating{Average: 4.5, Count: 10},
	}
	for range n {
		s.GPUs = append(s.GPUs, gpu)
	}
	price(&s, amount(usd))
	return s
}

func price(s *clore.Server, usd money.Amount) {
	s.OnDemand = clore.Prices{
		{Amount: usd, Currency: money.USD},
		{Amount: usd.MulDiv(int64(money.Coin), perBTC), Currency: money.BTC},
		{Amount: usd.MulDiv(int64(money.Coin), perCLORE), Currency: money.CLORE},
	}
	s.SpotFloor = clore.Prices{{Amount: usd / 2, Currency: money.USD}}
	s.USD = map[money.Currency]money.Amount{money.USD: usd, money.BTC: usd, money.CLORE: usd}
}

// snapshot indexes servers.
func snapshot(servers ...clore.Server) *market.Snapshot {
	return market.NewSnapshot(&clore.Marketplace{Servers: servers}, at)
}

// crowd makes n machines of great variety, always the same ones for a seed.
func crowd(n int, seed uint64) []clore.Server {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	all := make([]clore.Server, n)
	for i := range all {
		gpu := pick("RTX 4090", "RTX 4090", "RTX 3090", "RTX 3090", "RTX 3060 Ti", "RTX 3060", "RTX 5090", "GTX 1080 Ti",
			"RTX 4090 Laptop GPU", "RTX 4090 D", "A100-SXM4-80GB", "H100 80GB HBM3", "L40S", "RTX 6000 Ada Generation",
			"RTX A4000", "Tesla V100SXM232GB", "P104-100", "Some Future Card 9900")
		s := server(clore.ServerID(i+1), 1+r.IntN(8), gpu, "1")
		price(&s, money.Amount(1+r.Int64N(20e9)))
		s.GPUMemory = []int{8, 12, 16, 24, 31, 79}[r.IntN(6)]
		s.Rented = r.IntN(10) < 6
		s.GigaSPOT = r.IntN(40) == 0
		s.Reliability = r.Float64()
		s.Down, s.Up = r.Float64()*1000, r.Float64()*1000
		s.Country = pick("DE", "US", "CN", "NL", "")
		s.CUDA = pick("12.4", "13.0", "11.8", "")
		s.Coins = [][]money.Currency{
			money.Currencies(), {money.BTC, money.CLORE}, {money.CLORE}, nil, {"doge"},
		}[r.IntN(5)]
		if r.IntN(20) == 0 {
			s.GPUs[0] = "RTX 2070" // mixed, or another model when there is one card
		}
		if r.IntN(20) == 0 {
			s.GPUs, s.USD, s.OnDemand = nil, nil, nil
		}
		if r.IntN(30) == 0 {
			s.OnDemand = clore.Prices{{Amount: 1e9, Currency: money.USD}, {Amount: 4000e9, Currency: money.CLORE}}
		}
		all[i] = s
	}
	return all
}

func parse(t testing.TB, query string) market.Query {
	t.Helper()
	q, err := market.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func ids(offers []market.Offer) []clore.ServerID {
	var all []clore.ServerID
	for _, o := range offers {
		all = append(all, o.Server.ID)
	}
	return all
}
