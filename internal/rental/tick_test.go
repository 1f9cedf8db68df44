package rental_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestTickSlowAndStuck(t *testing.T) {
	l := running(t)
	since := l.Rental(1001).Since.Sub(t0)
	for _, tt := range []struct {
		at          time.Duration
		slow, stuck bool
	}{
		{since + 5*time.Minute - 1, false, false},
		{since + 5*time.Minute, true, false},
		{since + 12*time.Minute - 1, true, false},
		{since + 12*time.Minute, true, true},
	} {
		l.Tick(at(tt.at))
		if told := l.Rental(1001).Told; told.Slow != tt.slow || told.Stuck != tt.stuck {
			t.Errorf("at %v: %+v", tt.at, told)
		}
	}
}

// Nobody is told of slowness where nothing is awaited.
func TestTickNotSlow(t *testing.T) {
	for name, l := range map[string]*rental.Ledger{
		"ready": ready(t),
		"being cancelled": func() *rental.Ledger {
			l := running(t)
			if err := l.AskCancel(1001, rental.ByUser, "", at(time.Minute)); err != nil {
				t.Fatal(err)
			}
			return l
		}(),
		"made elsewhere": func() *rental.Ledger {
			l := ledger()
			observe(&l, list(0, order(1001)))
			return &l
		}(),
		"a container without SSH": func() *rental.Ledger {
			l := running(t)
			l.Rental(1001).Terms.Preset = account.Preset{Ports: map[int]string{8080: "http"}}
			o := order(1001)
			o.Container = clore.Deployed
			observe(l, list(time.Minute, o))
			return l
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			l.Tick(at(time.Hour))
			if told := l.Rental(1001).Told; told.Slow || told.Stuck {
				t.Errorf("told = %+v", told)
			}
		})
	}
}

