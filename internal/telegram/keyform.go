package telegram

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"

	"github.com/clorebot/clorebot/internal/chat"
)

// keyLength is how long Clore's API keys are; they are of letters, digits, "_" and "-", as seen in
// those of 2026.
const keyLength = 32

func inKey(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}

// isKey reports whether a text is nothing but what looks like a key.
func isKey(text string) bool {
	words := strings.FieldsFunc(chat.Clean(text), func(r rune) bool { return !inKey(r) })
	return len(words) == 1 && len(words[0]) == keyLength
}

// holdsKey reports whether there is something in a text that looks like a key, whatever is around
// it. Parts of paths and of base64, such as an SSH key's, are none.
func holdsKey(text string) bool { return slices.ContainsFunc(words(text), wordIsKey) }

// reveals reports whether a text where no key is expected holds one: it is by itself, or too mixed
// for the sum of a file or a name, which people and commands have good reasons to write.
func reveals(text string) bool {
	return isKey(text) || slices.ContainsFunc(words(text), func(w string) bool {
		return wordIsKey(w) && strings.ToLower(w) != w && strings.ToUpper(w) != w
	})
}

// words are the words of a text, once without what is invisible in it and once parted there.
func words(text string) []string {
	between := func(r rune) bool { return !inKey(r) && r != '/' && r != '+' }
	seen := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	return append(strings.FieldsFunc(seen, between), strings.FieldsFunc(text, between)...)
}

func wordIsKey(w string) bool { return len(w) == keyLength && !strings.ContainsAny(w, "/+") }

// fromLink reports whether what follows /start is from a link to the bot: what such a link asks
// for is coded, and readable.
func fromLink(payload string) bool {
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return false
	}
	return !strings.ContainsFunc(string(b), func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) })
}
