package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// matches reports whether a label has what was typed, spaces and case aside.
func matches(label, typed string) bool {
	flat := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return strings.Contains(flat(label), flat(typed))
}

const (
	// completeWait is how long suggestions wait for a market that is fetched because of them.
	completeWait = 700 * time.Millisecond
	// completeAge is how old a market may be whose figures are suggested.
	completeAge = 10 * time.Minute
)

// completeGPU suggests the models of the market: "RTX 4090 — 73 free from 0.067 USD/h". With an old
// one it suggests names alone, and the next one is on its way.
func (c *Commands) completeGPU(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	ctx, cancel := context.WithTimeout(ctx, completeWait)
	defer cancel()
	s, _ := c.Board.Snapshot(ctx) // with an error it is the newest there is
	if s == nil {
		return nil, nil
	}
	known := c.Now().Sub(s.At()) <= completeAge
	p := c.Words.In(req.Locale)
	var out []chat.Choice
	for _, m := range s.Models(typed) {
		if len(out) == chat.MaxChoices {
			break
		}
		label := p.S("complete.gpu.taken", "Model", clip(m.Model, maxLabel))
		if !known {
			label = clip(m.Model, maxLabel)
		} else if m.Free > 0 && m.FromUSDPerHour > 0 {
			label = p.S("complete.gpu", "Model", clip(m.Model, maxLabel), "Free", m.Free, "From", p.Rate(m.FromUSDPerHour))
		}
		out = append(out, chat.Choice{Label: label, Value: m.Model})
	}
	return out, nil
}

// completePreset suggests the asker's presets and the built-in ones.
func (c *Commands) completePreset(ctx context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	profile, err := c.Profiles.Profile(ctx, req.User)
	if err != nil {
		return nil, err
	}
	var out []chat.Choice
	for _, p := range c.ask(req, profile).presets() {
		if ch := presetChoice(p); matches(ch.Label, typed) && len(out) < chat.MaxChoices {
			out = append(out, ch)
		}
	}
	return out, nil
}

// completeWatch suggests the asker's watches, by their place in the list.
func (c *Commands) completeWatch(_ context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	var out []chat.Choice
	for i, w := range c.Watches.List(req.User) {
		label := strconv.Itoa(i+1) + " · " + watchName(w)
		if matches(label, typed) && len(out) < chat.MaxChoices {
			out = append(out, chat.Choice{Label: label, Value: w.ID})
		}
	}
	return out, nil
}
