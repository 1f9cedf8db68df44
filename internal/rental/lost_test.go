package rental_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// vanish lets order 1001 be missing from two good lists at a time and half a minute later, and
// does what a commit does.
func vanish(t *testing.T, l *rental.Ledger, d time.Duration) {
	t.Helper()
	observe(l, list(d))
	observe(l, list(d+30*time.Second))
	if l.Rental(1001) != nil || len(l.Ended) != 1 {
		t.Fatal("not called ended")
	}
	l.Ended = nil
}

// hour returns ready with an hour to run, which the user has made 30 minutes.
func hour(t *testing.T) *rental.Ledger {
	t.Helper()
	l := ready(t)
	l.Rental(1001).Terms.RunFor, l.Intent("q").Terms.RunFor = time.Hour, time.Hour
	if err := l.SetStop(1001, at(30*time.Minute), at(3*time.Minute)); err != nil {
		t.Fatal(err)
	}
	return l
}

// An order that was called ended and is back has the stop that its user set; one that has passed
// is kept late.
func TestBackKeepsItsStop(t *testing.T) {
	for name, back := range map[string]time.Duration{
		"before the stop": 25 * time.Minute, "after the stop": 35 * time.Minute,
		"after what was planned": 62 * time.Minute, "when its intent is forgotten": 3 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			l := hour(t)
			vanish(t, l, 20*time.Minute)
			l.Prune(at(back))
			observe(l, list(back, deployed(1001)))
			l.Tick(at(back))
			r := l.Rental(1001)
			if r == nil || l.Of("q") != r || !r.StopAt.Equal(at(30*time.Minute)) || !r.StopSet.Equal(at(3*time.Minute)) {
				t.Fatalf("rental = %+v", r)
			}
			if late := back > 30*time.Minute; (r.Cancel != nil) != late || late && r.Cancel.Reason != rental.ByStop {
				t.Errorf("cancel = %+v", r.Cancel)
			}
			if err := wrongRentals(l, l, at(back)); err != nil {
				t.Error(err)
			}
		})
	}
}

