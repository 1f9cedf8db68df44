package rental_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestDeskGuard(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	limit := func(m *rental.Limits) { m.Day = 10 * money.Coin }
	for _, err := range []error{
		o.Limit(t.Context(), bob, acc, limit), o.Freeze(t.Context(), bob, acc), o.Unfreeze(t.Context(), bob, acc),
	} {
		if !errors.Is(err, rental.ErrNoAccount) {
			t.Errorf("somebody else: %v", err)
		}
	}
	for _, err := range []error{
		o.Limit(t.Context(), ana, acc, limit),
		o.Limit(t.Context(), ana, acc, func(m *rental.Limits) { m.Parallel = 2 }),
		o.Freeze(t.Context(), ana, acc),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := o.ledger(t)
	if got.Limits != (rental.Limits{Day: 10 * money.Coin, Parallel: 2}) || !got.Frozen.Equal(t0) {
		t.Errorf("limits %+v, frozen %v", got.Limits, got.Frozen)
	}
	if err := o.Unfreeze(t.Context(), ana, acc); err != nil || !o.ledger(t).Frozen.IsZero() {
		t.Errorf("unfrozen: %v", err)
	}
}

func TestDeskCancelsAll(t *testing.T) {
	l := running(t)
	l.Observe(list(10*time.Second, order(1001), order(1002), order(1003)), at(10*time.Second))
	o := newOffice(l)
	if _, err := o.CancelAll(t.Context(), bob, acc, []clore.OrderID{1001}); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("somebody else: %v", err)
	}
	done, err := o.CancelAll(t.Context(), ana, acc, []clore.OrderID{1003, 1001, 999, 1001})
	if err != nil || !slices.Equal(done, []clore.OrderID{1001, 1003}) || o.kicked != 1 {
		t.Fatalf("%v, %v, %d kicks", done, err, o.kicked)
	}
	for id, want := range map[clore.OrderID]bool{1001: true, 1002: false, 1003: true} {
		if c := o.ledger(t).Rental(id).Cancel; (c != nil) != want || want && c.Reason != rental.ByUser {
			t.Errorf("order %d: %+v", id, c)
		}
	}
}
