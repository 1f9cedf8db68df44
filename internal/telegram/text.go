package telegram

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode"

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
	head, _ := shorten(s, most-1)
	return head + "…"
}

// shorten returns the beginning of a text, of at most so many units, up to the end of a line or a
// word where one is near. It reports whether that is the end of a line.
func shorten(s string, most int) (head string, line bool) {
	end, n := 0, 0
	var seen cluster
	for i, r := range s {
		if !seen.joins(r) {
			end = i
		}
		if n += units(string(r)); n > most {
			break
		}
	}
	if n > most {
		s = s[:end]
	}
	for _, stop := range []string{"\n", " "} {
		if at := strings.LastIndex(s, stop); at > len(s)*3/4 {
			s, line = s[:at], stop == "\n"
			break
		}
	}
	return strings.TrimRightFunc(s, unicode.IsSpace), line
}

// writer collects the pieces of a text, counting what will be visible.
type writer struct {
	out  []piece
	left int // units
	say  Phrases
	now  time.Time // in the reader's zone
	pre  bool      // a block of lines was just ended: what follows stands on a line of its own
	// folding has the end of the body say how much was left out, so that a cut at the end of a
	// line needs no mark of its own.
	folding bool
	own     func(command string) bool // the commands that our texts may name
}

// quiet takes away what foreign text would do in a chat.
func (w *writer) quiet(s string) string { return quiet(s, w.own) }

// tagged writes a text within a tag. What does not fit is cut before it is escaped, so that
// neither a tag nor an entity is ever cut.
func (w *writer) tagged(open, text, end string) { w.piece(piece{open: open, text: text, end: end}) }

func (w *writer) piece(p piece) {
	if w.pre && p.text != "" {
		if w.pre = false; !strings.HasPrefix(p.text, "\n") {
			w.plain("\n")
		}
	}
	if p.whole() && (p.units() > maxVisible || p.raw() > maxRaw || p.forms().tooMany()) {
		p = piece{text: "…"} // no message takes it
	}
	if p.units() > w.left {
		p.text = w.fit(p.text)
	}
	if p.text == "" {
		return
	}
	w.left -= p.units()
	w.out = append(w.out, p)
}

// fit shortens a text to what is left.
func (w *writer) fit(text string) string {
	if w.folding {
		if head, line := shorten(text, w.left); line {
			return head
		}
	}
	return cut(text, w.left)
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
		w.tagged("<b>", w.quiet(text), "</b>")
	case chat.Code:
		w.piece(piece{kind: chat.Code, open: "<code>", text: chat.CleanLine(text), end: "</code>"})
	case chat.Block:
		w.line()
		w.piece(piece{kind: chat.Block, open: "<pre>", text: strings.Trim(text, "\n"), end: "</pre>"})
		w.pre = true
	case chat.Hidden:
		w.piece(piece{kind: chat.Hidden, text: text, veil: w.say.HiddenAgain, bare: w.say.Withheld})
	case chat.Link:
		if !chat.LinkOK(s.URL) {
			w.plain(w.quiet(text))
			return
		}
		w.piece(piece{kind: chat.Link, open: `<a href="` + html.EscapeString(s.URL) + `">`, text: cut(text, maxVisible/2), end: "</a>"})
	case chat.When:
		w.plain(w.moment(s.Time))
	case chat.Plain:
		w.plain(w.quiet(text))
	}
}

// inZone returns a time in a zone, in UTC when that is not known.
func inZone(t time.Time, name string) time.Time {
	zone, err := time.LoadLocation(name) // "" is UTC
	if err != nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// moment writes a time in the reader's zone and how far it is: "14:02 UTC (in 5 min)".
func (w *writer) moment(t time.Time) string {
	now := w.now
	t = t.In(now.Location())
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
	return t.Format(layout+" MST") + " (" + far + ")"
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
