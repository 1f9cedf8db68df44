package commands

import "testing"

func TestStrangersTextIsNoCommand(t *testing.T) {
	for text, want := range map[string]string{
		"Xeon /stopall":           "Xeon ∕stopall",
		"/forget":                 "∕forget",
		"(/key@bot)":              "(∕key@bot)",
		"//x":                     "//x",
		"ghcr.io/clore/image:1":   "ghcr.io/clore/image:1",
		"7/8 and/or 1 / 2":        "7/8 and/or 1 / 2",
		"tap /stop\n/stopall now": "tap ∕stop ∕stopall now",
	} {
		if got := clip(text, maxForeign); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
