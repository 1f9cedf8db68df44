package telegramtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Entity is a part of a text with a form.
type Entity struct {
	Kind string // "b", "code", "tg-spoiler", …
	Text string
	URL  string
}

// parseHTML reads a text as the Bot API does. The error has the server's words.
func parseHTML(s string) (visible string, entities []Entity, err error) {
	type open struct {
		kind, url string
		at        int
	}
	var stack []open
	var b strings.Builder
	for s != "" {
		switch s[0] {
		case '<':
			end := strings.IndexByte(s, '>')
			if end < 0 {
				return "", nil, fmt.Errorf("can't parse entities: Unclosed start tag at byte offset %d", b.Len())
			}
			tag := s[1:end]
			s = s[end+1:]
			if name, closing := strings.CutPrefix(tag, "/"); closing {
				if len(stack) == 0 || stack[len(stack)-1].kind != name {
					return "", nil, fmt.Errorf("can't parse entities: Unmatched end tag %q", name)
				}
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				entities = append(entities, Entity{top.kind, b.String()[top.at:], top.url})
				continue
			}
			name, attributes, _ := strings.Cut(tag, " ")
			url, ok := href(name, attributes)
			if !ok {
				return "", nil, fmt.Errorf("can't parse entities: Unsupported start tag %q", tag)
			}
			for _, o := range stack {
				if o.kind == "code" || o.kind == "pre" || name == "code" || name == "pre" || o.kind == name {
					return "", nil, fmt.Errorf("can't parse entities: %q within %q", name, o.kind)
				}
			}
			stack = append(stack, open{name, url, b.Len()})
		case '&':
			r, rest, ok := reference(s)
			if !ok { // the server takes it as it is; ours must not come to that
				return "", nil, fmt.Errorf("can't parse entities: a bare & at %q", s[:min(len(s), 10)])
			}
			b.WriteString(r)
			s = rest
		case '>':
			return "", nil, fmt.Errorf("can't parse entities: a bare > behind %q", b.String()[max(b.Len()-10, 0):])
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	if len(stack) > 0 {
		return "", nil, fmt.Errorf("can't parse entities: Can't find end tag corresponding to start tag %q", stack[0].kind)
	}
	return b.String(), entities, nil
}

func href(name, attributes string) (url string, ok bool) {
	if name == "a" {
		url, ok = strings.CutPrefix(attributes, `href="`)
		url, closed := strings.CutSuffix(url, `"`)
		return strings.ReplaceAll(url, "&amp;", "&"), ok && closed && !strings.Contains(url, `"`)
	}
	return "", attributes == "" && slices.Contains([]string{"b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote"}, name)
}

func reference(s string) (text, rest string, ok bool) {
	name, rest, found := strings.Cut(s[1:], ";")
	if !found {
		return "", "", false
	}
	switch name {
	case "lt":
		return "<", rest, true
	case "gt":
		return ">", rest, true
	case "amp":
		return "&", rest, true
	case "quot":
		return `"`, rest, true
	}
	code, numeric := strings.CutPrefix(name, "#")
	n, err := strconv.Atoi(code)
	return string(rune(n)), rest, numeric && err == nil
}
