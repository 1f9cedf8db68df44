package telegram

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clorebot/clorebot/internal/chat"
)

// maxVisible is the most UTF-16 units of visible text; Telegram takes 4096.
const maxVisible = 4096

// units counts UTF-16 units, as Telegram does.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x10000 {
			n++
		}
	}
	return n
}

// cut shortens a text to so many units, at the end of a line or a word where one is near, and
// marks the cut.
func cut(s string, most int) string {
	if units(s) <= most {
		return s
	}
	if most < 1 {
		return ""
	}
	end, n := 0, 1 // for the mark
	for i, r := range s {
		if n += units(string(r)); n > most {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	s = s[:end]
	for _, stop := range []string{"\n", " "} {
		if at := strings.LastIndex(s, stop); at > len(s)*3/4 {
			s = s[:at]
			break
		}
	}
	return strings.TrimRightFunc(s, unicode.IsSpace) + "…"
}

// writer collects HTML, counting what will be visible.
type writer struct {
	b    strings.Builder
	left int // units
	say  Phrases
	now  time.Time
	bare bool // no markup at all
	veil bool // hidden text is not shown
	pre  bool // a block of lines was just ended: what follows stands on a line of its own
}

// tagged writes a text within a tag. What does not fit is cut before it is escaped, so that
// neither a tag nor an entity is ever cut.
func (w *writer) tagged(open, text, end string) {
	if w.pre && text != "" {
		if w.pre = false; !strings.HasPrefix(text, "\n") {
			w.plain("\n")
		}
	}
	text = cut(text, w.left)
	if text == "" {
		return
	}
	w.left -= units(text)
	if w.bare {
		w.b.WriteString(text)
		return
	}
	w.b.WriteString(open)
	w.b.WriteString(escape(text))
	w.b.WriteString(end)
}

func (w *writer) plain(text string) { w.tagged("", text, "") }

// escape is what Telegram's HTML wants; quotes are safe outside of attributes.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// text writes spans. What is copied or tapped comes whole or not at all, so plain text before it
// is cut first.
func (w *writer) text(t chat.Text) {
	fixed := 0
	for _, s := range t {
		if n := w.fixed(s); fixed+n <= w.left {
			fixed += n
		}
	}
	for _, s := range t {
		if n := w.fixed(s); n > 0 {
			if n > w.left {
				w.within(max(w.left-fixed, 0), func() { w.plain("…") })
				continue
			}
			fixed = max(fixed-n, 0)
			w.span(s)
			continue
		}
		w.within(max(w.left-fixed, 0), func() { w.span(s) })
	}
}

// fixed is how long a span is that must not be cut; 0 for one that may. A block that no message
// takes is cut like a text.
func (w *writer) fixed(s chat.Span) int {
	switch n := units(s.Text); s.Kind {
	case chat.Block:
		if n < maxVisible/2 {
			return n + 2 // with the lines that it stands on
		}
	case chat.Code, chat.Link:
		return n + 1
	case chat.Hidden:
		return max(n, units(w.say.HiddenAgain), units(w.say.Withheld)) + 1
	case chat.Plain, chat.Bold, chat.When:
	}
	return 0
}

func (w *writer) span(s chat.Span) {
	text := chat.Clean(s.Text)
	switch s.Kind {
	case chat.Bold:
		w.tagged("<b>", quiet(text), "</b>")
	case chat.Code:
		w.tagged("<code>", chat.CleanLine(text), "</code>")
	case chat.Block:
		w.line()
		w.tagged("<pre>", strings.Trim(text, "\n"), "</pre>")
		w.pre = true
	case chat.Hidden:
		if w.veil {
			w.tagged("<i>", w.say.HiddenAgain, "</i>")
			return
		}
		if w.bare { // nothing covers it
			w.plain(w.say.Withheld)
			return
		}
		w.tagged("<tg-spoiler>", text, "</tg-spoiler>")
	case chat.Link:
		if !chat.LinkOK(s.URL) {
			w.plain(quiet(text))
			return
		}
		w.tagged(`<a href="`+html.EscapeString(s.URL)+`">`, text, "</a>")
	case chat.When:
		w.plain(w.moment(s.Time))
	case chat.Plain:
		w.plain(quiet(text))
	}
}

// quiet keeps foreign text from naming a person or a group, who would be notified: an invisible
// mark behind the sign takes away its meaning.
func quiet(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	before := ' '
	for _, r := range s {
		b.WriteRune(r)
		if r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			b.WriteRune('\u2060')
		}
		before = r
	}
	return b.String()
}

// moment writes a time in UTC and how far it is: "14:02 UTC (in 5 min)".
func (w *writer) moment(t time.Time) string {
	t, now := t.UTC(), w.now.UTC()
	layout := "2006-01-02 15:04"
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		layout = "15:04"
	}
	d, form := t.Sub(now), w.say.In
	if d < 0 {
		d, form = -d, w.say.Ago
	}
	far := w.say.Now
	if d >= time.Second {
		far = fmt.Sprintf(form, span(d))
	}
	return t.Format(layout) + " UTC (" + far + ")"
}

// span writes a length of time by its largest unit.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d d", d/day)
	}
}
