package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// stall is a marketplace of our own, with a clock.
type stall struct {
	servers []clore.Server
	fetched int
	fails   bool
	now     time.Time
}

func (s *stall) fetch(context.Context) (*clore.Marketplace, error) {
	s.fetched++
	if s.fails {
		return nil, errors.New("down")
	}
	return &clore.Marketplace{Servers: s.servers}, nil
}

func (s *stall) finder(t *testing.T) finder {
	t.Helper()
	b := market.NewBoard(s.fetch, market.Options{Now: func() time.Time { return s.now }})
	t.Cleanup(b.Close)
	return finder{b, func() time.Time { return s.now }, time.Minute}
}

// put adds a server of one card that costs so many hundredths of a USD a day, or in CLORE without
// a known worth.
func (s *stall) put(id clore.ServerID, gpu string, cents int64, coin money.Currency) *clore.Server {
	price := money.Money{Amount: money.Amount(cents) * money.Coin / 100, Currency: coin}
	s.servers = append(s.servers, clore.Server{
		ID: id, GPUs: []string{gpu}, GPUMemory: 24, Country: "DE", CUDA: "12.4", MaxRental: 72 * time.Hour,
		OnDemand: clore.Prices{price}, Coins: []money.Currency{coin},
	})
	return &s.servers[len(s.servers)-1]
}

func newStall() *stall {
	s := &stall{now: time.Date(2026, 7, 10, 12, 0, 0, 0, time.UTC)}
	s.put(7, "RTX 4090", 300, money.USD)
	s.put(1, "RTX 4090", 200, money.USD)
	s.put(2, "RTX 4090", 100, money.USD).Rented = true
	s.put(3, "RTX 3090", 50, money.USD)
	s.put(4, "RTX 4090", 150, money.USD)
	s.put(5, "RTX 4090", 9, money.CLORE) // nobody tells what CLORE is worth
	s.put(6, "RTX 4090", 120, money.USD).GigaSPOT = true
	s.put(8, "RTX 4090", 250, money.USD)
	return s
}

func TestFinderFindsTheCheapestSound(t *testing.T) {
	f := newStall().finder(t)
	found, rates, err := f.Best(t.Context(), "4090 <0.11/h sort:gb$", nil, []clore.ServerID{4}, 2)
	if err != nil || rates[money.USD] != money.Coin {
		t.Fatal(err, rates)
	}
	var got []clore.ServerID
	for _, x := range found {
		got = append(got, x.Server)
	}
	if diff := cmp.Diff([]clore.ServerID{1, 8}, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	x := found[0]
	if x.Median != 93_750_000 { // of 1.50, 2, 2.50 and 3 USD a day
		t.Errorf("median %s", x.Median)
	}
	if x.Hardware != "1× RTX 4090 24 GB" || x.GPU != "RTX 4090" || x.Count != 1 || x.Country != "DE" ||
		x.Kind != clore.OnDemand || x.Price.Amount != 2*money.Coin || x.USD != 2*money.Coin || x.MaxRent != 72*time.Hour {
		t.Errorf("terms: %+v", x)
	}
	if found, _, err := f.Best(t.Context(), "h100", nil, nil, 8); err != nil || len(found) != 0 {
		t.Errorf("nothing that fits: %v, %v", found, err)
	}
	if _, _, err := f.Best(t.Context(), "4090 vram>>", nil, nil, 8); err == nil {
		t.Error("a query that cannot be read finds something")
	}
}

func TestFinderPaysAsAgreed(t *testing.T) {
	f := newStall().finder(t)
	for _, c := range []struct {
		query string
		pay   []money.Currency
		want  int
	}{
		{"4090", []money.Currency{money.USD}, 4},
		{"4090", []money.Currency{money.BTC}, 0},
		{"4090 pay:usd", []money.Currency{money.BTC}, 4}, // what the query says counts
		{"4090", nil, 4},
	} {
		if found, _, err := f.Best(t.Context(), c.query, c.pay, nil, 8); err != nil || len(found) != c.want {
			t.Errorf("%q with %v: %d found, want %d (%v)", c.query, c.pay, len(found), c.want, err)
		}
	}
}

// A choice is never made from an old list, and from no list when there is none.
func TestFinderIsFresh(t *testing.T) {
	s := newStall()
	f := s.finder(t)
	look := func() error {
		_, _, err := f.Best(t.Context(), "4090", nil, nil, 8)
		return err
	}
	for range 3 {
		if err := look(); err != nil || s.fetched != 1 {
			t.Fatalf("%d fetches, %v", s.fetched, err)
		}
	}
	s.now = s.now.Add(time.Minute + time.Second)
	if err := look(); err != nil || s.fetched != 2 {
		t.Fatalf("an old list: %d fetches, %v", s.fetched, err)
	}
	s.now, s.fails = s.now.Add(time.Hour), true
	if err := look(); err == nil {
		t.Error("an old list is good enough when Clore is down")
	}
}
