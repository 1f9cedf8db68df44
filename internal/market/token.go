package market

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word or an operator of a query.
type token struct {
	text   string // lower case
	raw    string // as typed
	offset int
	op     bool
}

// tokens splits a query. Operators are runs of the signs < > = ! : and stand alone.
func tokens(s string) []token {
	var all []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if separates(r) {
			i += size
			continue
		}
		start, op := i, operates(r)
		for i < len(s) {
			r, size = utf8.DecodeRuneInString(s[i:])
			if separates(r) || operates(r) != op || (op && i > start && s[start] == '!') && r != '=' {
				break
			}
			i += size
		}
		t := token{raw: s[start:i], offset: start, op: op}
		t.text = strings.ToLower(t.raw)
		if op {
			t.text = plain(t.text)
		}
		all = append(all, t)
	}
	return all
}

func separates(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == ';' }

func operates(r rune) bool { return strings.ContainsRune("<>=!:≤≥", r) }

// plain returns the common form of an operator.
func plain(op string) string {
	switch op {
	case "≤", "=<":
		return "<="
	case "≥", "=>":
		return ">="
	case "==", ":", ":=":
		return "="
	case ":>":
		return ">"
	case ":<":
		return "<"
	default:
		return op
	}
}
