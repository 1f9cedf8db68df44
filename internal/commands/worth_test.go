package commands_test

import (
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestSumsKeepWhatTheySay: 3 h at 2.00 USD a day come to 0.3625 USD, more than 0.36.
func TestSumsKeepWhatTheySay(t *testing.T) {
	w := newWorld(t).withPreset()
	w.api.wallets[0].Balance = dollars(10000)
	v := dump(w.says("/rent #88411 run:3h"))
	for _, want := range []string{"at most 0.37 USD for 3 h", "up to 0.02 USD marketplace fee", "→ at least 99.63 USD"} {
		if !strings.Contains(v, want) {
			t.Errorf("want %s\n%s", want, v)
		}
	}
}

// TestCoinSumsSayTheirWorth wherever money is agreed to in a coin.
func TestCoinSumsSayTheirWorth(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) {
		r.Order.Price, r.Terms.Price, r.Terms.USD = clores(2320), clores(2320), 0
		r.Pilot = &rental.Pilot{Mode: rental.Save, Ceiling: clores(2400)}
	})
	w.api.book = nil
	for line, want := range map[string]string{
		"/rent #88412 pay:CLORE":          "at most 710 CLORE (≈ 0.89 USD) for 6 h",
		"/spot 1939977 bid:2390clore/day": "CLORE (≈ 0.26 USD) for the 2 h",
		"/spot 1939977 bid:2500clore/day": "0.13 USD/h · 3.13/day (2,500 CLORE/day)",
		"/extend 1939977 48h":             "at most 4,860 CLORE (≈ 6.08 USD) for 2 d more", // at the ceiling
		"/orders":                         "save ≤ 0.125 USD/h",
		"/order 1939977":                  "save ≤ 0.125 USD/h",
		"/rent #88412 pay:CLORE run:none": "CLORE (≈ 0.24 USD) for the first hour",
		"/spot #88411 bid:2500clore/day":  "3.00/day (2,400 CLORE/day)",
	} {
		if v := dump(w.says(line)); !strings.Contains(v, want) || strings.Contains(v, "n/a") {
			t.Errorf("%s: want %s\n%s", line, want, v)
		}
	}
}

// TestCeilingStaysWhatWasAgreed, while the worth of the coin moves.
func TestCeilingStaysWhatWasAgreed(t *testing.T) {
	w := withBid(t, func(r *rental.Rental) {
		r.Order.Price, r.Terms.Price, r.Terms.USD = clores(1100), clores(1100), dollars(110).Amount // 0.001 a coin then
	})
	ask := w.view(w.dispatch(w.request(ana, chat.Typed, "autopilot", chat.Args{"order": "1939977", "mode": "defend", "to": "1248clore/day"})))
	done := w.view(w.press(ask, "Bid for me up to 0.065 USD/h"))
	if v := dump(done); !strings.Contains(v, "defend ≤ 0.065 USD/h") {
		t.Errorf("agreed to in\n%s\nbut\n%s", dump(ask), v)
	}
}
