package market_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

func TestOffer(t *testing.T) {
	free := server(1, 1, "RTX 4090", "2.4")
	rented := server(2, 1, "RTX 4090", "2.4")
	rented.Rented = true
	giga := server(3, 1, "RTX 4090", "2.4")
	giga.GigaSPOT = true
	noUSD := server(4, 1, "RTX 4090", "2.4")
	noUSD.Coins = []money.Currency{money.CLORE, money.BTC}
	// Server 31148 as it was in July 2026: 1.61 USD, and coins worth about 4.
	odd := server(31148, 1, "RTX 4090", "4")
	odd.OnDemand[0].Amount = amount("1.61")
	oddUSD := server(6, 1, "RTX 4090", "4")
	oddUSD.OnDemand[0].Amount = amount("1.61")
	oddUSD.Coins = []money.Currency{money.USD}
	noPrice := server(7, 1, "RTX 4090", "2.4")
	noPrice.OnDemand = clore.Prices{{Amount: 0, Currency: money.USD}}
	noPrice.SpotFloor = nil
	old := server(8, 1, "RTX 4090", "2.4")
	old.OnDemand, old.USD, old.Coins = clore.Prices{{Amount: 100_000, Currency: money.BTC}}, nil, nil
	mine := server(9, 1, "RTX 4090", "2.4")
	s := market.NewSnapshot(&clore.Marketplace{
		Servers: []clore.Server{free, rented, giga, noUSD, odd, oddUSD, noPrice, old, mine},
		Mine:    []clore.ServerID{9},
	}, at)
	for _, test := range []struct {
		name     string
		id       clore.ServerID
		kind     clore.Kind
		pay      money.Currency
		price    string
		usd      string
		obstacle market.Obstacle
	}{
		{"free", 1, "", "", "2.4 USD", "2.4", market.Free},
		{"in CLORE", 1, clore.OnDemand, money.CLORE, "1920 CLORE", "2.4", market.Free},
		{"in BTC", 1, clore.OnDemand, money.BTC, "0.0000375 BTC", "2.4", market.Free},
		{"spot", 1, clore.Spot, "", "1.2 USD", "1.2", market.Free},
		{"spot in a coin that has no floor", 1, clore.Spot, money.BTC, "1.2 USD", "1.2", market.CoinNotAccepted},
		{"rented", 2, clore.OnDemand, "", "2.4 USD", "2.4", market.Rented},
		{"gigaspot", 3, clore.OnDemand, "", "2.4 USD", "2.4", market.GigaSPOT},
		{"another coin", 4, clore.OnDemand, money.USD, "1920 CLORE", "2.4", market.CoinNotAccepted},
		{"any coin", 4, clore.OnDemand, "", "1920 CLORE", "2.4", market.Free},
		{"odd, but CLORE is taken", 31148, clore.OnDemand, "", "3200 CLORE", "4", market.Free},
		{"odd", 6, clore.OnDemand, money.USD, "1.61 USD", "1.61", market.PriceOddity},
		{"no price", 7, clore.OnDemand, "", "0 ", "0", market.NoPrice},
		{"no list of coins", 8, clore.OnDemand, "", "0.0001 BTC", "6.4", market.Free},
		{"own", 9, clore.OnDemand, "", "2.4 USD", "2.4", market.Own},
		{"unlisted", 99, clore.OnDemand, "", "0 ", "0", market.Unlisted},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, obstacle := s.Offer(test.id, test.kind, test.pay)
			if obstacle != test.obstacle || got.Obstacle != test.obstacle {
				t.Errorf("obstacle %q", obstacle)
			}
			if got.Price.String() != test.price || got.USD != amount(test.usd) {
				t.Errorf("costs %s, %s USD", got.Price, got.USD)
			}
			if (got.Server == nil) != (obstacle == market.Unlisted) {
				t.Errorf("server %v", got.Server)
			}
		})
	}
}

