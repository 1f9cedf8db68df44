package telegram

import "unicode"

// cluster follows a text and tells which runes belong to the character before them, so that a long
// text is broken between characters as people see them: an emoji of a family is no two people, a
// flag no two letters. It knows the rules of Unicode's UAX 29 that are met in chats, and keeps some
// things together that those would part.
type cluster struct {
	last  rune // 0 at the beginning
	runes int  // of the character so far
	flags int  // the letters of flags right before
}

// clusterMost is how many runes are kept together: no character that means something has more.
const clusterMost = 32

const zeroWidthJoiner = '\u200d'

// joins takes the next rune and reports whether it belongs to the character before it.
func (c *cluster) joins(r rune) bool {
	joined := c.last != 0 && c.runes < clusterMost && (extends(r) || c.last == zeroWidthJoiner || (flagLetter(r) && c.flags%2 == 1) ||
		(c.last == '\r' && r == '\n'))
	if c.runes++; !joined {
		c.runes = 1
	}
	if c.last = r; flagLetter(r) {
		c.flags++
	} else {
		c.flags = 0
	}
	return joined
}

// flagLetter reports a regional indicator: two of them are a flag.
func flagLetter(r rune) bool { return unicode.Is(unicode.Regional_Indicator, r) }

// extends reports whether a rune changes the character before it: accents and vowel signs,
// variation selectors, joiners, skin tones, the letters of a tagged flag, and the inner and last
// letters of a Korean syllable.
func extends(r rune) bool {
	switch {
	case unicode.Is(unicode.M, r), r == zeroWidthJoiner, r == '\u200c':
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0020 && r <= 0xe007f:
		return true
	}
	return r >= 0x1160 && r <= 0x11ff || r == 0x0e33 || r == 0x0eb3
}
