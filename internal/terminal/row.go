package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// ink is how a piece of text looks on a terminal with colours.
type ink int

const (
	plain ink = iota
	bold
	faint
	accent
	green
	yellow
	red
)

// sgr returns the parameter of the escape sequence that sets the ink.
func (i ink) sgr() string {
	switch i {
	case bold:
		return "1"
	case faint:
		return "2"
	case accent:
		return "36"
	case green:
		return "32"
	case yellow:
		return "33"
	case red:
		return "31"
	default:
		return ""
	}
}

// piece is text without line feeds, already cleaned, in one ink.
type piece struct {
	text string
	ink  ink
}

// row is one line of output.
type row []piece

// text returns the row without colours and without spaces at its end.
func (r row) text() string {
	var b strings.Builder
	for _, p := range r {
		b.WriteString(p.text)
	}
	return strings.TrimRight(b.String(), " ")
}

// painted returns the row with the escape sequences of its inks.
func (r row) painted() string {
	var b strings.Builder
	for _, p := range r {
		if code := p.ink.sgr(); code != "" && p.text != "" {
			b.WriteString("\x1b[" + code + "m" + p.text + "\x1b[0m")
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// wrapped breaks the row at spaces so that no part is wider than limit columns; the parts after
// the first are indented. Words that are too wide alone stay whole, since addresses and
// commands are copied. A limit of zero or less leaves the row as it is.
func (r row) wrapped(limit, indent int) []row {
	if limit <= 0 || columns(r.text()) <= limit {
		return []row{r}
	}
	var rows []row
	current, used, fresh := row{}, 0, true
	for _, w := range r.words() {
		size := columns(w.text)
		blank := strings.TrimSpace(w.text) == ""
		if !fresh && !blank && used+size > limit {
			rows = append(rows, current)
			current, used, fresh = row{{strings.Repeat(" ", indent), plain}}, indent, true
		}
		if fresh && blank && len(rows) > 0 {
			continue
		}
		current, used, fresh = append(current, w), used+size, fresh && blank
	}
	return append(rows, current)
}

// words cuts the pieces into words and the spaces between them.
func (r row) words() []piece {
	var all []piece
	for _, p := range r {
		for text := p.text; text != ""; {
			end := strings.IndexFunc(text, func(c rune) bool { return (c == ' ') != (text[0] == ' ') })
			if end < 0 {
				end = len(text)
			}
			all = append(all, piece{text[:end], p.ink})
			text = text[end:]
		}
	}
	return all
}

// columns returns how wide a text is on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}

// padded returns s with spaces up to n columns.
func padded(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-columns(s)))
}
