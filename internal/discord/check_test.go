package discord_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// What Discord refuses and its specification does not say. The lock is held.

var commandName = regexp.MustCompile(`^[-_\p{Ll}\p{N}]{1,32}$`)

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func (f *fake) checkCommands(all []command) {
	names := taken{}
	for _, c := range all {
		what := fmt.Sprintf("command %q", c.Name)
		total := f.checkNamed(what, c.named, names)
		optional := false
		options := taken{}
		for _, o := range c.Options {
			what := fmt.Sprintf("option %q of %s", o.Name, what)
			total += f.checkNamed(what, o.named, options) + f.checkChoices(what, o)
			if o.Required && optional {
				f.fault("%s: required behind an optional one", what)
			}
			optional = optional || !o.Required
		}
		if total > 8000 {
			f.fault("%s has %d characters", what, total)
		}
	}
	f.checkTaken(all)
}

// taken are the names in use, by locale; "" is the standard.
type taken map[string]map[string]bool

// take reports whether a name is free in a locale, and takes it.
func (t taken) take(locale, name string) bool {
	if t[locale] == nil {
		t[locale] = map[string]bool{}
	}
	free := !t[locale][name]
	t[locale][name] = true
	return free
}

// checkNamed returns the length that counts: of the longest text of each kind.
func (f *fake) checkNamed(what string, n named, others taken) int {
	longest := map[bool]int{true: units(n.Name), false: units(n.Description)}
	name := func(locale, s string) {
		if !commandName.MatchString(s) || units(s) > 32 || strings.ToLower(s) != s || !others.take(locale, s) {
			f.fault("%s: name %q %s", what, s, locale)
		}
		longest[true] = max(longest[true], units(s))
	}
	description := func(locale, s string) {
		if s == "" || units(s) > 100 {
			f.fault("%s: description %q %s", what, s, locale)
		}
		longest[false] = max(longest[false], units(s))
	}
	name("", n.Name)
	description("", n.Description)
	for locale, s := range n.Names {
		name(f.checkLocale(what, locale), s)
	}
	for locale, s := range n.Descriptions {
		description(f.checkLocale(what, locale), s)
	}
	return longest[true] + longest[false]
}

// checkTaken finds a name that a locale has twice: a translated one and one that is not.
func (f *fake) checkTaken(all []command) {
	for _, locale := range []string{"de", "fr"} {
		names := taken{}
		for _, c := range all {
			options := taken{}
			if !names.take("", c.in(locale)) {
				f.fault("command %q: its name in %s is another's", c.Name, locale)
			}
			for _, o := range c.Options {
				if !options.take("", o.in(locale)) {
					f.fault("option %q of %q: its name in %s is another's", o.Name, c.Name, locale)
				}
			}
		}
	}
}

func (n named) in(locale string) string { return cmp.Or(n.Names[locale], n.Name) }

func (f *fake) checkLocale(what, locale string) string {
	if !slices.Contains(strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr "+
		"cs el bg ru uk hi th zh-CN ja zh-TW ko"), locale) {
		f.fault("%s: no locale %q", what, locale)
	}
	return locale
}

func (f *fake) checkChoices(what string, o option) int {
	if o.Autocomplete && len(o.Choices) > 0 || len(o.Choices) > 25 {
		f.fault("%s: %d choices, and autocomplete is %v", what, len(o.Choices), o.Autocomplete)
	}
	total := 0
	for _, c := range o.Choices {
		longest := units(c.Name)
		for locale, s := range c.Names {
			longest = max(longest, units(s))
			if s == "" || f.checkLocale(what, locale) == "" {
				f.fault("%s: empty choice", what)
			}
		}
		if c.Name == "" || c.Value == "" || longest > 100 || units(c.Value) > 100 {
			f.fault("%s: choice %+v", what, c)
		}
		total += longest + units(c.Value)
	}
	return total
}

// checkMessage checks a message; full is false for a change, which may name only some parts.
func (f *fake) checkMessage(data json.RawMessage, full bool) {
	var m struct {
		message
		Embed           json.RawMessage            `json:"embed"`
		AllowedMentions *struct{ Parse *[]string } `json:"allowed_mentions"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		f.fault("message: %v", err)
		return
	}
	if m.Embed != nil {
		f.fault("API v10 has no embed: %s", data)
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
