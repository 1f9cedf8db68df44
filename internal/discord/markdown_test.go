package discord_test

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/clorebot/clorebot/internal/chat"
)

// sight is what a person sees of a text in Discord's markdown.
type sight struct {
	text, hidden strings.Builder
	wrong        []string // what foreign text must not be able to do
}

var (
	anchor = regexp.MustCompile(`^\[((?:\\.|[^\]\\])+)\]\(([^()\s]+)\)`)
	moment = regexp.MustCompile(`^<t:\d+:[Rf]>`)
)

// read reads markdown as Discord does, as far as the bot uses it.
func read(s string) *sight {
	v := &sight{}
	for i := 0; i < len(s); {
		rest := s[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1 && rest[1] < 0x80 && !isWord(rest[1]):
			v.text.WriteByte(rest[1])
			i += 2
		case strings.HasPrefix(rest, "```"):
			i += 3 + v.until(rest[3:], "```")
		case rest[0] == '`':
			i += 1 + v.until(rest[1:], "`")
		case strings.HasPrefix(rest, "||"):
			inner, _, ok := strings.Cut(rest[2:], "||")
			if !ok {
				v.wrong = append(v.wrong, "open spoiler")
			}
			in := read(inner)
			v.hidden.WriteString(in.text.String())
			v.wrong = append(v.wrong, in.wrong...)
			i += 4 + len(inner)
		case strings.HasPrefix(rest, "**"):
			i += 2
		case moment.MatchString(rest):
			v.text.WriteString("[moment]")
			i += len(moment.FindString(rest))
		case anchor.MatchString(rest):
			m := anchor.FindStringSubmatch(rest)
			if !chat.LinkOK(m[2]) {
				v.wrong = append(v.wrong, "link to "+m[2])
			}
			in := read(m[1])
			v.text.WriteString(in.text.String())
			v.wrong = append(v.wrong, in.wrong...)
			i += len(m[0])
		default:
			if strings.ContainsRune("\\*_~|`<>[]@", rune(rest[0])) || strings.HasPrefix(rest, "://") {
				v.wrong = append(v.wrong, "bare "+rest[:min(len(rest), 8)])
			}
			v.text.WriteByte(rest[0])
			i++
		}
	}
	return v
}

// until takes verbatim text up to a mark and returns how much that was.
func (v *sight) until(s, mark string) int {
	inner, _, ok := strings.Cut(s, mark)
	if !ok {
		v.wrong = append(v.wrong, "open "+mark)
	}
	v.text.WriteString(inner)
	return len(inner) + len(mark)
}

func isWord(c byte) bool {
	return c <= ' ' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
}

// deceptive finds characters that no text may have.
func deceptive(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\u200b' && r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
	})
}
