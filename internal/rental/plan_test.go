package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func dayOf(d time.Duration) time.Time {
	y, m, day := at(d).Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// A quote of 2 USD a day for twelve hours at 17:18: 6 h 42 min fall on the first day, and 5 h 18 min
// and two minutes of grace on the next. 5 % are the renter's, 0.10 USD is for the creation.
func TestPlanByTheDay(t *testing.T) {
	l := ledger()
	q := guardQuote("q", func(t *rental.Terms) { t.RunFor = 12 * time.Hour })
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	p := l.Plan(t0)
	first := amount("2.1").MulDiv(402, 1440) + rental.CreationFee
	second := amount("2.1").MulDiv(320, 1440)
	if got := p.Days[dayOf(0)]; got != first {
		t.Errorf("the first day costs %v, want %v", got, first)
	}
	if got := p.Days[dayOf(24*time.Hour)]; got != second {
		t.Errorf("the second day costs %v, want %v", got, second)
	}
	if got, want := p.ThisMonth(t0), first+second; got != want {
		t.Errorf("the month costs %v, want %v", got, want)
	}
}

// Without a stop time it counts until the host ends it, not for ever.
func TestPlanUntilTheHostEndsIt(t *testing.T) {
	l := ledger()
	q := guardQuote("q", func(t *rental.Terms) { t.RunFor, t.MaxRent = 0, 14*24*time.Hour })
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	want := amount("2.1").MulDiv(14*1440+2, 1440) + rental.CreationFee
	if got := l.Plan(t0).Items[0].Total; got != want {
		t.Errorf("it costs %v, want %v", got, want)
	}
}

// The creation fee is charged after ten minutes, which may be another day than the one it begins on:
// it must fit either.
func TestCreationFeeFitsBothDays(t *testing.T) {
	now := dayOf(24 * time.Hour).Add(-5 * time.Minute)
	q := guardQuote("q", func(t *rental.Terms) { t.RunFor = 6 * time.Hour })
	q.Expires = now.Add(time.Minute)
	rest := amount("2.1").MulDiv(357, 1440) // of the second day, without the fee
	for most, fits := range map[money.Amount]bool{rest + rental.CreationFee: true, rest + rental.CreationFee/2: false} {
		l := ledger()
		l.SetLimits(rental.Limits{Day: most})
		_, err := l.Take(q, now)
		over := (*rental.OverLimit)(nil)
		if fits != (err == nil) || !fits && (!errors.As(err, &over) || !over.On.Equal(dayOf(24*time.Hour))) {
			t.Errorf("a limit of %v a day: %v", most, err)
		}
		if sum := l.Usage(now).PlannedMonth; fits && sum != rest+amount("2.1").MulDiv(5, 1440)+rental.CreationFee {
			t.Errorf("the month is planned with %v", sum)
		}
	}
}
