package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/rental"
)

func TestOutage(t *testing.T) {
	began := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return began.Add(d) }
	var l rental.Ledger
	l.NoAnswer(began, after(time.Hour))
	if l.Outage != (rental.Outage{}) {
		t.Error("told to who rents nothing")
	}
	r := rental.Rental{Stage: rental.Listed}
	r.Order.ID = 7
	l.Rentals = []rental.Rental{r}
	if l.NoAnswer(began, after(5*time.Minute-time.Second)); l.Outage.Lasts() {
		t.Error("told too early")
	}
	if l.NoAnswer(began, after(5*time.Minute)); !l.Outage.Lasts() || !l.Outage.Since.Equal(began) {
		t.Errorf("not told: %+v", l.Outage)
	}
	if l.NoAnswer(after(time.Minute), after(time.Hour)); !l.Outage.Since.Equal(began) {
		t.Error("told again while it lasts")
	}
	l.Observe(rental.Poll{At: after(time.Hour)}, after(time.Hour+time.Second))
	if l.Outage.Lasts() || !l.Outage.Over.Equal(after(time.Hour+time.Second)) {
		t.Errorf("a list does not end it: %+v", l.Outage)
	}
	was := l.Outage
	if l.Observe(rental.Poll{At: after(2 * time.Hour)}, after(2*time.Hour)); l.Outage != was {
		t.Errorf("it ends once more: %+v", l.Outage)
	}
}
