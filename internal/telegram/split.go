package telegram

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxSheets is the most messages that one view becomes. What is longer still is folded at the end
// of the last.
const maxSheets = 8

// split spreads pieces over messages.
func split(all []piece, say Phrases) [][]piece {
	var sheets [][]piece
	for len(all) > 0 {
		if len(sheets) == maxSheets-1 && !fits(all) {
			head, tail := parted(all, maxVisible-foldRoom)
			if len(tail) > 0 {
				head = append(head, folded(lines(tail), say))
			}
			return append(sheets, head)
		}
		var head []piece
		if head, all = parted(all, maxVisible); len(head) > 0 {
			sheets = append(sheets, head)
		}
	}
	return sheets
}

// foldRoom is kept for saying how much was left out.
const foldRoom = 60

// folded says how many lines were left out.
func folded(n int, say Phrases) piece {
	return piece{text: cut("\n"+fmt.Sprintf(say.LeftOut, n), foldRoom)}
}

func fits(all []piece) bool {
	n, raw := 0, 0
	var f forms
	for _, p := range all {
		n += p.units()
		raw += p.raw()
		f = f.and(p.forms())
	}
	return n <= maxVisible && raw <= maxRaw && !f.tooMany()
}

// raw is the most bytes that a piece needs.
func (p piece) raw() int {
	const tags = 30
	return len(p.open) + max(len(escape(p.text)), len(escape(p.veil)), len(p.bare)) + len(p.end) + tags
}

// spot is a place between two characters: behind so many pieces and bytes of the next.
type spot struct{ piece, at int }

// The places to break at, the best first.
const (
	paragraph = iota
	line
	word
	anywhere
	ranks
)

// parted returns what of the pieces goes into a message of so many units, broken where it is least
// felt, and the rest.
func parted(all []piece, most int) (head, tail []piece) {
	s := scan{most: most}
	for i, p := range all {
		if s.over(i, p) {
			at := s.best()
			if at == (spot{}) { // all of it is one character to the eye, or may not be broken
				at = cmp.Or(s.here, spot{1, 0})
			}
			return at.of(all)
		}
	}
	return trimmed(all), nil
}

// scan looks for places to break at.
type scan struct {
	most int // units
	n    int // units so far
	raw  int // bytes so far
	forms
	crowded bool // the forms are too many, not the text too long
	found   [ranks]struct {
		spot
		n int // units before it
	}
	cluster
	before rune // the last rune but one
	here   spot // the newest place with something before it, good to break at or not
}

// over takes a piece and reports whether it does not fit as a whole.
func (s *scan) over(i int, p piece) bool {
	first, _ := utf8.DecodeRuneInString(p.text)
	if p.whole() {
		first = 'x' // nothing joins it
	}
	own := p.forms()
	if !p.whole() {
		own = p.tag()
	}
	if s.crowded = s.forms.and(own).tooMany(); s.crowded {
		s.reach(spot{i, 0}, first)
		return true
	}
	s.forms = s.and(own)
	if p.whole() {
		s.reach(spot{i, 0}, first)
		if s.n+p.units() > s.most || s.raw+p.raw() > maxRaw {
			return true
		}
		s.n, s.raw = s.n+p.units(), s.raw+p.raw()
		return false
	}
	s.raw += p.raw() - len(escape(p.text))
	for at, r := range p.text {
		s.reach(spot{i, at}, r)
		c := string(r)
		if s.n += units(c); s.n > s.most {
			return true
		}
		if s.raw += len(escape(c)); s.raw > maxRaw {
			return true
		}
		if s.count += p.finds(r); s.tooMany() {
			s.crowded = true
			return true
		}
	}
	return false
}

// reach comes to a place, before a rune, and marks it if it is one to break at.
func (s *scan) reach(here spot, next rune) {
	last, before := s.last, s.before
	s.before = last
	if s.n > 0 {
		s.here = here
	}
	if joined := s.joins(next); joined || s.n == 0 {
		return
	}
	rank := anywhere
	switch {
	case last == '\n' && before == '\n':
		rank = paragraph
	case last == '\n':
		rank = line
	case last == ' ':
		rank = word
	}
	s.found[rank].spot, s.found[rank].n = here, s.n
}

// best returns the best place that does not leave half of the message empty, or else the last.
func (s *scan) best() spot {
	last, half := s.found[anywhere], s.most/2
	if s.crowded {
		half = s.n / 2
	}
	for _, f := range s.found[:anywhere] {
		if f.n > half {
			return f.spot
		}
		if f.n > last.n {
			last = f
		}
	}
	return last.spot
}

// of breaks pieces at a place; one that is broken is closed and opened again.
func (at spot) of(all []piece) (head, tail []piece) {
	head = append(head, all[:at.piece]...)
	tail = append(tail, all[at.piece:]...)
	if at.at > 0 {
		first := tail[0]
		first.text = first.text[:at.at]
		head = append(head, first)
		tail[0].text = tail[0].text[at.at:]
	}
	return trimmed(head), trimmed(tail)
}

// trimmed drops the space around a message, which Telegram drops as well. A block's first line
// may be indented.
func trimmed(all []piece) []piece {
	for len(all) > 0 && all[0].kind != chat.Hidden {
		cutset := "\n "
		if all[0].kind == chat.Block {
			cutset = "\n"
		}
		if all[0].text = strings.TrimLeft(all[0].text, cutset); all[0].text != "" {
			break
		}
		all = all[1:]
	}
	for n := len(all) - 1; n >= 0 && all[n].kind != chat.Hidden; n-- {
		if all[n].text = strings.TrimRight(all[n].text, "\n "); all[n].text != "" {
			break
		}
		all = all[:n]
	}
	return all
}
