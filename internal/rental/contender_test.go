package rental_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestContendersAreSortedByWorth(t *testing.T) {
	look := rental.Look{Market: &clore.SpotMarket{
		Exists: true, Rates: money.Rates{money.CLORE: usd("0.01").Amount},
		Offers: []clore.SpotOffer{
			{Order: 1, Bid: usd("1.1")},
			{Order: 2, Bid: money.Money{Amount: money.Coin, Currency: "DOGE"}},
			{Order: 3, Bid: clorecoin("130"), Active: true},
			{Order: 4, Bid: money.Money{Amount: usd("1.2").Amount}},
		},
	}}
	got := rental.Contenders(4, money.USD, look, nil)
	want := []rental.Contender{
		{Bid: clorecoin("130"), USD: usd("1.3").Amount, Active: true},
		{Bid: usd("1.2"), USD: usd("1.2").Amount, Mine: true},
		{Bid: usd("1.1"), USD: usd("1.1").Amount},
		{Bid: money.Money{Amount: money.Coin, Currency: "DOGE"}},
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestBeats(t *testing.T) {
	rates := money.Rates{money.CLORE: usd("0.01").Amount}
	top := rental.Book{Top: usd("1.3"), TopUSD: usd("1.3").Amount, Floor: usd("1")}
	blind, alone := top, rental.Book{Floor: usd("1")}
	blind.Blind = true
	for name, tt := range map[string]struct {
		book         rental.Book
		bid          money.Money
		beats, known bool
	}{
		"above":                  {top, usd("1.301"), true, true},
		"equal, and later":       {top, usd("1.3"), false, true},
		"another coin, above":    {top, clorecoin("131"), true, true},
		"another coin, below":    {top, clorecoin("129"), false, true},
		"a coin without a rate":  {top, money.Money{Amount: money.Coin, Currency: money.BTC}, false, false},
		"alone":                  {alone, usd("1"), true, true},
		"alone, below the floor": {alone, usd("0.99"), false, true},
		"one is not known":       {blind, usd("1.4"), false, false},
		"one is, and is higher":  {blind, usd("1.2"), false, true},
	} {
		if beats, known := tt.book.Beats(tt.bid, rates); beats != tt.beats || known != tt.known {
			t.Errorf("%s: %v, %v", name, beats, known)
		}
	}
}
