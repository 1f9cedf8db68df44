package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// ended tells of the end of a rental of four hours that cost 0.45 USD: 0.1125 USD/h.
func (w *world) receipt(change func(*rental.Rental)) string {
	w.t.Helper()
	r := running(1939941)
	r.Stage, r.EndedAt, r.Reason = rental.Ended, start, rental.ByUser
	change(&r)
	return dump(w.told(rental.Event{Kind: rental.HasEnded, Order: 1939941, Rental: &r}))
}

func TestReceiptsStandBesideTheMedian(t *testing.T) {
	w := newWorld(t).withKey()
	for median, want := range map[money.Amount]string{
		150_000_000:   "0.113 USD/h, 25 % under the market's median of 0.15",
		90_000_000:    "0.113 USD/h, 25 % over the market's median of 0.09",
		112_600_000:   "0.113 USD/h, the market's median",
		0:             "0.113 USD/h\n",
		1_000_000_000: "89 % under",
	} {
		got := w.receipt(func(r *rental.Rental) { r.Terms.Median = median })
		if !strings.Contains(got, want) {
			t.Errorf("median %s: no %q in\n%s", median, want, got)
		}
	}
}

// TestReceiptsInCoins converts what was paid in coins by the rate of when it was rented.
func TestReceiptsInCoins(t *testing.T) {
	w := newWorld(t).withKey()
	inCoins := func(r *rental.Rental) {
		r.Order.Price = money.Money{Amount: 1600 * money.Coin, Currency: money.CLORE}
		r.Order.Spend = money.Money{Amount: 400 * money.Coin, Currency: money.CLORE}
		r.Order.CreationFee = money.Money{Amount: 80 * money.Coin, Currency: money.CLORE}
		r.Terms.Price, r.Terms.USD, r.Terms.Median = r.Order.Price, 2*money.Coin, 75_000_000
	}
	// 400 and 5 % of it and 80 are 500 CLORE, which is 0.625 USD: 0.15625 an hour.
	got := w.receipt(inCoins)
	if !strings.Contains(got, "500 CLORE") || !strings.Contains(got, "0.156 USD/h, 108 % over") {
		t.Error(got)
	}
	got = w.receipt(func(r *rental.Rental) {
		inCoins(r)
		r.Order.CreationFee = money.Money{Amount: money.Coin / 10, Currency: money.USD}
	})
	if !strings.Contains(got, "420 CLORE") || !strings.Contains(got, "0.156 USD/h") {
		t.Error(got)
	}
	got = w.receipt(func(r *rental.Rental) {
		inCoins(r)
		r.Terms.USD, r.Charged.USD = 0, 600_000_000
	})
	if !strings.Contains(got, "0.15 USD/h") {
		t.Error(got)
	}
	got = w.receipt(func(r *rental.Rental) {
		inCoins(r)
		r.Terms.USD = 0
	})
	if strings.Contains(got, "USD/h") {
		t.Errorf("a rate out of nowhere:\n%s", got)
	}
}

func TestReceiptOfNoTimeAtAll(t *testing.T) {
	w := newWorld(t).withKey()
	got := w.receipt(func(r *rental.Rental) { r.EndedAt, r.Order.Created, r.Terms.Median = start, start, money.Coin })
	if strings.Contains(got, "USD/h") {
		t.Error(got)
	}
	if card := w.receipt(func(r *rental.Rental) { r.Order.Ended = r.Order.Created.Add(time.Hour) }); !strings.Contains(card, "0.45 USD/h") {
		t.Error(card)
	}
}
