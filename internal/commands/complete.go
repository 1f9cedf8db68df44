package commands

import (
	"context"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// matches reports whether a label has what was typed, spaces and case aside.
func matches(label, typed string) bool {
	flat := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	return strings.Contains(flat(label), flat(typed))
}

// completeGPU suggests the models of the last known market: "RTX 4090 — 73 free from 0.067 USD/h".
func (c *Commands) completeGPU(_ context.Context, req *chat.Request, typed string) ([]chat.Choice, error) {
	s := c.Board.Peek()
	if s == nil {
		return nil, nil
	}
	p := c.Words.In(req.Locale)
	var out []chat.Choice
	for _, m := range s.Models(typed) {
		if len(out) == chat.MaxChoices {
			break
		}
		label := p.S("complete.gpu.taken", "Model", clip(m.Model, maxLabel))
		if m.Free > 0 && m.FromUSDPerHour > 0 {
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
		label := clip(p.Name+" · "+p.Title, maxForeign)
		if matches(label, typed) && len(out) < chat.MaxChoices {
			out = append(out, chat.Choice{Label: label, Value: p.Name})
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
