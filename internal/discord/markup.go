package discord

import (
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// more stands for what was cut off.
const more = "…"

// markup writes rich text in Discord's markdown, in at most limit units. Foreign text is
// cleaned, then escaped; what does not fit is cut, never a mark.
func markup(t chat.Text, limit int) string {
	var b strings.Builder
	for _, s := range t {
		room := limit - chat.Units(b.String())
		before := b.String()
		text, whole := fit(s.Text, room, func(part string) string { return apart(before, span(s, part, begins(before))) })
		b.WriteString(text)
		if !whole {
			break
		}
	}
	return b.String()
}

// begins reports whether what follows may be read as the beginning of a line.
func begins(before string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.Trim(line, " 0123456789") == "" || strings.HasSuffix(line, fence)
}

// apart keeps the marks of neighbours from being read as one, and gives a block lines of its own.
func apart(before, text string) string {
	if strings.HasPrefix(text, fence) && before != "" && !strings.HasSuffix(before, "\n") {
		return "\n" + text
	}
	if before == "" || text == "" || before[len(before)-1] != text[0] || !strings.ContainsRune("*`|", rune(text[0])) {
		return text
	}
	return blank + text
}

// fit returns write(text) if that has at most limit units, otherwise that of the longest
// beginning that fits with a sign that there is more.
func fit(text string, limit int, write func(string) string) (string, bool) {
	if out := write(text); chat.Units(out) <= limit {
		return out, true
	}
	runes := []rune(text)
	fits, out := 0, ""
	for low, high := 0, min(len(runes), limit); low <= high; {
		middle := (low + high) / 2
		try := write(string(runes[:middle]) + more)
		if chat.Units(try) > limit {
			high = middle - 1
			continue
		}
		fits, out, low = middle, try, middle+1
	}
	if fits == 0 {
		return "", false
	}
	return out, false
}

// span writes one span with this text; fresh says that it begins a line.
func span(s chat.Span, text string, fresh bool) string {
	switch s.Kind {
	case chat.Bold:
		return around("**", escape(text))
	case chat.Code:
		return code(text)
	case chat.Block:
		return block(text)
	case chat.Hidden:
		return hidden(text)
	case chat.Link:
		return anchor(text, s.URL)
	case chat.When:
		return fmt.Sprintf("<t:%d:R>", s.Time.Unix())
	default:
		return escapeAt(text, fresh)
	}
}

// around puts marks around text; around nothing they would be shown.
func around(mark, text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	return mark + text + mark
}

// likeBacktick looks like the sign that would end a code span, which cannot be escaped there.
const likeBacktick = "ˋ"

// fence begins and ends a block.
const fence = "```"

func code(s string) string {
	return around("`", strings.ReplaceAll(chat.CleanLine(s), "`", likeBacktick))
}

func block(s string) string {
	text := strings.ReplaceAll(strings.Trim(chat.Clean(s), "\n"), "`", likeBacktick)
	if text == "" {
		return ""
	}
	return fence + "\n" + text + "\n" + fence
}

// hidden writes a spoiler, monospaced so that a password can be read and copied. A text with a
// bar must be escaped instead: two of them end a spoiler even within code.
func hidden(s string) string {
	if strings.Contains(s, "|") {
		text := escape(chat.CleanLine(s))
		if strings.HasSuffix(text, "|") {
			text += " " // or it would be taken for the half of the end
		}
		return around("||", text)
	}
	return around("||", code(s))
}

// anchor writes a named link; an address that must not be shown as one is left out.
func anchor(label, address string) string {
	label = escape(chat.CleanLine(label))
	if !chat.LinkOK(address) {
		return label
	}
	if strings.TrimSpace(label) == "" {
		label = escape(address)
	}
	return "[" + label + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(address) + ")"
}

// escape makes foreign text mean only itself: no emphasis, mention, heading, list or link.
// Discord takes a backslash before any ASCII sign.
func escape(s string) string { return escapeAt(s, true) }

// escapeAt escapes text. At the start of a line, where there are only blanks and digits before, a
// sign may make a list or a heading.
func escapeAt(s string, start bool) string {
	var b strings.Builder
	text := chat.Clean(s)
	for i, r := range text {
		mark := strings.ContainsRune("#-+", r) || (r == '.' && (len(text) == i+1 || text[i+1] == ' '))
		if special(r) || (start && mark) || (r == ':' && strings.HasPrefix(text[i:], "://")) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		start = r == '\n' || (start && (r == ' ' || (r >= '0' && r <= '9')))
	}
	return b.String()
}

// special signs mean something anywhere. Parentheses do so only behind a bracket.
func special(r rune) bool { return strings.ContainsRune("\\*_~|`<>[]@", r) }
