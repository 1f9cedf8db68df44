package rental_test

import (
	"context"
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

// What a rental in a coin costs while nobody knows its worth is booked as soon as somebody does.
func TestUnknownWorthIsMadeUpFor(t *testing.T) {
	l := ledger()
	o := deployed(1001)
	o.Price, o.Spend = clorecoin("8000"), clorecoin("1000")
	observe(&l, list(3*time.Hour, o))
	if got := spent(&l); got > rental.CreationFee {
		t.Fatalf("%v was spent, with no rate known", got)
	}
	l.Rates = money.Rates{money.CLORE: amount("0.01")}
	o.Spend = clorecoin("1100")
	observe(&l, list(3*time.Hour+20*time.Minute, o))
	if got := spent(&l); got < amount("11") {
		t.Errorf("%v was spent, 1,100 CLORE are 11 USD", got)
	}
}

func spent(l *rental.Ledger) money.Amount {
	var sum money.Amount
	for _, usd := range l.Spent {
		sum += usd
	}
	return sum
}

// While a coin is spent its worth is looked up, though seldom; for USD nobody asks.
func TestWorthIsKeptFresh(t *testing.T) {
	for coin, want := range map[money.Currency]int{money.CLORE: 4, money.USD: 0} {
		w := newWorld()
		w.orders = append(w.orders, &truth{Order: deployed(1001)})
		w.orders[0].Price = money.Money{Amount: amount("40"), Currency: coin}
		asked := 0
		b := newBot(w, newBooks(ledger()))
		o := b.AgentOptions
		o.Worth = func(context.Context) (money.Rates, error) {
			asked++
			return money.Rates{money.CLORE: amount("0.01").MulDiv(int64(asked), 1)}, nil
		}
		b.Agent = rental.NewAgent(o)
		b.pass(t, 35*time.Minute)
		if rate := b.ledger(t).Rates[money.CLORE]; asked != want || rate != amount("0.01").MulDiv(int64(want), 1) {
			t.Errorf("%s: asked %d times, CLORE is %v", coin, asked, rate)
		}
	}
}
