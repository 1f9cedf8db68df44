package app_test

import (
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestCloreAway takes Clore away from somebody with two rentals, and starts the program anew in the
// middle of it: one message, in whose place it says in the end that Clore is back.
func TestCloreAway(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.rent()
		w.rentAnother(w.phone.do("/rent 3090"))
		w.wait(20 * time.Minute)
		if err := w.sim.Inject(simulator.Fault{Kind: simulator.FaultStatus, Status: 503, Count: 1_000_000}); err != nil {
			t.Fatal(err)
		}
		w.wait(4 * time.Minute)
		if n := w.phone.count("cloredown"); n != 0 {
			t.Errorf("told too early:\n%s", w.phone.transcript())
		}
		w.wait(4 * time.Minute)
		w.restart()
		w.wait(10 * time.Minute)
		if n := w.phone.count("cloredown"); n != 1 {
			t.Errorf("%d messages that Clore is away:\n%s", n, w.phone.transcript())
		}
		w.sim.ClearFaults()
		w.wait(5 * time.Minute)
		if down, back := w.phone.count("cloredown"), w.phone.count("cloreback"); down != 0 || back != 1 {
			t.Errorf("%d messages that Clore is away, %d that it is back:\n%s", down, back, w.phone.transcript())
		}
	})
}
