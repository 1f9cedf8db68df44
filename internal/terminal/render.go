package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// veil stands for hidden text.
const veil = "▒▒▒▒▒▒"

// widestName is how far fields are aligned; longer names push their value to the right.
const widestName = 20

// renderer turns views into rows. It is the only place where text from outside becomes output,
// so all of it passes through [chat.Clean].
type renderer struct {
	phrases Phrases
	now     time.Time
	zone    *time.Location
	width   int  // columns, 0 for no limit
	reveal  bool // show hidden text
	sample  bool // of a file only the beginning
	savable bool // files can be saved
}

// message returns the rows of a message, leaving room for its letter.
func (r renderer) message(m *message) []row {
	if r.width > 0 {
		r.width = max(1, r.width-columns(marked(m, nil).text())-1)
	}
	return append(r.content(m.view), r.controls(m)...)
}

// marked puts a message's letter before a row.
func marked(m *message, r row) row {
	if m.letter == "" {
		return r
	}
	return append(row{{m.letter + ": ", accent}}, r...)
}

// content returns the rows of all but the controls.
func (r renderer) content(v chat.View) []row {
	var rows []row
	if v.Title != "" {
		title := row{{toneMark(v.Tone) + oneLine(v.Title), toneInk(v.Tone, bold)}}
		rows = append(rows, title.wrapped(r.width, 2)...)
	}
	rows = append(rows, r.text(v.Body, 0)...)
	rows = append(rows, r.fields(v.Fields)...)
	rows = append(rows, r.footer(v.Footer)...)
	return append(rows, r.file(v.File)...)
}

func (r renderer) footer(s string) []row {
	if s == "" {
		return nil
	}
	var w writer
	w.write(prose(s), faint)
	return w.rows(r.width, 0)
}

// toneMark keeps the meaning of the loud tones where there are no colours.
func toneMark(t chat.Tone) string {
	if t == chat.Danger || t == chat.Warning {
		return "! "
	}
	return ""
}

func toneInk(t chat.Tone, neutral ink) ink {
	switch t {
	case chat.Good:
		return green
	case chat.Warning:
		return yellow
	case chat.Danger:
		return red
	case chat.Muted:
		return faint
	default:
		return neutral
	}
}

// text returns rows of rich text, indented by that many columns.
func (r renderer) text(t chat.Text, indent int) []row {
	w := writer{margin: strings.Repeat(" ", indent)}
	for _, s := range t {
		r.span(&w, s)
	}
	return w.rows(r.width, indent)
}

func (r renderer) span(w *writer, s chat.Span) {
	switch s.Kind {
	case chat.Bold:
		w.write(prose(s.Text), bold)
	case chat.Code:
		w.write(chat.CleanLine(s.Text), accent)
	case chat.Block:
		w.block(chat.Clean(s.Text))
	case chat.Hidden:
		w.write(r.hidden(s.Text), accent)
	case chat.Link:
		w.write(link(s.Text, s.URL), accent)
	case chat.When:
		w.write(r.moment(s.Time), plain)
	default:
		w.write(prose(s.Text), plain)
	}
}

func (r renderer) hidden(s string) string {
	if r.reveal {
		return chat.Clean(s)
	}
	return veil
}

// link returns "label <address>"; an address that must not be shown as one is left out.
func link(label, address string) string {
	label = oneLine(label)
	switch {
	case !chat.LinkOK(address):
		return label
	case label == "" || label == address:
		return address
	default:
		return label + " <" + address + ">"
	}
}

// fields returns the fields with their values in one column.
func (r renderer) fields(fields []chat.Field) []row {
	column := 0
	for _, f := range fields {
		if n := columns(oneLine(f.Name)); n <= widestName {
			column = max(column, n+2)
		}
	}
	var rows []row
	for _, f := range fields {
		name := piece{padded(oneLine(f.Name)+"  ", column), faint}
		value := r.text(f.Value, column)
		if len(value) == 0 {
			value = []row{{}}
		}
		if len(value[0]) > 0 && strings.TrimSpace(value[0][0].text) == "" {
			value[0] = value[0][1:] // the margin, whose place the name takes
		}
		value[0] = append(row{name}, value[0]...)
		rows = append(rows, value...)
	}
	return rows
}

// moment returns a time in the reader's zone and how far away it is.
func (r renderer) moment(t time.Time) string {
	local, today := t.In(r.zone), r.now.In(r.zone)
	layout := "15:04"
	switch {
	case local.Year() != today.Year():
		layout = "2 Jan 2006 15:04"
	case local.YearDay() != today.YearDay():
		layout = "Mon 2 Jan 15:04"
	}
	return local.Format(layout) + " (" + r.relative(t.Sub(r.now)) + ")"
}

func (r renderer) relative(d time.Duration) string {
	switch {
	case d.Abs() < time.Second:
		return r.phrases.Now
	case d > 0:
		return fmt.Sprintf(r.phrases.In, short(d))
	default:
		return fmt.Sprintf(r.phrases.Ago, short(-d))
	}
}

// short returns a length of time in at most two units.
func short(d time.Duration) string {
	day := 24 * time.Hour
	for _, u := range []struct {
		size, part time.Duration
		name, sub  string
	}{{day, time.Hour, "d", "h"}, {time.Hour, time.Minute, "h", "m"}, {time.Minute, time.Second, "m", "s"}} {
		if d < u.size {
			continue
		}
		if part := d % u.size / u.part; part > 0 && d < 10*u.size {
			return fmt.Sprintf("%d%s %d%s", d/u.size, u.name, part, u.sub)
		}
		return fmt.Sprintf("%d%s", d/u.size, u.name)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
