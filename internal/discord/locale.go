package discord

import (
	"strings"
	"unicode"

	"github.com/clorebot/clorebot/internal/chat"
)

// locales are the languages of Discord's clients. See "Locales" in Discord's reference.
func locales() []string {
	return strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr " +
		"cs el bg ru uk hi th zh-CN ja zh-TW ko")
}

// language returns which of the languages (BCP 47) a client in a locale is shown, "" for none of
// them: the very one, or the one of the same first part ("es-419" is shown "es").
func language(languages []string, locale string) string {
	for _, l := range languages {
		if l == locale {
			return l
		}
	}
	first, _, _ := strings.Cut(locale, "-")
	for _, l := range languages {
		if l == first {
			return l
		}
	}
	return ""
}

// translation is a command in the language of a locale.
type translation struct {
	locale  string
	command *chat.Command
}

// translations returns a command in the languages of the menus there are. They differ in texts
// alone: parameters and choices are the same.
func (o *Options) translations(name string) []translation {
	var all []translation
	for _, locale := range locales() {
		if l := language(o.Languages, locale); l != "" && o.Menu != nil {
			if c := chat.Find(o.Menu(l), name); c != nil {
				all = append(all, translation{locale, c})
			}
		}
	}
	return all
}

// localized collects what the languages have in place of a default text: nothing that is the same,
// nor what Discord would refuse.
func localized(all []translation, standard string, of func(*chat.Command) string, ok func(string) bool) map[string]string {
	out := map[string]string{}
	for _, t := range all {
		if text := of(t.command); text != "" && text != standard && ok(text) {
			out[t.locale] = text
		}
	}
	return out
}

// menuName reports whether Discord takes a text as the name of a command or option.
func menuName(s string) bool {
	const longest = 32
	return s == strings.ToLower(s) && chat.Units(s) <= longest && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

// shown returns a command as somebody reads it: in the language of the client, where there is one.
func (f *Frontend) shown(c *chat.Command, locale string) *chat.Command {
	if l := language(f.o.Languages, locale); l != "" && f.o.Menu != nil {
		if own := chat.Find(f.o.Menu(l), c.Name); own != nil {
			return own
		}
	}
	return c
}
