package words

import (
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// The two marks that stand around an argument's number while markup is read. They are from
// Unicode's private use and no text of the catalogue has them.
const opening, closing = "\uE000", "\uE001"

func holder(i int) string { return opening + strconv.Itoa(i) + closing }

// parse reads **bold** and `code` and puts the arguments in their places. An argument within
// bold or code takes that form when it is plain. A mark without its partner stands for itself.
func parse(text string, values []chat.Text) chat.Text {
	var out chat.Text
	for text != "" {
		at := strings.IndexAny(text, "*`")
		if at < 0 {
			break
		}
		mark, kind := "`", chat.Code
		if text[at] == '*' {
			mark, kind = "**", chat.Bold
		}
		inner, rest, ok := strings.Cut(strings.TrimPrefix(text[at:], mark), mark)
		if !strings.HasPrefix(text[at:], mark) || !ok {
			out = fill(out, text[:at+1], chat.Plain, values)
			text = text[at+1:]
			continue
		}
		out = fill(out, text[:at], chat.Plain, values)
		out = fill(out, inner, kind, values)
		text = rest
	}
	return fill(out, text, chat.Plain, values)
}

// fill appends a text of one form, with arguments in place of their holders.
func fill(out chat.Text, text string, kind chat.SpanKind, values []chat.Text) chat.Text {
	for text != "" {
		before, after, found := strings.Cut(text, opening)
		out = add(out, chat.Span{Kind: kind, Text: before})
		if !found {
			break
		}
		number, rest, _ := strings.Cut(after, closing)
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(values) {
			for _, s := range values[i] {
				if s.Kind == chat.Plain {
					s.Kind = kind
				}
				out = add(out, s)
			}
		}
		text = rest
	}
	return out
}

// add appends a span, joining it with one of the same form before it.
func add(out chat.Text, s chat.Span) chat.Text {
	joins := s.Kind == chat.Plain || s.Kind == chat.Bold || s.Kind == chat.Code
	if s.Text == "" && joins {
		return out
	}
	if n := len(out); n > 0 && joins && out[n-1].Kind == s.Kind {
		out[n-1].Text += s.Text
		return out
	}
	return append(out, s)
}
