package terminal

import "strings"

// writer collects rich text into rows.
type writer struct {
	margin string
	lines  []rawRow
	open   bool // the last line goes on
}

type rawRow struct {
	row
	whole bool // of a block: not to be wrapped
}

// write adds text that may have line feeds.
func (w *writer) write(text string, in ink) {
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			w.start()
		}
		if !w.open {
			w.lines, w.open = append(w.lines, rawRow{}), true
		}
		last := &w.lines[len(w.lines)-1]
		if part != "" {
			last.row = append(last.row, piece{part, in})
		}
	}
}

// start ends the line that is open; without one it adds an empty line.
func (w *writer) start() {
	if !w.open {
		w.lines = append(w.lines, rawRow{})
	}
	w.open = false
}

// block adds lines that stand alone.
func (w *writer) block(text string) {
	w.close()
	for part := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		w.lines = append(w.lines, rawRow{row{{part, accent}}, true})
	}
}

// close ends the line that is open. If nothing was written to it, it was only begun by the line
// feed before and is no line.
func (w *writer) close() {
	if last := len(w.lines) - 1; w.open && len(w.lines[last].row) == 0 {
		w.lines = w.lines[:last]
	}
	w.open = false
}

// rows returns the lines behind the margin, wrapped to the width.
func (w *writer) rows(limit, indent int) []row {
	w.close()
	var rows []row
	for _, l := range w.lines {
		line := l.row
		if w.margin != "" {
			line = append(row{{w.margin, plain}}, line...)
		}
		if l.whole {
			rows = append(rows, line)
		} else {
			rows = append(rows, line.wrapped(limit, indent)...)
		}
	}
	return rows
}
