package chat

import (
	"errors"
	"fmt"
	"unicode/utf16"
)

// The limits of a view: what both Telegram and Discord take. Lengths of text are in UTF-16
// units, as both count.
const (
	MaxText    = 4000 // all visible text together; Telegram 4096, Discord 4096 in a description
	MaxTitle   = 256
	MaxFields  = 25
	MaxName    = 100 // of a field
	MaxValue   = 1024
	MaxFooter  = 1000
	MaxRows    = 5
	MaxRow     = 5 // buttons; a menu fills a row
	MaxLabel   = 80
	MaxChoices = 25
	MaxChoice  = 100 // label of a choice
	MaxCopy    = 256
)

// Units counts UTF-16 units.
func Units(s string) int { return len(utf16.Encode([]rune(s))) }

// CheckView returns what front-ends could not show of the view as it is, or nil. Front-ends
// shorten what is too long; tests of commands use this to learn of it.
func CheckView(v View) error {
	var faults faults
	faults.longer("title", v.Title, MaxTitle)
	faults.longer("footer", v.Footer, MaxFooter)
	faults.when(len(v.Fields) > MaxFields, "%d fields", len(v.Fields))
	total := Units(v.Title) + Units(v.Footer) + faults.text("body", v.Body)
	for _, f := range v.Fields {
		faults.longer("name of a field", f.Name, MaxName)
		faults.when(f.Name == "", "field without a name")
		length := faults.text(f.Name, f.Value)
		faults.when(length > MaxValue, "field %q of %d characters", f.Name, length)
		total += Units(f.Name) + length
	}
	faults.when(total == 0, "empty view")
	faults.when(total > MaxText, "%d characters of text", total)
	faults.rows(v.Rows)
	err := v.File.Validate()
	faults.when(err != nil, "file: %w", err)
	return errors.Join(faults...)
}

// faults collects what is wrong.
type faults []error

func (f *faults) when(bad bool, format string, args ...any) {
	if bad {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

func (f *faults) longer(what, s string, limit int) {
	f.when(Units(s) > limit, "%s of %d characters", what, Units(s))
}

// text returns the visible length.
func (f *faults) text(where string, t Text) int {
	length := 0
	for _, s := range t {
		length += Units(s.Text)
		f.when(s.Kind == Link && !LinkOK(s.URL), "%s: link to %q", where, s.URL)
		f.when(s.Kind == When && s.Time.IsZero(), "%s: moment without a time", where)
	}
	return length
}

func (f *faults) rows(rows [][]Control) {
	f.when(len(rows) > MaxRows, "%d rows of controls", len(rows))
	seen := map[string]bool{}
	for i, row := range rows {
		f.when(len(row) == 0 || len(row) > MaxRow, "row %d of %d controls", i, len(row))
		for _, c := range row {
			f.when(len(c.Choices) > 0 && len(row) > 1, "menu %q shares its row", c.Label)
			f.control(c, seen)
		}
	}
}

func (f *faults) control(c Control, seen map[string]bool) {
	f.when(c.Label == "", "control without a label")
	f.longer("label of a control", c.Label, MaxLabel)
	kinds := 0
	for _, used := range []bool{c.URL != "", c.Copy != "", c.Action.Command != ""} {
		if used {
			kinds++
		}
	}
	f.when(kinds != 1, "control %q has %d of action, address and copy", c.Label, kinds)
	f.when(c.URL != "" && !LinkOK(c.URL), "control %q leads to %q", c.Label, c.URL)
	f.longer("copied text", c.Copy, MaxCopy)
	switch {
	case len(c.Choices) > 0:
		f.menu(c, seen)
	case c.Action.Command != "":
		f.action(c.Label, c.Action, seen)
	}
}

func (f *faults) menu(c Control, seen map[string]bool) {
	f.when(c.Param == "", "menu %q without a parameter", c.Label)
	f.when(len(c.Choices) > MaxChoices, "menu %q of %d choices", c.Label, len(c.Choices))
	for _, choice := range c.Choices {
		f.when(choice.Label == "" || choice.Value == "", "menu %q has an empty choice", c.Label)
		f.longer("label of a choice", choice.Label, MaxChoice)
		f.action(choice.Label, c.Chosen(choice), seen)
	}
}

// action refuses two controls of one view that do the same: Discord does.
func (f *faults) action(label string, a Action, seen map[string]bool) {
	encoded, err := a.Encode()
	f.when(err != nil, "control %q: %w", label, err)
	f.when(err == nil && seen[encoded], "control %q does what another does", label)
	seen[encoded] = true
}
