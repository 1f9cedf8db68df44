package simulator_test

import (
	"math"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestWhatARentalCosts(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		o := b.rent(nil)
		at := func(d time.Duration) simulator.Order {
			sleep(time.Until(o.Created.Add(d)))
			return b.truth(o.ID)
		}
		check := func(got simulator.Order, fee float64) {
			t.Helper()
			if want := 2 * float64(got.Seconds) / 86400; got.Spend != want {
				t.Errorf("%d s: spend %v, want %v", got.Seconds, got.Spend, want)
			}
			if want := got.Spend*1.05 + fee; !near(got.Charged, want) || !near(b.balance(usd), 37.51-want) {
				t.Errorf("%d s: charged %v, balance %v, want %v", got.Seconds, got.Charged, b.balance(usd), want)
			}
		}
		check(at(0), 0)
		if got := at(0); got.Seconds != 60 {
			t.Errorf("%d s are charged at once", got.Seconds)
		}
		check(at(9*time.Minute+59*time.Second), 0)
		check(at(10*time.Minute), 0.1)
		got := at(24 * time.Hour)
		check(got, 0.1)
		if got.Seconds < 86400+58 || got.Seconds > 86400+60 {
			t.Errorf("%d s are charged for a day", got.Seconds)
		}
	})
}

func TestShortRentalHasNoCreationFee(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		o := b.rent(nil)
		sleep(9 * time.Minute)
		b.post("cancel_order", map[string]any{"id": o.ID})
		sleep(time.Hour)
		got := b.truth(o.ID)
		if !near(got.Charged, got.Spend*1.05) || !near(b.balance(usd), 37.51-got.Charged) {
			t.Errorf("%+v, balance %v", got, b.balance(usd))
		}
	})
}

func TestFeesInCoins(t *testing.T) {
	inBubble(t, simulator.Options{}, func(t *testing.T, b *bench) {
		o := b.rent(map[string]any{"currency": clore})
		sleep(5 * time.Second)
		if l := b.listed(o.ID, false); l != nil && l["creation_fee"] != 80.0 {
			t.Errorf("creation fee %v CLORE, want 0.1 USD at 0.00125", l["creation_fee"])
		}
		sleep(time.Hour)
		if got := b.truth(o.ID); !near(got.Charged, got.Spend*1.05+80) || got.Price != 1600.42 {
			t.Errorf("%+v", got)
		}
	})
}

// Speed hurries orders along; it must not make them dearer.
func TestSpeedDoesNotTouchMoney(t *testing.T) {
	inBubble(t, simulator.Options{Speed: 10}, func(t *testing.T, b *bench) {
		o := b.rent(nil)
		sleep(time.Minute)
		got := b.truth(o.ID)
		if got.Seconds < 118 || got.Seconds > 120 {
			t.Errorf("%d s after a minute", got.Seconds)
		}
		if up := got.Shell.Sub(got.Created); up < 3500*time.Millisecond || up > 7500*time.Millisecond {
			t.Errorf("sshd after %v", up)
		}
	})
}
