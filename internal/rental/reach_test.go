package rental_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/rental"
)

func TestReachedBanner(t *testing.T) {
	l := running(t)
	observe(l, list(time.Minute, deployed(1001)))
	l.Reached(1001, miss("refused"), at(70*time.Second))
	l.Reached(1001, banner, at(80*time.Second))
	r := l.Rental(1001)
	if r.Stage != rental.Ready || !r.ReadyAt.Equal(at(80*time.Second)) || r.Probe.Misses != 0 {
		t.Errorf("rental = %+v", r)
	}
	before := encode(*l)
	l.Reached(1001, banner, at(10*time.Minute))
	l.Reached(4711, banner, at(10*time.Minute))
	l.Reached(1001, rental.ProbeResult{Host: "n9", Port: 1972, Failure: "refused"}, at(10*time.Minute))
	if diff := cmp.Diff(string(before), string(encode(*l))); diff != "" {
		t.Error("something that says nothing new changed:", diff)
	}
}

func TestReachedDownAndBack(t *testing.T) {
	l := ready(t)
	l.Reached(1001, miss("timeout"), at(10*time.Minute))
	l.Reached(1001, miss("timeout"), at(10*time.Minute+10*time.Second)) // too soon to count
	l.Reached(1001, miss("refused"), at(10*time.Minute+20*time.Second)) // too soon to count
	l.Reached(1001, miss("timeout"), at(11*time.Minute))
	if r := l.Rental(1001); !r.Probe.Down.IsZero() || r.Probe.Misses != 2 {
		t.Fatalf("after two misses: %+v", r.Probe)
	}
	l.Reached(1001, miss("refused"), at(12*time.Minute))
	r := l.Rental(1001)
	if !r.Probe.Down.Equal(at(10*time.Minute)) || !r.Told.Down || r.Stage != rental.Ready {
		t.Fatalf("after three misses: %+v", r)
	}
	l.Reached(1001, banner, at(13*time.Minute))
	if r := l.Rental(1001); !r.Probe.Down.IsZero() || r.Told.Down || r.Probe.Misses != 0 {
		t.Errorf("after a banner: %+v", r.Probe)
	}
	if r := l.Rental(1001); !r.ReadyAt.Equal(at(2 * time.Minute)) {
		t.Errorf("ready at %v", r.ReadyAt)
	}
}

// A miss every two seconds is not a commit every two seconds.
func TestReachedSparesCommits(t *testing.T) {
	l := running(t)
	observe(l, list(time.Minute, deployed(1001)))
	changes := 0
	for d := time.Minute; d < 11*time.Minute; d += 2 * time.Second {
		before := encode(*l)
		l.Reached(1001, miss("refused"), at(d))
		if string(before) != string(encode(*l)) {
			changes++
		}
	}
	if want := 20; changes != want {
		t.Errorf("%d changes in ten minutes, want %d", changes, want)
	}
	l.Reached(1001, miss("timeout"), at(11*time.Minute-time.Second))
	if got := l.Rental(1001).Probe.Failure; got != "timeout" {
		t.Errorf("a new kind of failure was not noted: %q", got)
	}
}

func TestIssue(t *testing.T) {
	const base = 10 * time.Hour
	clock := func(d time.Duration) time.Time { return t0.Truncate(24 * time.Hour).Add(base + d) }
	for name, tt := range map[string]struct {
		rental rental.Rental
		want   string
	}{
		"nothing against it": {},
		"refused": {
			rental: rental.Rental{Order: deployed(1), Probe: rental.Probe{
				Misses: 14, First: clock(2 * time.Minute), Last: clock(14 * time.Minute), Failure: "refused",
			}},
			want: "SSH port refused the connection 14 times from 2026-07-10 10:02 to 10:14 UTC.",
		},
		"once": {
			rental: rental.Rental{Order: deployed(1), Probe: rental.Probe{
				Misses: 1, First: clock(0), Last: clock(0), Failure: "timeout",
			}},
			want: "SSH port timed out at 2026-07-10 10:00 UTC.",
		},
		"over midnight": {
			rental: rental.Rental{Order: deployed(1), Probe: rental.Probe{
				Misses: 3, First: clock(13 * time.Hour), Last: clock(15 * time.Hour), Failure: "no banner",
			}},
			want: "SSH port connected without an SSH banner 3 times from 2026-07-10 23:00 to 2026-07-11 01:00 UTC.",
		},
		"never came up, and offline": {
			rental: rental.Rental{Since: clock(0), Told: rental.Told{Slow: true}},
			want: "The rental has not become usable since 2026-07-10 10:00 UTC. " +
				"The host is shown as offline.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rental.Issue(&tt.rental)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
