package terminal

import (
	"strings"
	"unicode"

	"github.com/clorebot/clorebot/internal/chat"
)

// exactly returns the controls whose whole label was typed. If the newest reply has one, the
// same label in other messages does not count.
func (b *board) exactly(line string) []target {
	typed := folded(line)
	return b.matching(func(label string) bool { return typed != "" && label == typed })
}

// wanting returns the control of the newest reply that asks for a word, once that word was typed, in
// just its case: "stop 1" may be another thing than "STOP 1".
func (b *board) wanting(line string) (target, bool) {
	if b.reply == nil {
		return target{}, false
	}
	var found []chat.Action
	for _, c := range b.reply.view.Controls() {
		if c.Word != "" && c.Word == line {
			found = append(found, c.Said())
		}
	}
	if len(found) != 1 {
		return target{}, false
	}
	return target{b.reply, handle{action: found[0]}}, true
}

// beginning returns the controls whose label begins with what was typed.
func (b *board) beginning(line string) []target {
	typed := folded(line)
	return b.matching(func(label string) bool { return typed != "" && strings.HasPrefix(label, typed) })
}

func (b *board) matching(match func(label string) bool) []target {
	var found []target
	for _, m := range b.visible() {
		for _, h := range m.handles {
			if match(folded(h.label)) {
				found = append(found, target{m, h})
			}
		}
		if m == b.reply && len(found) > 0 {
			return found
		}
	}
	return found
}

// folded returns a label as people type it: in lower case and without the sign before it.
func folded(s string) string {
	return strings.TrimSpace(strings.ToLower(strings.TrimLeftFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})))
}