func TestTickStop(t *testing.T) {
	for name, tt := range map[string]struct {
		run, notice time.Duration
	}{
		"six hours":      {6 * time.Hour, 6*time.Hour - 15*time.Minute},
		"twenty minutes": {20 * time.Minute, 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			l := ready(t)
			if err := l.SetStop(1001, at(tt.run), t0); err != nil {
				t.Fatal(err)
			}
			l.Tick(at(tt.notice - 1))
			if l.Rental(1001).Told.StopDue {
				t.Error("spoken of too early")
			}
			l.Tick(at(tt.notice))
			if r := l.Rental(1001); !r.Told.StopDue || r.Cancel != nil {
				t.Errorf("not spoken of: %+v", r)
			}
			l.Tick(at(tt.run))
			want := &rental.Cancellation{Asked: at(tt.run), Reason: rental.ByStop, Next: at(tt.run)}
			if diff := cmp.Diff(want, l.Rental(1001).Cancel); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("late rather than never", func(t *testing.T) {
		l := ready(t)
		_ = l.SetStop(1001, at(time.Hour), t0)
		l.Tick(at(100 * time.Hour))
		if l.Rental(1001).Cancel == nil {
			t.Error("a stop time that passed during an outage was not kept")
		}
	})
}

func TestSetStopTakesBack(t *testing.T) {
	l := ready(t)
	_ = l.SetStop(1001, at(time.Hour), t0)
	l.Tick(at(time.Hour))
	if err := l.SetStop(1001, at(2*time.Hour), at(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if r := l.Rental(1001); r.Cancel != nil || r.Told.StopDue {
		t.Errorf("rental = %+v", r)
	}
	l.Tick(at(2 * time.Hour))
	l.CancelFailed(1001, at(2*time.Hour)) // it may have been executed
	if err := l.SetStop(1001, at(3*time.Hour), at(2*time.Hour)); !errors.Is(err, rental.ErrEnding) {
		t.Errorf("after an attempt: %v", err)
	}
}

func TestTickWithdrawsTheOld(t *testing.T) {
	l := ledger()
	_, _ = l.Take(quote("q"), t0)
	l.Tick(at(3*time.Minute - 1))
	if got := state(t, &l, "q"); got != rental.Pending {
		t.Fatal(got)
	}
	l.Tick(at(3 * time.Minute))
	if in := l.Intent("q"); in.State != rental.Withdrawn || in.Reason != rental.ReasonTooOld {
		t.Errorf("intent = %+v", in)
	}
}

func TestCancelLife(t *testing.T) {
	l := ready(t)
	if err := l.AskCancel(4711, rental.ByUser, "", t0); !errors.Is(err, rental.ErrNoOrder) {
		t.Errorf("unknown order: %v", err)
	}
	ask := at(10 * time.Minute)
	if err := l.AskCancel(1001, rental.ByStop, "", ask); err != nil {
		t.Fatal(err)
	}
	if err := l.AskCancel(1001, rental.ByUser, "SSH dead", ask); err != nil {
		t.Fatal(err)
	}
	c := l.Rental(1001).Cancel
	if c.Reason != rental.ByUser || c.Issue != "SSH dead" || !c.Next.Equal(ask) {
		t.Errorf("asked twice: %+v", c)
	}
	for i, want := range []time.Duration{2, 4, 8, 8, 8, 8, 8} {
		now := at(time.Duration(10+i) * time.Minute)
		l.CancelFailed(1001, now)
		if got := l.Rental(1001).Cancel.Next.Sub(now); got != want*time.Second {
			t.Errorf("failure %d: again in %v, want %v s", i+1, got, int(want))
		}
	}
	accepted := at(20 * time.Minute)
	l.CancelAccepted(1001, accepted)
	l.CancelAccepted(1001, accepted.Add(30*time.Second))
	if c := l.Rental(1001).Cancel; !c.Accepted.Equal(accepted) || !c.Next.Equal(accepted.Add(time.Minute)) {
		t.Errorf("accepted: %+v", c)
	}
	l.Tick(accepted.Add(2*time.Minute - 1))
	if l.Rental(1001).Cancel.Warned {
		t.Error("warned too early")
	}
	l.Tick(accepted.Add(2 * time.Minute))
	if !l.Rental(1001).Cancel.Warned {
		t.Error("not warned of a cancellation that lingers")
	}
}

func TestAskCancelCutsTheIssue(t *testing.T) {
	l := ready(t)
	if err := l.AskCancel(1001, rental.ByUser, strings.Repeat("😀", 2000), t0); err != nil {
		t.Fatal(err)
	}
	if got := l.Rental(1001).Cancel.Issue; got != strings.Repeat("😀", 1024) {
		t.Errorf("%d bytes left", len(got))
	}
}

func TestLabelAndBid(t *testing.T) {
	l := ready(t)
	if err := l.SetLabel(1001, "  "+strings.Repeat("ü", 50)); err != nil {
		t.Fatal(err)
	}
	if got := l.Rental(1001).Label; got != strings.Repeat("ü", 40) {
		t.Errorf("label = %q", got)
	}
	if err := l.SetBid(1001, usd("3")); !errors.Is(err, rental.ErrNoOrder) {
		t.Errorf("a bid for an on-demand rental: %v", err)
	}
	l.Rental(1001).Order.Kind = clore.Spot
	if err := l.SetBid(1001, usd("3")); err != nil {
		t.Fatal(err)
	}
	o := deployed(1001)
	o.Kind, o.Price = clore.Spot, usd("3")
	observe(l, list(10*time.Minute, o))
	if l.Rental(1001).Told.Dearer {
		t.Error("a raised bid is called dearer than agreed")
	}
}

func TestDismiss(t *testing.T) {
	l := sending(t)
	for intent, want := range map[string]error{"x": rental.ErrNoIntent, "q": rental.ErrIntentState} {
		if err := l.Dismiss(intent); !errors.Is(err, want) {
			t.Errorf("Dismiss(%q) = %v, want %v", intent, err, want)
		}
	}
}
