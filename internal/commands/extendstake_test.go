package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// renting has one rental, without limits that would refuse what is asked.
func renting(t *testing.T, change func(*world, *rental.Rental)) *world {
	t.Helper()
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) {
		r := running(1939941)
		r.Order.MaxRental, r.Terms.MaxRent = 1000*time.Hour, 1000*time.Hour
		change(w, &r)
		l.SetLimits(rental.Limits{})
		l.Rentals = []rental.Rental{r}
	})
	return w
}

func price(cents int64) func(*world, *rental.Rental) {
	return func(_ *world, r *rental.Rental) { r.Order.Price, r.Terms.Price = dollars(cents), dollars(cents) }
}

// TestExtensionCountsRaises: what a bid may still rise to without anybody being asked is what
// longer is judged and shown at.
func TestExtensionCountsRaises(t *testing.T) {
	for _, test := range []struct {
		target, ceiling int64
		mode            rental.Mode
		word            string
	}{
		{word: ""}, // 1 USD/day
		{target: 2000, word: "EXTEND 203"},
		{target: 2000, ceiling: 2200, mode: rental.Defend, word: "EXTEND 223"},
		{ceiling: 2200, mode: rental.Save, word: "EXTEND 223"},
		{ceiling: 2200, mode: rental.Hold, word: ""},
		{target: 50, word: ""}, // a lowering may not come
	} {
		w := renting(t, func(_ *world, r *rental.Rental) {
			r.Order.Kind, r.Terms.Kind = "spot", "spot"
			r.Order.Price, r.Terms.Price = dollars(100), dollars(100)
			if test.target > 0 {
				r.Bid = &rental.Bid{Target: dollars(test.target)}
			}
			r.Pilot = &rental.Pilot{Mode: test.mode, Ceiling: dollars(test.ceiling)}
		})
		v := w.says("/extend 1939941 10d")
		if asksWord(v) != (test.word != "") || spendsByTap(v) == (test.word != "") || !strings.Contains(dump(v), test.word) {
			t.Errorf("%+v:\n%s", test, dump(v))
		}
	}
}

// TestNoStopTimeIsJudgedUntilTheHostEnds: to commit more never asks for less.
func TestNoStopTimeIsJudgedUntilTheHostEnds(t *testing.T) {
	for _, test := range []struct {
		cents   int64 // a day
		longest time.Duration
		word    string
	}{
		{1800, 720 * time.Hour, "567"}, // 0.75 USD/h
		{50, 14 * 24 * time.Hour, ""},  // 7 USD
		{50, 0, "1"},                   // a day, for nothing is known to end it
	} {
		w := newWorld(t).withPreset()
		m := marketplace()
		s := server(90003, "H100", 1, money.Amount(test.cents)*money.Coin/100)
		s.MaxRental = test.longest
		m.Servers = append(m.Servers, s)
		w.board.snapshot = market.NewSnapshot(m, start)
		w.api.wallets = nil
		w.ledger(func(l *rental.Ledger) { l.SetLimits(rental.Limits{}) })
		extends := renting(t, func(_ *world, r *rental.Rental) {
			r.Order.Price, r.Terms.Price = dollars(test.cents), dollars(test.cents)
			r.Order.MaxRental, r.Terms.MaxRent = test.longest, test.longest
		})
		rent, extend := w.says("/rent #90003 run:none"), extends.says("/extend 1939941 none")
		if asksWord(rent) != (test.word != "") || spendsByTap(rent) == (test.word != "") || !strings.Contains(dump(rent), test.word) {
			t.Errorf("%+v:\n%s", test, dump(rent))
		}
		if asksWord(extend) != (test.word != "") || spendsByTap(extend) == (test.word != "") {
			t.Errorf("%+v:\n%s", test, dump(extend))
		}
	}
}

// TestSmallStepsWantAWordNowAndThen: not each, but none takes a rental beyond another 20 USD.
func TestSmallStepsWantAWordNowAndThen(t *testing.T) {
	w := renting(t, func(w *world, r *rental.Rental) {
		price(100)(w, r) // 0.042 USD/h
		r.StopAt = w.now.Add(21 * 24 * time.Hour)
	})
	if v := w.view(w.press(w.says("/order 1939941"), "+1h")); asksWord(v) || v.Topic != "order" {
		t.Errorf("5 cents want a word:\n%s", dump(v))
	}
	w = renting(t, price(1800)) // 0.75 USD/h
	words, steps := 0, 0
	for range 20 { // 91 USD, with time going by
		v := w.view(w.press(w.says("/order 1939941"), "+6h"))
		steps++
		if asksWord(v) {
			words++
			w.word(v, "EXTEND 5")
		}
		w.now = w.now.Add(3 * time.Hour)
	}
	if words != 4 {
		t.Errorf("%d words in %d steps", words, steps)
	}
}

// TestHourIsJudgedAsRented: the price as it is, above 1 USD an hour by however little.
func TestHourIsJudgedAsRented(t *testing.T) {
	for cents, word := range map[int64]bool{2400: false, 2405: true} {
		w := renting(t, price(cents))
		w.sends(ana, "/extend 1939941 1h")
		if moved := w.mem.ledgers["acct-1"].Rentals[0].StopAt.After(start.Add(2 * time.Hour)); moved == word {
			t.Errorf("%d cents a day: want a word %v", cents, word)
		}
	}
}
