package telegram

import (
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// piece is a part of a message in one form.
type piece struct {
	kind      chat.SpanKind // says where it may be broken
	open, end string        // its tags
	text      string        // as people see it
	// What stands for hidden text: where it is hidden again, and where nothing covers it.
	veil, bare string
}

// look says how hidden text is written.
type look int

const (
	covered look = iota // behind a spoiler
	veiled              // not at all
	plain               // not at all, and without markup
)

// units is the most that a piece needs, whatever the look.
func (p piece) units() int { return max(units(p.text), units(p.veil), units(p.bare)) }

// whole reports whether what is copied or tapped is in it, which must not be broken.
func (p piece) whole() bool {
	switch p.kind {
	case chat.Link, chat.Hidden, chat.Code:
		return true
	case chat.Block:
		return p.units() <= maxVisible
	default:
		return false
	}
}

func (p piece) write(b *strings.Builder, l look) {
	switch {
	case p.kind == chat.Hidden && l == plain:
		b.WriteString(p.bare)
	case l == plain:
		b.WriteString(p.text)
	case p.kind == chat.Hidden && l == veiled:
		b.WriteString("<i>" + escape(p.veil) + "</i>")
	case p.kind == chat.Hidden:
		b.WriteString("<tg-spoiler>" + escape(p.text) + "</tg-spoiler>")
	default:
		b.WriteString(p.open + escape(p.text) + p.end)
	}
}

// write returns pieces in a look; Telegram takes no empty message.
func write(all []piece, l look) string {
	var b strings.Builder
	for _, p := range all {
		p.write(&b, l)
	}
	if strings.TrimSpace(b.String()) == "" {
		return "·"
	}
	return b.String()
}

// visible is what people see of pieces, hidden text included.
func visible(all []piece) string {
	var b strings.Builder
	for _, p := range all {
		b.WriteString(p.text)
	}
	return b.String()
}

// lines counts the lines of pieces.
func lines(all []piece) int { return strings.Count(strings.TrimSpace(visible(all)), "\n") + 1 }
