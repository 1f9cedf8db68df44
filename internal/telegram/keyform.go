package telegram

import (
	"encoding/base64"
	"strings"
	"unicode"
)

// fromLink reports whether what follows /start is from a link to the bot: what such a link asks
// for is coded, and readable.
func fromLink(payload string) bool {
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return false
	}
	return !strings.ContainsFunc(string(b), func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) })
}
