package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestAgainAndReport rents under a label, ends it by that label, rents the same again after a
// restart and reads the month's report.
func TestAgainAndReport(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 7}, func(w *world) {
		w.phone.press(w.phone.do("/rent 4090 label:night-shift run:2h"), "Rent ·")
		w.wait(20 * time.Minute)
		if ready := show(w.phone.topic("ready").view); !strings.Contains(ready, "“night-shift”") {
			t.Errorf("no label:\n%s", ready)
		}
		w.phone.press(w.phone.do("/cancel night-shift"), "Cancel rental")
		w.wait(5 * time.Minute)
		receipt := w.phone.topic("ended").view
		if text := show(receipt); !strings.Contains(text, "“night-shift”") || !strings.Contains(text, "the market's median") {
			t.Errorf("receipt:\n%s", text)
		}
		w.restart()
		quote := w.phone.do("/again night-shift")
		if quote.Topic != "quote" || !strings.Contains(show(quote), "“night-shift”") || !strings.Contains(show(quote), "in 2 h") {
			t.Fatalf("again:\n%s", show(quote))
		}
		w.wait(5 * time.Minute)
		if len(w.orders()) != 1 {
			t.Fatal("asking again has rented")
		}
		quote = w.phone.press(quote, "⟳ Refresh") // it has expired meanwhile
		w.phone.press(quote, "Rent ·")
		w.wait(20 * time.Minute)
		if len(w.orders()) != 2 || w.alive() != 1 {
			t.Errorf("%d of %d orders alive", w.alive(), len(w.orders()))
		}
		report := w.phone.do("/report")
		if report.File == nil || strings.Count(string(report.File.Data), "\r\n") != 3 || strings.Count(string(report.File.Data), "night-shift") != 2 {
			t.Errorf("report:\n%s\n%+v", show(report), report.File)
		}
		if err := report.File.Validate(); err != nil {
			t.Error(err)
		}
	})
}
