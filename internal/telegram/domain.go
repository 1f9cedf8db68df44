package telegram

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dots are what stands between the parts of a domain: beside the full stop those that browsers take
// for one (UTS 46).
const dots = ".。．｡"

func isDot(r rune) bool { return strings.ContainsRune(dots, r) }

// domain returns the length of the domain that a text begins with, 0 for none. What is before it
// decides whether one begins here.
func domain(s string, before rune) int {
	if n := domainOf(s, before, hostRune); n > 0 {
		return n
	}
	return domainOf(s, before, plainRune)
}

// hostRune reports what Telegram takes for a part of a domain: emoji, for one (tdlib's match_urls).
func hostRune(r rune) bool {
	switch {
	case plainRune(r), r == '~':
		return true
	case r < 0xc0:
		return false
	case r >= 0x2000 && r <= 0x206f:
		return r == '\u200c' || r == '\u200d'
	}
	return !unicode.Is(unicode.Z, r)
}

// plainRune reports what others take for a part of a domain.
func plainRune(r rune) bool { return wordly(r) || isDot(r) || r == '-' }

// domainOf returns the length of the domain of such runes that a text begins with.
func domainOf(s string, before rune, inside func(rune) bool) int {
	if inside(before) {
		return 0
	}
	end := strings.IndexFunc(s, func(r rune) bool { return !inside(r) })
	if end < 0 {
		end = len(s)
	}
	name := strings.TrimRight(s[:end], dots+"-")
	parts := strings.FieldsFunc(name, isDot)
	if len(parts) > 1 && (topLevel(parts[len(parts)-1]) || isIP(parts)) {
		return len(name)
	}
	return 0
}

// topLevel reports whether something may be the last part of a domain.
func topLevel(s string) bool {
	if strings.HasPrefix(s, "xn--") {
		return true
	}
	return utf8.RuneCountInString(s) > 1 && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// isIP reports whether four numbers are an address, to which Telegram links as well.
func isIP(parts []string) bool {
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 8); err != nil || strconv.FormatUint(n, 10) != p {
			return false
		}
	}
	return len(parts) == 4
}

// unlinked makes a domain none, unless it is Clore's.
func unlinked(name string) string {
	const clore = "clore.ai"
	if plain := strings.ToLower(name); plain == clore || strings.HasSuffix(plain, "."+clore) {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if isDot(r) {
			b.WriteString(gag)
		}
		b.WriteRune(r)
	}
	return b.String()
}