// An odd price in USD that a user insists on is not exchanged for another coin.
func TestOfferOddPriceAsAsked(t *testing.T) {
	odd := server(31148, 1, "RTX 4090", "4")
	odd.OnDemand[0].Amount = amount("1.61")
	s := snapshot(odd, server(2, 1, "RTX 4090", "9"))
	if o, obstacle := s.Offer(31148, clore.OnDemand, money.USD); obstacle != market.PriceOddity || o.Price.Currency != money.USD {
		t.Errorf("%s, %q", o.Price, obstacle)
	}
	if got := ids(s.Find(parse(t, "4090 pay=usd")).Offers); got[0] != 2 || len(got) != 2 {
		t.Errorf("the odd one does not sink: %v", got)
	}
}

func TestRates(t *testing.T) {
	servers := crowd(300, 3)
	liar := server(1000, 1, "RTX 4090", "1")
	liar.USD[money.BTC] = 1e15
	tiny := server(1001, 1, "RTX 4090", "1")
	tiny.OnDemand = clore.Prices{{Amount: 1, Currency: money.CLORE}}
	rates := snapshot(append(servers, liar, tiny)...).Rates()
	near := func(got, want money.Amount) bool { return got > want-want/1000 && got < want+want/1000 }
	if !near(rates[money.BTC], perBTC) || !near(rates[money.CLORE], perCLORE) || rates[money.USD] != money.Coin {
		t.Errorf("rates %v", rates)
	}
	rates[money.BTC] = 1
	old := server(1, 1, "RTX 4090", "1")
	old.USD = nil
	if rates := snapshot(old).Rates(); len(rates) != 1 {
		t.Errorf("rates from nothing: %v", rates)
	}
}

// Without a rate a price is shown in its coin, after those that can be compared.
func TestNoRate(t *testing.T) {
	old := server(1, 1, "RTX 4090", "1")
	old.OnDemand, old.USD, old.Coins = clore.Prices{{Amount: 1, Currency: money.CLORE}}, nil, nil
	dear := server(2, 1, "RTX 4090", "100")
	dear.USD = nil
	s := snapshot(old, dear)
	res := s.Find(parse(t, "4090"))
	if len(res.Offers) != 2 || res.Offers[1].Server.ID != 1 || res.Offers[1].USD != 0 || res.Offers[1].Obstacle != market.Free {
		t.Errorf("%+v", res.Offers)
	}
	if res := s.Find(parse(t, "4090 <1/h")); res.Free != 0 {
		t.Errorf("a price that is not known is under a bound: %v", ids(res.Offers))
	}
	if res := s.Find(parse(t, "4090 <1clore/d")); res.Free != 1 {
		t.Errorf("a price in its own coin: %v", ids(res.Offers))
	}
}

// Of several coins without a rate the first in the order is taken.
func TestNoRateKeepsTheOrder(t *testing.T) {
	old := server(1, 1, "RTX 4090", "1")
	old.USD = nil
	old.OnDemand = clore.Prices{{Amount: 7, Currency: money.BTC}, {Amount: 8, Currency: money.CLORE}}
	s := snapshot(old)
	if o, _ := s.Offer(1, "", ""); o.Price.Currency != money.CLORE {
		t.Errorf("for %s", o.Price)
	}
	if o := s.Find(parse(t, "pay=btc,clore")).Offers[0]; o.Price.Currency != money.BTC {
		t.Errorf("for %s", o.Price)
	}
}

// Prices that a host has set at different times differ a little; that is not odd.
func TestPriceOddityBegins(t *testing.T) {
	for usd, want := range map[string]market.Obstacle{
		"4": market.Free, "3.41": market.Free, "3.39": market.PriceOddity, "9": market.Free,
	} {
		s := server(1, 1, "RTX 4090", "4")
		s.OnDemand[0].Amount = amount(usd)
		if _, got := snapshot(s).Offer(1, clore.OnDemand, money.USD); got != want {
			t.Errorf("%s USD beside prices worth 4: %q", usd, got)
		}
	}
}
