package rental_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func wallets(balance string) []clore.Wallet { return []clore.Wallet{{Balance: usd(balance)}} }

func TestRunway(t *testing.T) {
	l := ready(t) // 2 USD a day and 5 %
	l.Fund(wallets("4.2"), at(time.Hour))
	got, ok := l.Runway(money.USD, at(time.Hour))
	want := rental.Runway{
		Balance: usd("4.2"), Burn: amount("2.1"), Lasts: 48 * time.Hour, Empty: at(49 * time.Hour),
	}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if got, _ := l.Runway(money.USD, at(25*time.Hour)); got.Lasts != 24*time.Hour {
		t.Errorf("a day later it lasts %v", got.Lasts)
	}
	if got, _ := l.Runway(money.USD, at(100*time.Hour)); got.Lasts != 0 || got.Balance != usd("0") {
		t.Errorf("long after: %+v", got)
	}
	if _, ok := l.Runway(money.BTC, at(time.Hour)); ok {
		t.Error("a runway in a currency that is not spent")
	}
	spot := order(1002)
	spot.Kind, spot.Server, spot.Spend = clore.Spot, 5, usd("0")
	observe(l, list(2*time.Hour, deployed(1001), spot))
	if got := l.Burn(money.USD); got != amount("2.1") {
		t.Errorf("a bid that does not lead burns: %v", got)
	}
	spot.Spend = usd("0.01")
	observe(l, list(3*time.Hour, deployed(1001), spot))
	if got := l.Burn(money.USD); got != amount("4.125") {
		t.Errorf("burn = %v", got)
	}
}

// Each threshold is said once, and again after a top-up.
func TestFundWarns(t *testing.T) {
	l := ready(t)
	now := time.Hour
	for i, tt := range []struct {
		balance string // 0.0875 USD an hour
		want    time.Duration
	}{
		{"10", 0},
		{"2.1", 24 * time.Hour}, // 24 h
		{"2.15", 24 * time.Hour},
		{"1", 24 * time.Hour},
		{"0.5", 6 * time.Hour},
		{"0.05", time.Hour},
		{"0", time.Hour},
		{"0.4", 6 * time.Hour}, // topped up to less than six hours: said already
		{"0.08", time.Hour},
		{"10", 0},
		{"0.4", 6 * time.Hour},
	} {
		now += time.Minute
		l.Fund(wallets(tt.balance), at(now))
		if got := l.Funds.Warned[money.USD]; got != tt.want {
			t.Errorf("step %d, balance %s: warned %v, want %v", i, tt.balance, got, tt.want)
		}
	}
}

func TestFundCoveredByStopTimes(t *testing.T) {
	l := ready(t)
	_ = l.SetStop(1001, at(6*time.Hour), t0)
	l.Fund(wallets("0.45"), at(time.Hour)) // 5.1 h for 5 h
	if l.Funds.Warned[money.USD] != 0 {
		t.Error("warned of money that lasts until the stop time")
	}
	_ = l.SetStop(1001, at(7*time.Hour), t0)
	l.Fund(wallets("0.45"), at(time.Hour))
	if l.Funds.Warned[money.USD] != 6*time.Hour {
		t.Errorf("warned %v", l.Funds.Warned[money.USD])
	}
}

// Whatever the figures, nothing overflows or turns round.
func TestRunwayExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := ledger()
		for i := range rapid.IntRange(1, 5).Draw(t, "rentals") {
			o := deployed(clore.OrderID(i + 1))
			o.Price.Amount = money.Amount(rapid.Int64().Draw(t, "price"))
			observe(&l, list(0, append(ordersOf(&l), o)...))
		}
		balance := money.Amount(rapid.Int64().Draw(t, "balance"))
		now := at(time.Duration(rapid.Int64Range(0, int64(1e6*time.Hour)).Draw(t, "now")))
		l.Fund([]clore.Wallet{{Balance: money.Money{Amount: balance, Currency: money.USD}}}, now)
		w, ok := l.Runway(money.USD, now)
		if burn := l.Burn(money.USD); burn < 0 || ok && (w.Lasts < 0 || w.Empty.Before(now)) {
			t.Fatalf("burn %v, runway %+v", burn, w)
		}
		if ok && balance <= 0 && w.Lasts != 0 {
			t.Fatalf("%v lasts %v", balance, w.Lasts)
		}
	})
}

func ordersOf(l *rental.Ledger) []clore.Order {
	var all []clore.Order
	for i := range l.Rentals {
		all = append(all, l.Rentals[i].Order)
	}
	return all
}
