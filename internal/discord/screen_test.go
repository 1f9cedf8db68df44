package discord_test

import (
	"fmt"
	"regexp"
	"strings"
)

// drawn is what a person sees of a message, as text: where it is and who sees it, the colour of its
// edge, its texts in markdown, and its controls with what they do.
func (f *fake) drawn(m *message) string {
	var b strings.Builder
	b.WriteString("-- " + f.place(m))
	for flag, name := range map[int]string{4: "no previews", 128: "thinking…", 4096: "silent"} {
		if m.Flags&flag != 0 {
			b.WriteString(" · " + name)
		}
	}
	b.WriteByte('\n')
	if m.Content != "" {
		b.WriteString(m.Content + "\n")
	}
	for _, e := range m.Embeds {
		b.WriteString(indented("▌ ", e.drawn()))
	}
	if m.File != nil {
		fmt.Fprintf(&b, "file %s (%s)\n%s", m.File.name, m.File.kind, indented("| ", m.File.text))
	}
	for _, r := range m.Components {
		b.WriteString(r.drawn())
	}
	return b.String()
}

func (f *fake) place(m *message) string {
	where := "in channel " + m.Channel
	if m.Channel == f.channels[me] {
		where = "direct message"
	}
	if m.Owner != "" {
		where += ", to one alone"
	}
	return where
}

func (e embed) drawn() string {
	colors := map[int]string{0x2ecc71: "green", 0xf1c40f: "yellow", 0xe74c3c: "red", 0x95a5a6: "grey", 0x5865f2: "blue"}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# %s\n", colors[e.Color], e.Title)
	if e.Description != "" {
		b.WriteString(e.Description + "\n")
	}
	for _, f := range e.Fields {
		name := "[" + f.Name + "]"
		if f.Inline {
			name = "[" + f.Name + "]→" // the next one stands beside it
		}
		if strings.Contains(f.Value, "\n") {
			name += "\n"
		} else {
			name += " "
		}
		b.WriteString(name + f.Value + "\n")
	}
	if e.Footer.Text != "" {
		b.WriteString("(" + e.Footer.Text + ")\n")
	}
	return b.String()
}

func (r componentRow) drawn() string {
	var b strings.Builder
	for _, c := range r.Components {
		styles := []string{"", "blue", "grey", "green", "red", "link"}
		state := ""
		if c.Disabled {
			state = " off"
		}
		_, does, _ := strings.Cut(c.CustomID, ":")
		if strings.HasPrefix(c.CustomID, "1k") {
			does = "opens a form"
		}
		switch c.Type {
		case 2:
			fmt.Fprintf(&b, "  ( %s )%s %s  %s%s\n", c.Label, state, styles[c.Style], does, c.URL)
		case 3:
			fmt.Fprintf(&b, "  ( ▾ %s )%s  %s\n", c.Placeholder, state, does)
			for _, o := range c.Options {
				fmt.Fprintf(&b, "      %s  %s\n", o.Label, o.Value)
			}
		case 4:
			required := map[bool]string{true: "", false: " (may stay empty)"}[c.Required == nil || *c.Required]
			fmt.Fprintf(&b, "  %s: [%s%s]%s\n", c.Label, c.Placeholder, c.Value, required)
		}
	}
	return "  ·\n" + b.String()
}

func indented(with, s string) string {
	return with + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+with) + "\n"
}

// normal replaces what differs from run to run: by chance, and by the second in which something
// was looked at.
func normal(s string) string {
	for _, r := range []struct{ pattern, with string }{
		{`((?:quote|confirm|intent|id|from)=)[A-Za-z0-9_-]{6,}`, "${1}…"},
		{"(\\|\\|`)[^`]*", "${1}…"},
		{`<t:\d+:R>`, "<t:…:R>"},
		{`\d\d:\d\d:\d\d`, "hh:mm:ss"},
		{`\b\d+ s\b`, "N s"},
		{`\b0\.00\d USD`, "0.00N USD"}, // spent: it depends on when it was looked at
		{`\d+ d \d+ h \([^)]*\)`, "N d (…)"},
	} {
		s = regexp.MustCompile(r.pattern).ReplaceAllString(s, r.with)
	}
	return s
}
