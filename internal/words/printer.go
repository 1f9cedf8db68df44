package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
)

// Printer writes texts in one language. It is safe for concurrent use.
type Printer struct {
	catalogue *Catalogue
	localizer *i18n.Localizer
	numbers   numbers
	tag       language.Tag
}

// Language returns the BCP 47 tag of the printer's language.
func (p *Printer) Language() string { return p.tag.String() }

// S returns the text of that identifier with its arguments, which are given as name, value,
// name, value, … An unknown identifier returns itself, so that a mistake is seen and not silent.
func (p *Printer) S(id string, args ...any) string { return p.execute(id, nil, p.texts(args)) }

// N is S for a text that depends on a number, which the text knows as {{.N}}.
func (p *Printer) N(id string, count int, args ...any) string {
	data := p.texts(args)
	data["N"] = p.numbers.whole(int64(count))
	return p.execute(id, count, data)
}

// T returns the text of that identifier as rich text. Arguments may be strings, numbers,
// amounts, [chat.Span] and [chat.Text], and moments as [time.Time]; none is read as markup.
func (p *Printer) T(id string, args ...any) chat.Text {
	holders := make(map[string]any, len(args)/2)
	values := make([]chat.Text, 0, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		holders[fmt.Sprint(args[i])] = holder(len(values))
		values = append(values, p.spans(args[i+1]))
	}
	return parse(p.execute(id, nil, holders), values)
}

// Own returns a text without arguments if the printer's own language has it. There is no falling
// back to English, which need not have it either.
func (p *Printer) Own(id string) (text string, ok bool) {
	text, tag, err := p.localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateParser: p.catalogue.parser})
	if err != nil || tag != p.tag {
		return "", false
	}
	return text, true
}

func (p *Printer) execute(id string, count any, data map[string]any) string {
	text, err := p.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: id, PluralCount: count, TemplateData: data, TemplateParser: p.catalogue.parser,
	})
	if text == "" && err != nil { // with a text the error only says that it is the English one
		return id
	}
	return text
}

func (p *Printer) texts(args []any) map[string]any {
	data := make(map[string]any, len(args)/2+1)
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = flat(p.spans(args[i+1]))
	}
	return data
}

// spans writes an argument.
func (p *Printer) spans(v any) chat.Text {
	switch v := v.(type) {
	case chat.Text:
		return v
	case chat.Span:
		return chat.Text{v}
	case time.Time:
		if v.IsZero() {
			return chat.Text{chat.P("–")}
		}
		return chat.Text{chat.At(v)}
	case string:
		return chat.Text{chat.P(v)}
	case int:
		return chat.Text{chat.P(p.numbers.whole(int64(v)))}
	case money.Money:
		return chat.Text{chat.P(p.Money(v))}
	default: // identifiers above all: 1939941 has no separators
		return chat.Text{chat.P(fmt.Sprint(v))}
	}
}

// flat drops the form of rich text.
func flat(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		if s.Kind == chat.When {
			b.WriteString(s.Time.UTC().Format("2006-01-02 15:04 UTC"))
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}
