package simulator

import (
	"encoding/json"
	"testing"
	"time"
)

// The figures are those of captured orders, to the last digit.
func TestMeterGivesCapturedFigures(t *testing.T) {
	ct := time.Unix(1783703890, 0)
	tests := []struct {
		name  string
		price float64
		lag   int
		after time.Duration
		want  string
	}{
		{"seconds after the start, 2 USD a day", 2, 2, time.Second, "0.001388888888888889"},
		{"the first moment", 2, 0, 0, "0.001388888888888889"},
		{"948 s at 1.83 USD a day", 1.83, 2, 948 * time.Second, "0.02130763888888889"},
		{"part of a second", 2, 0, 999 * time.Millisecond, "0.001388888888888889"},
	}
	for _, tt := range tests {
		m := meter{price: tt.price}
		m.start(ct, tt.lag)
		got, err := json.Marshal(m.spend(ct.Add(tt.after)))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestMeterKeepsWhatWasSpent(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	m := meter{price: day}
	if m.spend(at) != 0 || m.seconds(at) != 0 {
		t.Error("a meter that never ran counts")
	}
	m.start(at, 0)
	m.stop(at.Add(40 * time.Second))
	if m.spend(at.Add(time.Hour)) != 100 {
		t.Errorf("stopped: %v", m.spend(at.Add(time.Hour)))
	}
	m.start(at.Add(time.Hour), 0) // no second minute in advance
	m.reprice(at.Add(time.Hour+10*time.Second), 2*day)
	if got := m.spend(at.Add(time.Hour + 15*time.Second)); got != 100+10+2*5 {
		t.Errorf("after a change of price: %v", got)
	}
	if got := m.seconds(at.Add(time.Hour + 15*time.Second)); got != 115 {
		t.Errorf("%d seconds", got)
	}
}
