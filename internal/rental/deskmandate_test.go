package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// mandate returns one with every bound: one 4090 for an hour at up to 0.10 USD/h, three tries.
func mandate(id string) rental.Mandate {
	return rental.Mandate{
		ID: id, Cause: rental.ForBest, Query: "rtx4090", Pay: []money.Currency{money.USD},
		Hour: amount("0.1"), Total: amount("1"), Count: 1, Tries: 3, RunFor: time.Hour,
		Patience: 12 * time.Minute, Until: t0.Add(2 * time.Hour),
		Preset: account.Preset{Image: "cloreai/jupyter", Ports: map[int]string{22: "tcp"}},
	}
}

func armed(id, watch string) rental.Mandate {
	m := mandate(id)
	m.Cause, m.Watch = rental.ForWatch, watch
	return m
}

func TestDeskAllowsOnce(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	if err := o.Allow(t.Context(), bob, acc, mandate("m")); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("somebody else: %v", err)
	}
	if err := o.Allow(t.Context(), ana, acc, mandate("m")); err != nil || o.kicked != 1 {
		t.Fatalf("%v, %d kicks", err, o.kicked)
	}
	if err := o.Allow(t.Context(), ana, acc, mandate("m")); !errors.Is(err, rental.ErrMandateTaken) {
		t.Errorf("a second press: %v", err)
	}
	if n := len(o.ledger(t).Mandates); n != 1 || o.kicked != 1 {
		t.Errorf("%d mandates, %d kicks", n, o.kicked)
	}
}

func TestDeskRevokes(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	if err := o.Allow(t.Context(), ana, acc, mandate("m")); err != nil {
		t.Fatal(err)
	}
	if err := o.Revoke(t.Context(), bob, acc, "m"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("somebody else: %v", err)
	}
	if err := o.Revoke(t.Context(), ana, acc, "x"); !errors.Is(err, rental.ErrNoMandate) {
		t.Errorf("an unknown one: %v", err)
	}
	for range 2 {
		if err := o.Revoke(t.Context(), ana, acc, "m"); err != nil {
			t.Fatal(err)
		}
	}
	if m := o.ledger(t).Mandate("m"); m.Active() || m.Why != rental.FinishUser || !m.Over.Equal(t0) {
		t.Errorf("revoked: %+v", m)
	}
}

func TestDeskRevokesAWatch(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	for _, m := range []rental.Mandate{armed("a", "w1"), armed("b", "w2"), mandate("c")} {
		if err := o.Allow(t.Context(), ana, acc, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.RevokeWatch(t.Context(), bob, acc, "w1"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("somebody else: %v", err)
	}
	for _, watch := range []string{"w1", "unknown", ""} {
		if err := o.RevokeWatch(t.Context(), ana, acc, watch); err != nil {
			t.Fatal(err)
		}
	}
	got := o.ledger(t)
	if got.Mandate("a").Active() || !got.Mandate("b").Active() || !got.Mandate("c").Active() {
		t.Errorf("after revoking w1: %+v", got.Mandates)
	}
}
