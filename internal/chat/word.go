package chat

import "strings"

// word is one word of a typed line. Quotes keep several words together, at the start of a word
// or behind "name:"; elsewhere they are ordinary characters, as in 3.5".
type word struct {
	raw    string // as typed
	name   string // before the colon, "" without one
	value  string // behind the colon, or the whole word; without quotes
	quoted bool   // the whole word stood in quotes
}

// plain returns the word without the quotes around it.
func (w word) plain() string {
	if w.quoted {
		return w.value
	}
	return w.raw
}

func words(line string) []word {
	var all []word
	for {
		line = strings.TrimLeft(line, " ")
		if line == "" {
			return all
		}
		var w word
		w, line = nextWord(line)
		all = append(all, w)
	}
}

func nextWord(line string) (w word, rest string) {
	if value, rest, ok := quotedText(line); ok {
		return word{raw: line[:len(line)-len(rest)], value: value, quoted: true}, rest
	}
	end := strings.IndexByte(line, ' ')
	if end < 0 {
		end = len(line)
	}
	name, value, named := strings.Cut(line[:end], ":")
	if !named {
		return word{raw: line[:end], value: line[:end]}, line[end:]
	}
	if text, rest, ok := quotedText(line[len(name)+1:]); ok {
		return word{raw: line[:len(line)-len(rest)], name: name, value: text}, rest
	}
	return word{raw: line[:end], name: name, value: value}, line[end:]
}

// quotedText reads a text in quotes that stands at the start of s and ends before a space or
// the end. Telephones turn straight quotes into curly ones, so these count too. Quotes that
// are not closed are ordinary characters.
func quotedText(s string) (text, rest string, ok bool) {
	for _, quotes := range []struct{ open, end string }{{`"`, `"`}, {"“", "”"}, {"„", "“"}} {
		body, opened := strings.CutPrefix(s, quotes.open)
		if !opened {
			continue
		}
		text, rest, closed := strings.Cut(body, quotes.end)
		if closed && (rest == "" || rest[0] == ' ') {
			return text, rest, true
		}
	}
	return "", "", false
}
