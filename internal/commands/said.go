package commands

import (
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// said is an error that is told to the asker as it is: a text of the catalogue with the next
// steps as controls.
type said struct {
	id      string
	args    []any
	rows    [][]chat.Control
	english string // for front-ends that show an error of Param.Parse, and for logs
}

// Error implements error, in English.
func (e *said) Error() string { return e.english }

// wrong returns an error that people are told in the words of that identifier.
func (c *Commands) wrong(id string, args ...any) *said {
	var english strings.Builder
	for _, span := range c.Words.In("en").T(id, args...) {
		english.WriteString(span.Text)
	}
	return &said{id: id, args: args, english: english.String()}
}

// with adds a row of controls.
func (e *said) with(row ...chat.Control) *said {
	e.rows = append(e.rows, row)
	return e
}

// command builds a command whose summary is the text of that identifier.
func (c *Commands) command(name, about string, h handler, params ...chat.Param) *chat.Command {
	c.about[name] = about
	return &chat.Command{
		Name: name, Summary: c.menu.S(about), Private: true, Params: params, Run: c.run(h),
	}
}

// hidden builds a command that stands in no menu: what controls use.
func (c *Commands) hidden(name string, h handler, params ...chat.Param) *chat.Command {
	return &chat.Command{
		Name: name, Summary: name, Private: true, Hidden: true, Params: params, Run: c.run(h),
	}
}

// param builds a word that can be typed without its name.
func (c *Commands) param(name, about string) chat.Param {
	p := chat.Param{Name: name, Positional: true}
	if about != "" {
		p.Summary = c.menu.S(about)
	}
	return p
}

// choices offers values under the texts of identifiers: value, identifier and so on. A language
// may have other words for them in menus than views do, or words for menus alone.
func (c *Commands) choices(pairs ...string) []chat.Choice {
	var out []chat.Choice
	for i := 0; i+1 < len(pairs); i += 2 {
		label, own := c.menu.Own("name.choice." + pairs[i+1])
		if !own {
			label = c.menu.S(pairs[i+1])
		}
		out = append(out, chat.Choice{Value: pairs[i], Label: label})
	}
	return out
}
