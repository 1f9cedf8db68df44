package commands

import (
	"strings"
	"unicode"
)

// The longest texts of strangers and users that views show, in characters.
const (
	maxLabel    = 32
	maxForeign  = 64
	maxHardware = 40
	maxName     = 16 // of presets and SSH keys, whose names stand in actions
)

// clip makes a stranger's text fit to be shown: one line without control and direction
// characters, at most that many characters, and nothing in it that a tap would send as a command.
func clip(s string, most int) string { return disarmed(oneLine(s, most)) }

// disarmed puts another slash in place of one that makes a command of the word after it, which
// would be one of ours, as in "tap /stopall". The rules are those of tdlib's find_bot_commands.
func disarmed(s string) string {
	const harmless = '∕' // U+2215, looks the same
	wordly := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	all := []rune(s)
	for i, r := range all {
		if r == '/' && i+1 < len(all) && wordly(all[i+1]) && (i == 0 || !wordly(all[i-1]) && !strings.ContainsRune("/<>", all[i-1])) {
			all[i] = harmless
		}
	}
	return string(all)
}

// oneLine is clip for what is not shown in a chat.
func oneLine(s string, most int) string {
	if len(s) > 8*most {
		s = s[:8*most]
	}
	printable := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		default:
			return r
		}
	}, s)
	line := strings.Join(strings.Fields(printable), " ")
	n := 0
	for i := range line {
		if n++; n > most {
			return line[:i] + "…"
		}
	}
	return line
}

// slug makes a name that fits an action whatever it was: letters, digits and ".-_" of ASCII.
func slug(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case b.Len() == most:
			return b.String()
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
