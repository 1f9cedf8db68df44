package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// gag takes away what the characters around it mean to Telegram, and is not seen. Joiners will not
// do: they may be within an address.
const gag = "\u2060"

// quiet keeps foreign text from doing something in a chat: "@name" would call a person, "/word"
// would be sent by a tap, and an address would be opened by one. own reports the commands that
// stay, since our texts name them.
func quiet(s string, own func(command string) bool) string {
	if !strings.ContainsAny(s, "@/"+dots) {
		return s
	}
	var b strings.Builder
	before := ' '
	for i := 0; i < len(s); {
		if n := domain(s[i:], before); n > 0 {
			b.WriteString(unlinked(s[i : i+n]))
			before, _ = utf8.DecodeLastRuneInString(s[:i+n])
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		rest := s[i+n:]
		b.WriteString(s[i : i+n])
		switch {
		case r == '@' && !wordly(before):
			b.WriteString(gag)
		case r == '/' && commandLike(before, rest) && !own(commandName(rest)):
			b.WriteString(gag)
		case r == ':' && strings.HasPrefix(rest, "//"):
			b.WriteString(gag)
		}
		before, i = r, i+n
	}
	return b.String()
}

// noCommand is for titles and names, in which our texts name none.
func noCommand(string) bool { return false }

// own reports whether a command is one of the bot's, which our texts may name.
func (f *Frontend) own(command string) bool {
	known := f.known.Load()
	return known != nil && (*known)[command]
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// commandLike reports whether what follows a slash makes a command of it. These are the rules of
// tdlib's find_bot_commands.
func commandLike(before rune, rest string) bool {
	return !wordly(before) && !strings.ContainsRune("/<>", before) && commandName(rest) != ""
}

// commandName returns the word that a text begins with, and whom it is addressed to: "stop@bot".
func commandName(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r >= utf8.RuneSelf || (!wordly(r) && r != '@')
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end]
}
