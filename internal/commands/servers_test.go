package commands_test

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// server is a plain one, with prices for USD and CLORE at 0.00125 USD a coin.
func server(id clore.ServerID, gpu string, count int, usd money.Amount) clore.Server {
	s := clore.Server{
		ID: id, Owner: 7, MaxRental: 72 * time.Hour,
		OnDemand:  clore.Prices{{Amount: usd, Currency: money.USD}, {Amount: usd * 800, Currency: money.CLORE}},
		SpotFloor: clore.Prices{{Amount: usd / 2, Currency: money.USD}},
		USD:       map[money.Currency]money.Amount{money.USD: usd, money.CLORE: usd},
		Coins:     []money.Currency{money.USD, money.CLORE},
		GPUMemory: 24, CPU: "AMD Ryzen 9 7900X 12-Core Processor", Cores: 12, Threads: 24, RAM: 31.2286,
		DiskModel: "DGSM3512GM23T", DiskSize: 456.0399, DiskSpeed: 2860.51, Up: 89.1, Down: 640.4,
		Country: "UA", PCIeVersion: 4, PCIeLanes: 16, CUDA: "13.0", Reliability: 0.987,
		Rating: clore.Rating{Average: 4.6, Count: 44},
	}
	for range count {
		s.GPUs = append(s.GPUs, gpu)
	}
	return s
}

// marketplace is a small market with one of everything.
func marketplace() *clore.Marketplace {
	m := &clore.Marketplace{}
	for i, usd := range []money.Amount{2, 3, 4, 5, 6, 7} {
		s := server(clore.ServerID(88411+i), "RTX 4090", 1, usd*money.Coin)
		s.Country = []string{"UA", "DE", "NL", "US", "RU", "AR"}[i]
		m.Servers = append(m.Servers, s)
	}
	for i := range 3 {
		m.Servers = append(m.Servers, server(clore.ServerID(70001+i), "RTX 3090", 2, money.Amount(i+4)*money.Coin))
	}
	rented := server(60001, "RTX 4090", 1, money.Coin)
	rented.Rented = true
	coinOnly := server(60002, "RTX A5000", 1, 3*money.Coin)
	coinOnly.Coins = []money.Currency{money.CLORE}
	giga := server(60003, "RTX 4090", 1, money.Coin)
	giga.GigaSPOT = true
	hostile := server(60004, "RTX 5090 <b>@everyone</b>", 1, 9*money.Coin)
	hostile.CPU, hostile.DiskModel, hostile.Country = "**evil** `cpu` [x](http://e.vil)\x1b[31m", "*disk*\u202e", "D`E"
	m.Servers = append(m.Servers, rented, coinOnly, giga, hostile)
	return m
}

// order is a running order of server 88411.
func order(id clore.OrderID) clore.Order {
	return clore.Order{
		ID: id, Server: 88411, Kind: clore.OnDemand, Price: money.Money{Amount: 2 * money.Coin, Currency: money.USD},
		CreationFee: money.Money{Amount: money.Coin / 10, Currency: money.USD},
		Spend:       money.Money{Amount: money.Coin / 3, Currency: money.USD},
		Created:     start.Add(-4 * time.Hour), MaxRental: 72 * time.Hour, Image: "cloreai/jupyter:ubuntu24.04-v2",
		Container: clore.Deployed, Online: true, Hosts: []string{"n1.us.clorecloud.net"},
		Ports:    []clore.PortMap{{Container: 22, Public: 1972}, {Container: 8888, Public: 1973}},
		HTTPPort: 8888, HTTPHost: "2q81.us.clorecloud.net", GPUs: []string{"RTX 4090"}, GPUMemory: 24, Country: "UA",
	}
}

// terms are what order was rented on.
func terms() rental.Terms {
	return rental.Terms{
		Server: 88411, Hardware: "1× RTX 4090 24 GB", GPU: "RTX 4090", Count: 1, Country: "UA", CUDA: "13.0",
		Kind: clore.OnDemand, Price: money.Money{Amount: 2 * money.Coin, Currency: money.USD}, USD: 2 * money.Coin,
		MaxRent: 72 * time.Hour, RunFor: 6 * time.Hour,
	}
}

// running is a rental that is ready.
func running(id clore.OrderID) rental.Rental {
	return rental.Rental{
		Order: order(id), User: ana, Account: "acct-1", Intent: "intent-1", Terms: terms(), Stage: rental.Ready,
		Seen: start, Since: start.Add(-4 * time.Hour), StopAt: start.Add(2 * time.Hour),
		ReadyAt: start.Add(-4 * time.Hour).Add(151 * time.Second), Label: "lora-run",
	}
}

// intent is what running came of.
func intent(state rental.IntentState) rental.Intent {
	return rental.Intent{
		ID: "intent-1", User: ana, Account: "acct-1", Terms: terms(), State: state,
		Taken: start.Add(-4 * time.Hour).Add(-20 * time.Second), Answered: start.Add(-4 * time.Hour).Add(-9 * time.Second),
		Settled: start.Add(-4 * time.Hour), Order: 1939941,
	}
}

// marketWithRented is the marketplace with one more server that is rented on demand.
func marketWithRented(id clore.ServerID) *market.Snapshot {
	m := marketplace()
	for i := range m.Servers {
		m.Servers[i].Rented = m.Servers[i].Rented || m.Servers[i].ID == id
	}
	return market.NewSnapshot(m, start.Add(-10*time.Second))
}
