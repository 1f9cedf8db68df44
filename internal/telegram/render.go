package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// rendered is a view as Telegram takes it.
type rendered struct {
	HTML   string                       `json:"html"`
	Markup *models.InlineKeyboardMarkup `json:"markup,omitempty"`
	bare   func() string                // without markup, for when Telegram refuses the HTML
}

// maxRaw is the most bytes of HTML; Telegram takes 32768.
const maxRaw = 32_000

// render writes a view for people of a language. Hidden text is left out of a veiled one.
func (f *Frontend) render(v chat.View, say Phrases, veil bool) rendered {
	w := writer{left: maxVisible, say: say, now: f.o.Now(), veil: veil}
	r := rendered{Markup: keyboard(v.Rows)}
	r.bare = func() string {
		plain := w
		plain.b, plain.left, plain.bare = strings.Builder{}, maxVisible, true
		return plain.view(v)
	}
	if r.HTML = w.copy().view(v); len(r.HTML) > maxRaw {
		r.HTML = escape(r.bare())
	}
	return r
}

// copy returns a writer with nothing written.
func (w *writer) copy() *writer {
	c := &writer{left: w.left, say: w.say, now: w.now, bare: w.bare, veil: w.veil}
	return c
}

// view writes title, body, fields and footer. The body gives way when all together is too long:
// what it says at length is the least that is missed.
func (w *writer) view(v chat.View) string {
	title := cut(quiet(chat.CleanLine(v.Title)), chat.MaxTitle)
	footer := cut(quiet(chat.Clean(v.Footer)), chat.MaxFooter)
	rest := units(title) + units(footer) + w.measure(v.Fields) + 20
	sign := sign(v.Tone, title+flat(v.Body))
	if title != "" {
		w.tagged("<b>", sign+title, "</b>")
		sign = ""
	}
	if len(v.Body) > 0 {
		w.line()
		w.plain(sign)
		w.within(max(w.left-rest, 500), func() { w.text(v.Body) })
	}
	for _, field := range v.Fields {
		w.line()
		w.field(field)
	}
	if footer != "" {
		w.line()
		w.tagged("<i>", footer, "</i>")
	}
	if w.b.Len() == 0 {
		return "·" // Telegram takes no empty message
	}
	return w.b.String()
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
	if s := w.b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		w.plain("\n")
	}
}

func (w *writer) field(f chat.Field) {
	w.tagged("<b>", cut(quiet(chat.CleanLine(f.Name)), chat.MaxName)+":", "</b>")
	if len(f.Value) > 0 && f.Value[0].Kind != chat.Block {
		w.plain(" ")
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
