package terminal

import (
	"fmt"

	"github.com/clorebot/clorebot/internal/chat"
)

// controls returns the rows of a message's controls. Each row of the view is a row here; a
// menu lists its choices below each other, and what cannot be pressed in a terminal is shown
// as text.
func (r renderer) controls(m *message) []row {
	var rows []row
	next := m.numbers()
	for _, controls := range m.view.Rows {
		var buttons row
		for _, c := range controls {
			switch {
			case c.URL != "":
				rows = append(rows, row{{link(c.Label, c.URL), accent}})
			case c.Copy != "" && m.view.Shows(c.Copy):
			case c.Copy != "":
				rows = append(rows, row{{oneLine(c.Label) + ": ", faint}, {chat.CleanLine(c.Copy), accent}})
			case len(c.Choices) > 0:
				rows = append(rows, r.menu(m, c, next)...)
			default:
				buttons = append(buttons, button(m, next(), c.Label, c.Style)...)
			}
		}
		if len(buttons) > 0 {
			rows = append(rows, buttons.wrapped(r.width, 0)...)
		}
	}
	if m.view.Hides() {
		if number := next(); !r.reveal {
			rows = append(rows, button(m, number, r.phrases.Show, chat.Neutral))
		}
	}
	if sendable(m.view.File) && r.savable {
		rows = append(rows, button(m, next(), fmt.Sprintf(r.phrases.Save, m.view.File.Name), chat.Neutral))
	}
	return rows
}

func (r renderer) menu(m *message, c chat.Control, next func() int) []row {
	rows := []row{{{oneLine(c.Label) + ":", plain}}}
	for _, choice := range c.Choices {
		rows = append(rows, append(row{{"  ", plain}}, button(m, next(), choice.Label, chat.Neutral)...))
	}
	return rows
}

func button(m *message, number int, label string, tone chat.Tone) row {
	return row{
		{fmt.Sprintf("[%s%d]", m.letter, number), accent},
		{" " + oneLine(label), toneInk(tone, plain)},
		{"   ", plain},
	}
}
