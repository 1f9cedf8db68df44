package chat

import (
	"slices"
	"strings"
	"unicode"
)

// keyLength is how long Clore's API keys are; they are of letters, digits, "_" and "-", as seen in
// those of 2026.
const keyLength = 32

func ofKey(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}

// IsKey reports whether a text is nothing but what looks like a key.
func IsKey(text string) bool {
	words := strings.FieldsFunc(Clean(text), func(r rune) bool { return !ofKey(r) })
	return len(words) == 1 && len(words[0]) == keyLength
}

// HoldsKey reports whether there is something in a text that looks like a key, whatever is around
// it. Parts of paths and of base64, such as an SSH key's, are none.
func HoldsKey(text string) bool { return slices.ContainsFunc(keyWords(text), isKeyWord) }

// RevealsKey reports whether a text where no key is expected holds one: it is by itself, or too mixed
// for the sum of a file or a name, which people and commands have good reasons to write.
func RevealsKey(text string) bool {
	return IsKey(text) || slices.ContainsFunc(keyWords(text), func(w string) bool {
		return isKeyWord(w) && strings.ToLower(w) != w && strings.ToUpper(w) != w
	})
}

// keyWords are the words of a text, once without what is invisible in it and once parted there.
func keyWords(text string) []string {
	between := func(r rune) bool { return !ofKey(r) && r != '/' && r != '+' }
	seen := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	return append(strings.FieldsFunc(seen, between), strings.FieldsFunc(text, between)...)
}

func isKeyWord(w string) bool { return len(w) == keyLength && !strings.ContainsAny(w, "/+") }
