package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// inClore is a ledger with a rental for 400 CLORE a day, which were 4 USD when it was agreed.
func inClore(t *testing.T, limits rental.Limits) rental.Ledger {
	t.Helper()
	l := ledger()
	l.Limits = limits
	q := quote("q")
	q.Terms.Price, q.Terms.USD, q.Terms.RunFor = clorecoin("400"), amount("4"), 48*time.Hour
	q.Rates = money.Rates{money.CLORE: amount("0.01")}
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	l.Accept("q", at(time.Second))
	o := deployed(1001)
	o.Price = q.Terms.Price
	observe(&l, list(5*time.Second, o))
	return l
}

// another is a quote of another server for a day, at rates at which CLORE is worth three times
// as much.
func another() rental.Quote {
	q := quote("q2")
	q.Terms.Server, q.Terms.RunFor = 7, 24*time.Hour
	q.Made, q.Expires = at(time.Minute), at(2*time.Minute)
	q.Rates = money.Rates{money.CLORE: amount("0.03")}
	return q
}

// A coin that rises makes what runs dearer, so that less may be rented beside it.
func TestCoinThatRisesCounts(t *testing.T) {
	l := inClore(t, rental.Limits{Day: amount("10")})
	_, err := l.Take(another(), at(time.Minute))
	if over := (*rental.OverLimit)(nil); !errors.As(err, &over) || over.Limit != rental.LimitDay {
		t.Errorf("taken: %v", err)
	}
	l.Rates = money.Rates{money.CLORE: amount("0.005")}
	if got := l.Plan(at(time.Minute)).Items[0].Hour; got < amount("4").MulDiv(1, 24) {
		t.Errorf("at half the rate it is %v an hour, less than agreed", got)
	}
}

// It is no reason to refuse something else that is within the limits.
func TestCoinThatRisesIsNobodysDoing(t *testing.T) {
	l := inClore(t, rental.Limits{Hour: amount("0.3"), Rental: amount("9")})
	if _, err := l.Take(another(), at(time.Minute)); err != nil {
		t.Errorf("refused: %v", err)
	}
}
