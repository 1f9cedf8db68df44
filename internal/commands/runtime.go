package commands

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// defaultRun is the planned time of rentals of somebody who set none: no rental runs for ever
// because nobody thought of its end.
const defaultRun = 6 * time.Hour

// maxRun is the longest time that can be planned.
const maxRun = 3000 * time.Hour

// untilStopped is how people write that a rental has no stop time.
const untilStopped = "none"

// runFor returns the planned time of the asker's rentals; 0 is "until I stop it".
func (a *ask) runFor() time.Duration {
	if a.profile.RunFor != nil {
		return *a.profile.RunFor
	}
	return defaultRun
}

func (a *ask) runText(d time.Duration) string {
	if d == 0 {
		return a.S("run.until_stopped")
	}
	return a.Duration(d)
}

// readRun reads "6h", "90m", "2d", a number of hours, or "none". "0" is refused: who writes it may
// well mean "now", and not "for ever".
func (c *Commands) readRun(text string) (time.Duration, error) {
	switch plain := strings.ToLower(strings.TrimSpace(text)); plain {
	case untilStopped, "∞":
		return 0, nil
	}
	d, err := readSpan(text)
	switch {
	case err != nil:
		return 0, c.wrong("run.unclear", "Value", clip(text, maxLabel))
	case d > maxRun || d < 10*time.Minute:
		return 0, c.wrong("run.out_of_range")
	}
	return d, nil
}

// readSpan reads a length of time such as "6h", "90m", "2d", or a number of hours. One that is
// beyond all that can be planned is longer than maxRun.
func readSpan(text string) (time.Duration, error) {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	unit := time.Hour
	for suffix, u := range map[string]time.Duration{"h": time.Hour, "m": time.Minute, "min": time.Minute, "d": 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, suffix); ok && strings.Trim(number, "0123456789") == "" {
			text, unit = number, u
			break
		}
	}
	n, err := strconv.Atoi(text)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && n > int(maxRun/unit):
		return maxRun + 1, nil
	case err != nil:
		return 0, err
	}
	return time.Duration(n) * unit, nil
}

// runChoices are the planned times that are offered everywhere.
func runChoices() []string { return []string{"2h", "6h", "24h", untilStopped} }

func offerRunTimes(a *ask) []chat.Choice {
	var out []chat.Choice
	for _, d := range []time.Duration{time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 72 * time.Hour, 168 * time.Hour} {
		out = append(out, chat.Choice{Label: a.Duration(d), Value: strconv.Itoa(int(d/time.Hour)) + "h"})
	}
	return append(out, chat.Choice{Label: a.S("run.until_stopped"), Value: untilStopped})
}

func (c *Commands) setRun(_ *ask, p *account.Profile, value string) error {
	d, err := c.readRun(value)
	if err != nil {
		return err
	}
	p.RunFor = &d
	return nil
}