// What was cancelled is cancelled again, and the complaint is not made twice.
func TestBackIsCancelledAgain(t *testing.T) {
	l := ready(t)
	if err := l.AskCancel(1001, rental.ByUser, "It is slow.", at(10*time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.CancelAccepted(1001, at(10*time.Minute))
	vanish(t, l, 11*time.Minute)
	observe(l, list(70*time.Minute, deployed(1001)))
	c := l.Rental(1001).Cancel
	if c == nil || c.Reason != rental.ByUser || c.Issue != "" || c.Warned {
		t.Fatalf("cancel = %+v", c)
	}
	s := rental.Next(l, rental.Volatile{Polled: at(70 * time.Minute)}, rental.DefaultPace(), at(70*time.Minute))
	if s.Do != rental.DoCancel || s.Order != 1001 || s.At.After(at(70*time.Minute)) {
		t.Errorf("next is %+v", s)
	}
	if l.Tick(at(71 * time.Minute)); l.Rental(1001).Cancel.Warned {
		t.Error("it is said to linger before it had its time")
	}
}

// What was set, reached and booked is there again, and nothing is booked twice.
func TestBackKeepsTheRest(t *testing.T) {
	l := ready(t)
	if err := l.SetLabel(1001, "training"); err != nil {
		t.Fatal(err)
	}
	l.Rental(1001).Mandate = "m"
	o := deployed(1001)
	o.Spend = usd("0.5")
	observe(l, list(15*time.Minute, o))
	was := *l.Rental(1001)
	vanish(t, l, 20*time.Minute)
	booked := l.Plan(at(21 * time.Minute)).Today(at(0))
	o.Spend = usd("0.506944444") // as was booked for the five minutes until it was missing
	observe(l, list(30*time.Minute, o))
	r := l.Rental(1001)
	if r.Label != "training" || r.Mandate != "m" || !r.ReadyAt.Equal(was.ReadyAt) || r.Stage != rental.Ready ||
		!r.Since.Equal(was.Since) || !r.Gone.IsZero() || !r.EndedAt.IsZero() || r.Reason != "" || !r.Charged.Creation {
		t.Errorf("rental = %+v", r)
	}
	if sum := spent(l); sum != booked {
		t.Errorf("booked %v, then %v", booked, sum)
	}
	if len(l.Lost) != 0 || !l.Intent("q").Closed.IsZero() {
		t.Errorf("lost %+v, intent %+v", l.Lost, l.Intent("q"))
	}
}

// The autopilot of a bid, and what it may fall back on, come back with it.
func TestBackKeepsThePilot(t *testing.T) {
	l := ledger()
	q := quote("q")
	q.Terms.Kind = clore.Spot
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("q", 1000, t0); err != nil {
		t.Fatal(err)
	}
	l.Accept("q", at(time.Second))
	o := deployed(1001)
	o.Kind = clore.Spot
	observe(&l, list(5*time.Second, o))
	if err := l.SetPilot(1001, rental.Pilot{Mode: rental.Defend, Ceiling: usd("3")}, at(time.Minute)); err != nil {
		t.Fatal(err)
	}
	vanish(t, &l, 2*time.Minute)
	observe(&l, list(10*time.Minute, o))
	if p := l.Rental(1001).Pilot; p == nil || p.Mode != rental.Defend || p.Ceiling != usd("3") {
		t.Errorf("pilot = %+v", p)
	}
}

// An order that was not made here keeps what was set for it.
func TestBackOfAStranger(t *testing.T) {
	l := ledger()
	observe(&l, list(time.Minute, deployed(1001)))
	if err := l.SetStop(1001, at(time.Hour), at(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	vanish(t, &l, 10*time.Minute)
	observe(&l, list(20*time.Minute, deployed(1001)))
	if r := l.Rental(1001); r.Intent != "" || !r.StopAt.Equal(at(time.Hour)) {
		t.Errorf("rental = %+v", r)
	}
}

// An order that is merely missing is looked for, ever more rarely, for a day; one that Clore shows
// as ended is not.
func TestLostIsLookedFor(t *testing.T) {
	l := ready(t)
	vanish(t, l, 20*time.Minute)
	next := func(polled time.Duration) rental.Step {
		l.Prune(at(polled))
		return rental.Next(l, rental.Volatile{Polled: at(polled), Funded: at(polled)}, rental.DefaultPace(), at(polled))
	}
	for polled, most := range map[time.Duration]time.Duration{
		21 * time.Minute: 15 * time.Second, 2 * time.Hour: 5 * time.Minute, 20 * time.Hour: time.Hour,
	} {
		if s := next(polled); s.Do != rental.DoPoll || s.At.After(at(polled+most)) || s.At.Before(at(polled+most/2)) {
			t.Errorf("after a look at %v: %v %v", polled, s.Do, s.At.Sub(t0))
		}
	}
	if s := next(25 * time.Hour); s.Do != rental.DoNothing || len(l.Lost) != 0 {
		t.Errorf("after a day: %v", s.Do)
	}
	l = ready(t)
	vanish(t, l, 20*time.Minute)
	observe(l, completed(21*time.Minute, expired(1001, 19*time.Minute)))
	if s := next(22 * time.Minute); s.Do == rental.DoPoll {
		t.Error("an order that was shown as ended later is looked for")
	}
	l = ready(t)
	observe(l, completed(20*time.Minute, expired(1001, 19*time.Minute)))
	if s := next(21 * time.Minute); s.Do == rental.DoPoll {
		t.Error("an order that has ended is looked for")
	}
}

// All that an empty list made end come back, and the proven ends do not grow without bound.
func TestManyLost(t *testing.T) {
	l := ledger()
	var all []clore.Order
	for id := clore.OrderID(1); id <= 100; id++ {
		all = append(all, deployed(id))
	}
	observe(&l, list(time.Minute, all...))
	for i := range l.Rentals {
		if err := l.SetStop(l.Rentals[i].Order.ID, at(9*time.Hour), at(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	observe(&l, list(2*time.Minute))
	observe(&l, list(3*time.Minute))
	observe(&l, list(4*time.Minute, all...))
	for i := range l.Rentals {
		if !l.Rentals[i].StopAt.Equal(at(9 * time.Hour)) {
			t.Fatalf("order %d has lost its stop", l.Rentals[i].Order.ID)
		}
	}
	var over []clore.Order
	for id := clore.OrderID(1); id <= 100; id++ {
		over = append(over, expired(id, 5*time.Minute))
	}
	observe(&l, completed(6*time.Minute, over...))
	if len(l.Rentals) != 0 || len(l.Lost) > 20 {
		t.Errorf("%d run, %d are kept", len(l.Rentals), len(l.Lost))
	}
}

// What was called ended without proof may live: for a while nothing is bought in its place without
// asking. With proof there is nothing to wait for.
func TestNothingTakesTheUnprovenPlace(t *testing.T) {
	for name, proof := range map[string]bool{"missing": false, "shown as ended": true} {
		t.Run(name, func(t *testing.T) {
			l := ready(t)
			if err := l.Allow(mandate("m"), at(5*time.Minute)); err != nil {
				t.Fatal(err)
			}
			vanish(t, l, 20*time.Minute)
			if proof {
				o := deployed(1001)
				o.Expired = true
				observe(l, list(21*time.Minute, o))
			}
			_, err := l.Buy("m", found("q2", 7, at(22*time.Minute)), at(22*time.Minute))
			if (err == nil) != proof {
				t.Fatalf("bought: %v", err)
			}
			if _, err := l.Buy("m", found("q3", 7, at(31*time.Minute)), at(31*time.Minute)); !proof && err != nil {
				t.Errorf("ten minutes later: %v", err)
			}
		})
	}
}
