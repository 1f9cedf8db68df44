package telegram

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// rendered is a message as Telegram takes it.
type rendered struct {
	HTML   string                       `json:"html"`
	Markup *models.InlineKeyboardMarkup `json:"markup,omitempty"`
	bare   func() string                // without markup, for when Telegram refuses the HTML
}

// maxRaw is the most bytes of HTML; Telegram takes 32768.
const maxRaw = 32_000

// sheet is one message of a view: with what it hides behind a cover, and without it.
type sheet struct {
	covered, veiled rendered
	hides           bool
}

func newSheet(all []piece, markup *models.InlineKeyboardMarkup) sheet {
	bare := func() string { return write(all, plain) }
	hides := slices.ContainsFunc(all, func(p piece) bool { return p.kind == chat.Hidden })
	return sheet{
		covered: rendered{write(all, covered), markup, bare}, veiled: rendered{write(all, veiled), markup, bare},
		hides: hides,
	}
}

// fold writes a view as one message, shortened where it is too long.
func (f *Frontend) fold(v chat.View, say Phrases) sheet {
	w := &writer{left: maxVisible, say: say, now: inZone(f.o.Now(), v.Zone), folding: true, own: f.own}
	w.view(v)
	if !fits(w.out) { // addresses of links count, too
		w.out, _ = parted(w.out, maxVisible)
	}
	return newSheet(w.out, keyboard(v.Rows))
}

// sheets writes a view as so many messages as it takes, the buttons under the last.
func (f *Frontend) sheets(v chat.View, say Phrases) []sheet {
	w := &writer{left: math.MaxInt, say: say, now: inZone(f.o.Now(), v.Zone), own: f.own}
	w.view(v)
	pages := split(w.out, say)
	all := make([]sheet, max(len(pages), 1))
	for i := range pages {
		all[i] = newSheet(pages[i], nil)
	}
	last := len(all) - 1
	if len(pages) == 0 {
		all[last] = newSheet(nil, nil)
	}
	all[last].covered.Markup = keyboard(v.Rows)
	all[last].veiled.Markup = all[last].covered.Markup
	return all
}

// view writes title, body, fields and footer. The body gives way when all together is too long:
// what it says at length is the least that is missed.
func (w *writer) view(v chat.View) {
	title := cut(quiet(chat.CleanLine(v.Title), noCommand), chat.MaxTitle)
	footer := w.quiet(chat.Clean(v.Footer))
	if w.folding {
		footer = cut(footer, chat.MaxFooter)
	}
	rest := units(title) + units(footer) + w.measure(v.Fields) + 20
	sign := sign(v.Tone, title+flat(v.Body))
	if title != "" {
		w.tagged("<b>", sign+title, "</b>")
		sign = ""
	}
	if len(v.Body) > 0 {
		w.line()
		w.plain(sign)
		w.body(v.Body, max(w.left-rest, 500))
	}
	for _, field := range v.Fields {
		w.line()
		w.field(field)
	}
	if footer != "" {
		w.line()
		w.tagged("<i>", footer, "</i>")
	}
}

// body writes the body in so many units, and how many of its lines were left out.
func (w *writer) body(t chat.Text, most int) {
	full := &writer{left: math.MaxInt, say: w.say, now: w.now, own: w.own}
	if full.text(t); !w.folding || measured(full.out) <= most {
		w.within(most, func() { w.text(t) })
		return
	}
	before := len(w.out)
	w.within(most-foldRoom, func() { w.text(t) })
	if n := lines(full.out) - lines(w.out[before:]); n > 0 {
		w.piece(folded(n, w.say))
	}
}

func measured(all []piece) int {
	n := 0
	for _, p := range all {
		n += p.units()
	}
	return n
}

// within lets f write no more than so many units.
func (w *writer) within(most int, f func()) {
	kept := max(w.left-most, 0)
	w.left -= kept
	f()
	w.left += kept
}

// line begins a line unless one was just begun.
func (w *writer) line() {
	if n := len(w.out); n > 0 && !strings.HasSuffix(w.out[n-1].text, "\n") {
		w.plain("\n")
	}
}

func (w *writer) field(f chat.Field) {
	w.tagged("<b>", cut(quiet(chat.CleanLine(f.Name), noCommand), chat.MaxName)+":", "</b>")
	if len(f.Value) > 0 && f.Value[0].Kind != chat.Block {
		w.plain(" ")
	}
	if !w.folding {
		w.text(f.Value)
		return
	}
	w.within(min(w.left, chat.MaxValue), func() { w.text(f.Value) })
}

// measure returns about how long the fields are.
func (w *writer) measure(fields []chat.Field) int {
	n := 0
	for _, f := range fields {
		n += min(units(f.Name), chat.MaxName) + 3 + min(units(flat(f.Value)), chat.MaxValue)
	}
	return n
}

// flat is the text without its form.
func flat(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.Text)
		if s.Kind == chat.When {
			b.WriteString("2006-01-02 15:04 UTC (in 59 min)") // as long as one gets
		}
	}
	return b.String()
}

// sign puts a tone into a sign before the text, unless it begins with one already.
func sign(t chat.Tone, text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	if text != "" && !unicode.IsLetter(first) && !unicode.IsDigit(first) && !unicode.IsPunct(first) {
		return ""
	}
	switch t {
	case chat.Good:
		return "✅ "
	case chat.Warning:
		return "⚠️ "
	case chat.Danger:
		return "🛑 "
	default:
		return ""
	}
}
