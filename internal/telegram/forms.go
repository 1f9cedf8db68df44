package telegram

import (
	"html"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

const (
	// maxForms is how many entities a message has at most: bold, code, spoilers and what Telegram
	// finds by itself. It keeps 100 and ignores the rest without a word, a spoiler among them
	// (python-telegram-bot's MessageLimit.MESSAGE_ENTITIES).
	maxForms = 100
	// maxAddresses is how many bytes of addresses the links of a message have at most. At about
	// 9,500 Telegram refuses it: ENTITIES_TOO_LONG (telegram-bot-api issue 165).
	maxAddresses = 8000
)

// forms are what Telegram counts of a message besides its text.
type forms struct {
	count     int
	addresses int // bytes
}

func (f forms) and(g forms) forms { return forms{f.count + g.count, f.addresses + g.addresses} }

func (f forms) tooMany() bool { return f.count > maxForms || f.addresses > maxAddresses }

// tag is the form of a piece itself.
func (p piece) tag() forms {
	switch {
	case p.kind == chat.Link:
		return forms{1, len(html.UnescapeString(p.open))}
	case p.kind == chat.Hidden, p.open != "":
		return forms{1, 0}
	default:
		return forms{}
	}
}

// forms are the most that Telegram may count of a piece.
func (p piece) forms() forms {
	f := p.tag()
	for _, r := range p.text {
		f.count += p.finds(r)
	}
	return f
}

// finds returns 1 for a character at which Telegram may find a command, an address or a tag by
// itself, and 0 otherwise. It looks for none in code and in
// links, and what it finds in hidden text comes after the spoiler.
func (p piece) finds(r rune) int {
	switch p.kind {
	case chat.Code, chat.Block, chat.Link, chat.Hidden:
		return 0
	default:
		if strings.ContainsRune("/#$", r) {
			return 1
		}
		return 0
	}
}
