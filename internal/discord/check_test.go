package discord_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"unicode/utf16"
)

// What Discord refuses and its specification does not say. The lock is held.

var commandName = regexp.MustCompile(`^[-_\p{Ll}\p{N}]{1,32}$`)

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func (f *fake) checkCommands(all []command) {
	names := map[string]bool{}
	for _, c := range all {
		total := units(c.Name + c.Description)
		if !commandName.MatchString(c.Name) || c.Description == "" || units(c.Description) > 100 || names[c.Name] {
			f.fault("command %q: %q", c.Name, c.Description)
		}
		names[c.Name] = true
		optional := false
		options := map[string]bool{}
		for _, o := range c.Options {
			total += units(o.Name + o.Description)
			if !commandName.MatchString(o.Name) || o.Description == "" || units(o.Description) > 100 || options[o.Name] {
				f.fault("option %q of %q: %q", o.Name, c.Name, o.Description)
			}
			options[o.Name] = true
			if o.Required && optional {
				f.fault("option %q of %q: required behind an optional one", o.Name, c.Name)
			}
			optional = optional || !o.Required
			if o.Autocomplete && len(o.Choices) > 0 {
				f.fault("option %q of %q: choices and autocomplete", o.Name, c.Name)
			}
			for _, choice := range o.Choices {
				total += units(choice.Name + choice.Value)
				if choice.Name == "" || choice.Value == "" {
					f.fault("option %q of %q: empty choice", o.Name, c.Name)
				}
			}
		}
		if total > 8000 {
			f.fault("command %q has %d characters", c.Name, total)
		}
	}
}

// checkMessage checks a message; full is false for a change, which may name only some parts.
func (f *fake) checkMessage(data json.RawMessage, full bool) {
	var m struct {
		message
		AllowedMentions *struct{ Parse *[]string } `json:"allowed_mentions"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		f.fault("message: %v", err)
		return
	}
	texts := m.Content != "" || len(m.Embeds) > 0
	if full && !texts {
		f.fault("empty message: %s", data)
	}
	if texts && (m.AllowedMentions == nil || m.AllowedMentions.Parse == nil || len(*m.AllowedMentions.Parse) > 0) {
		f.fault("mentions are not forbidden: %s", data)
	}
	if units(m.Content) > 2000 {
		f.fault("content of %d characters", units(m.Content))
	}
	total := 0
	for _, e := range m.Embeds {
		total += f.checkEmbed(e)
	}
	if total > 6000 || len(m.Embeds) > 10 {
		f.fault("%d embeds with %d characters", len(m.Embeds), total)
	}
	f.checkRows(m.Components)
}

func (f *fake) checkEmbed(e embed) int {
	if units(e.Title) > 256 || units(e.Description) > 4096 || units(e.Footer.Text) > 2048 || len(e.Fields) > 25 {
		f.fault("embed too long: %d, %d, %d, %d fields", units(e.Title), units(e.Description), units(e.Footer.Text), len(e.Fields))
	}
	if e.Title == "" && e.Description == "" && len(e.Fields) == 0 {
		f.fault("empty embed")
	}
	total := units(e.Title + e.Description + e.Footer.Text)
	for _, field := range e.Fields {
		if field.Name == "" || field.Value == "" || units(field.Name) > 256 || units(field.Value) > 1024 {
			f.fault("field %q of %d characters", field.Name, units(field.Value))
		}
		total += units(field.Name + field.Value)
	}
	return total
}

func (f *fake) checkRows(rows []componentRow) {
	if len(rows) > 5 {
		f.fault("%d rows", len(rows))
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Type != 1 || len(r.Components) == 0 || len(r.Components) > 5 {
			f.fault("row of type %d with %d components", r.Type, len(r.Components))
		}
		for _, c := range r.Components {
			if c.URL == "" && (c.CustomID == "" || units(c.CustomID) > 100 || seen[c.CustomID]) {
				f.fault("custom_id %q", c.CustomID)
			}
			seen[c.CustomID] = true
			f.checkComponent(c, len(r.Components))
		}
	}
}

func (f *fake) checkComponent(c component, inRow int) {
	switch c.Type {
	case 2:
		if c.Label == "" || units(c.Label) > 80 || (c.URL != "") != (c.Style == 5) || (c.URL != "" && c.CustomID != "") {
			f.fault("button %+v", c)
		}
	case 3:
		if inRow != 1 || len(c.Options) == 0 || len(c.Options) > 25 || units(c.Placeholder) > 150 {
			f.fault("menu of %d options with %d others", len(c.Options), inRow-1)
		}
		values := map[string]bool{}
		for _, o := range c.Options {
			if o.Label == "" || o.Value == "" || units(o.Label) > 100 || units(o.Value) > 100 || values[o.Value] {
				f.fault("option %+v", o)
			}
			values[o.Value] = true
		}
	case 4:
		if inRow != 1 || c.Label == "" || units(c.Label) > 45 || units(c.Placeholder) > 100 {
			f.fault("input %+v", c)
		}
	default:
		f.fault("component of type %d", c.Type)
	}
}

func (f *fake) checkForm(data json.RawMessage) {
	var m struct {
		CustomID   string `json:"custom_id"`
		Title      string
		Components []componentRow
	}
	if err := json.Unmarshal(data, &m); err != nil {
		f.fault("form: %v", err)
	}
	if m.CustomID == "" || units(m.CustomID) > 100 || m.Title == "" || units(m.Title) > 45 || len(m.Components) == 0 {
		f.fault("form %q %q with %d inputs", m.CustomID, m.Title, len(m.Components))
	}
	f.checkRows(m.Components)
	if slices.ContainsFunc(m.Components, func(r componentRow) bool { return len(r.Components) > 0 && r.Components[0].Type != 4 }) {
		f.fault("form with something else than inputs")
	}
}
