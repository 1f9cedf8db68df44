package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// rows writes controls as components. Rows of more than five buttons are continued in the next
// one; what does not fit into five rows, or whose action cannot be encoded, is left out.
func rows(all [][]chat.Control) []discordgo.MessageComponent {
	l := layout{out: []discordgo.MessageComponent{}}
	for _, row := range all {
		for _, c := range row {
			l.add(c)
		}
		l.end()
	}
	return l.out
}

// layout arranges components.
type layout struct {
	out  []discordgo.MessageComponent
	open []discordgo.MessageComponent // the row that is being filled
	n    int                          // components so far, so that no two have the same custom_id
}

func (l *layout) add(c chat.Control) {
	if len(c.Choices) > 0 && c.URL == "" && c.Copy == "" {
		l.end()
		if menu := l.menu(c); len(menu.Options) > 0 {
			l.open = append(l.open, menu)
		}
		l.end()
		return
	}
	b, ok := l.button(c)
	if !ok {
		return
	}
	if len(l.open) == chat.MaxRow {
		l.end()
	}
	l.open = append(l.open, b)
}

func (l *layout) end() {
	if len(l.open) > 0 && len(l.out) < chat.MaxRows {
		l.out = append(l.out, discordgo.ActionsRow{Components: l.open})
	}
	l.open = nil
}

func (l *layout) button(c chat.Control) (b discordgo.Button, ok bool) {
	b.Label = label(c.Label, chat.MaxLabel)
	switch {
	case c.Copy != "":
		return b, false // shown as a field
	case c.URL != "":
		b.Style, b.URL = discordgo.LinkButton, c.URL
		return b, chat.LinkOK(c.URL)
	}
	data, err := c.Action.Encode()
	b.Style, b.CustomID = style(c.Style), l.id(pressed, data)
	return b, err == nil
}

// menu writes a menu; the value of an option is the action that it stands for.
func (l *layout) menu(c chat.Control) discordgo.SelectMenu {
	m := discordgo.SelectMenu{CustomID: l.id(chosen, c.Action.Command), Placeholder: label(c.Label, maxPlaceholder)}
	seen := map[string]bool{}
	for _, choice := range c.Choices {
		data, err := c.Chosen(choice).Encode()
		if err != nil || seen[data] || len(m.Options) == chat.MaxChoices {
			continue
		}
		seen[data] = true
		m.Options = append(m.Options, discordgo.SelectMenuOption{Label: label(choice.Label, chat.MaxChoice), Value: data})
	}
	return m
}

func (l *layout) id(kind idKind, data string) string {
	l.n++
	return customID(kind, l.n, data)
}

// label returns a text for a place without markdown.
func label(s string, limit int) string {
	text, _ := fit(s, limit, func(s string) string { return strings.TrimSpace(chat.CleanLine(s)) })
	if text == "" {
		return "–"
	}
	return text
}

func style(t chat.Tone) discordgo.ButtonStyle {
	switch t {
	case chat.Good:
		return discordgo.SuccessButton
	case chat.Danger:
		return discordgo.DangerButton
	case chat.Warning:
		return discordgo.PrimaryButton
	default: // so that the way forward and what is dangerous stand out
		return discordgo.SecondaryButton
	}
}

// disabled returns the components as they are shown while a press is worked on.
func disabled(all []discordgo.MessageComponent) []discordgo.MessageComponent {
	out := make([]discordgo.MessageComponent, 0, len(all))
	for _, c := range all {
		switch c := c.(type) {
		case *discordgo.ActionsRow:
			out = append(out, discordgo.ActionsRow{Components: disabled(c.Components)})
		case discordgo.ActionsRow: // of a message that we have edited ourselves
			out = append(out, discordgo.ActionsRow{Components: disabled(c.Components)})
		case *discordgo.Button:
			out = append(out, disabledButton(*c))
		case discordgo.Button:
			out = append(out, disabledButton(c))
		case *discordgo.SelectMenu:
			m := *c
			m.Disabled = true
			out = append(out, m)
		case discordgo.SelectMenu:
			c.Disabled = true
			out = append(out, c)
		}
	}
	return out
}

func disabledButton(b discordgo.Button) discordgo.Button {
	b.Disabled = b.Style != discordgo.LinkButton
	return b
}

// idKind says what a custom_id belongs to.
type idKind byte

const (
	pressed idKind = 'b' // a button: the data is its action
	chosen  idKind = 'm' // a menu: the chosen value is the action
	asked   idKind = 'q' // a menu that asks for a missing value
	form    idKind = 'f' // a form: the data is the action to complete
	kept    idKind = 'k' // a form or button whose action is kept in memory; the data is its key
)

// idVersion is the first character of every custom_id. Messages outlive the program that sent
// them, so a change of the format must change it.
const idVersion = '1'

// customID returns at most 100 characters, as Discord wants: an action has at most 64 bytes.
func customID(kind idKind, n int, data string) string {
	return fmt.Sprintf("%c%c%d:%s", idVersion, kind, n, data)
}

// parseID takes a custom_id apart. It comes from outside and may be anything.
func parseID(s string) (kind idKind, data string, ok bool) {
	head, data, ok := strings.Cut(s, ":")
	if !ok || len(head) < 2 || head[0] != idVersion {
		return 0, "", false
	}
	return idKind(head[1]), data, true
}
