package discord

import (
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// Limits of Discord. Lengths count UTF-16 units.
const (
	maxContent     = 2000
	maxEmbed       = 6000 // everything in it
	maxDescription = 4096
	maxField       = 1024
	maxFieldName   = 256
	maxPlaceholder = 150
	inlineLength   = 28 // values up to it stand beside each other
)

// blank is shown where Discord wants a text and there is none.
const blank = "\u200b"

// message is the body of every request that makes or changes a message.
type message struct {
	Content         string                           `json:"content,omitempty"`
	Embeds          []*discordgo.MessageEmbed        `json:"embeds"`
	Components      []discordgo.MessageComponent     `json:"components"`
	AllowedMentions discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Flags           discordgo.MessageFlags           `json:"flags,omitempty"`
	Nonce           string                           `json:"nonce,omitempty"`
	EnforceNonce    bool                             `json:"enforce_nonce,omitempty"`
	Attachments     []attachment                     `json:"attachments,omitzero"` // nil keeps those there are
	file            *chat.File                       // sent as a part of its own
}

// newMessage returns an empty message. Its lists are not nil: "null" would leave what an edited
// message has, and mentions that are not listed as none are all allowed.
func newMessage() *message {
	return &message{
		Embeds:          []*discordgo.MessageEmbed{},
		Components:      []discordgo.MessageComponent{},
		AllowedMentions: discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
	}
}

// plain returns a message of one short text.
func plain(text string) *message {
	m := newMessage()
	m.Content, _ = fit(text, maxContent, escape)
	m.Flags = discordgo.MessageFlagsSuppressEmbeds
	return m
}

// private makes a message readable by the asker alone.
func (m *message) private(yes bool) *message {
	if yes {
		m.Flags |= discordgo.MessageFlagsEphemeral
	}
	return m
}

// render writes a view as a message with one embed. What is too long is cut.
func render(v chat.View) *message {
	v.Fields = copyable(v)
	m := newMessage()
	m.Embeds = []*discordgo.MessageEmbed{embed(v)}
	m.Components = rows(v.Rows)
	if v.Silent {
		m.Flags |= discordgo.MessageFlagsSuppressNotifications
	}
	m.enclose(v.File)
	return m
}

func embed(v chat.View) *discordgo.MessageEmbed {
	e := &discordgo.MessageEmbed{Color: color(v.Tone)}
	room := maxEmbed
	take := func(text string) string {
		room -= chat.Units(text)
		return text
	}
	title, _ := fit(v.Title, chat.MaxTitle, func(s string) string { return escape(chat.CleanLine(s)) })
	e.Title = take(strings.TrimSpace(title))
	if footer, _ := fit(v.Footer, chat.MaxFooter, chat.Clean); footer != "" {
		e.Footer = &discordgo.MessageEmbedFooter{Text: take(footer)}
	}
	copies := copyFields(v, room)
	for _, c := range copies {
		take(c.Name + c.Value)
	}
	e.Description = take(markup(v.Body, min(maxDescription, room)))
	for _, f := range v.Fields[:min(len(v.Fields), chat.MaxFields-len(copies))] {
		field := embedField(f, room)
		if field == nil {
			break
		}
		take(field.Name + field.Value)
		e.Fields = append(e.Fields, field)
	}
	e.Fields = append(e.Fields, copies...)
	if e.Title == "" && strings.TrimSpace(e.Description) == "" && len(e.Fields) == 0 {
		e.Description = blank
	}
	return e
}

// embedField returns nil when there is no room.
func embedField(f chat.Field, room int) *discordgo.MessageEmbedField {
	name, _ := fit(f.Name, min(maxFieldName, room/2), func(s string) string { return escape(chat.CleanLine(s)) })
	if strings.TrimSpace(name) == "" {
		name = blank
	}
	const worthwhile = 16
	room -= chat.Units(name)
	if room < worthwhile {
		return nil
	}
	value := markup(f.Value, min(maxField, room))
	if strings.TrimSpace(value) == "" {
		value = blank
	}
	return &discordgo.MessageEmbedField{Name: name, Value: value, Inline: short(f.Value)}
}

func short(t chat.Text) bool {
	length := 0
	for _, s := range t {
		if s.Kind == chat.Block || strings.Contains(s.Text, "\n") {
			return false
		}
		length += chat.Units(s.Text)
	}
	return length <= inlineLength
}

// copyable returns the fields with those in a block that there is a control to copy for.
func copyable(v chat.View) []chat.Field {
	all := slices.Clone(v.Fields)
	for i, f := range all {
		if len(f.Value) == 1 && f.Value[0].Kind == chat.Code && copies(v.Rows, f.Value[0].Text) {
			all[i].Value = chat.Text{chat.Pre(f.Value[0].Text)}
		}
	}
	return all
}

func copies(rows [][]chat.Control, text string) bool {
	return slices.ContainsFunc(slices.Concat(rows...), func(c chat.Control) bool { return c.Copy == text })
}

// copyFields shows texts to copy: Discord has no button for that, but its code blocks have one. What
// is not shown as a whole is left out, since nobody should paste half a command.
func copyFields(v chat.View, room int) []*discordgo.MessageEmbedField {
	var all []*discordgo.MessageEmbedField
	for _, row := range v.Rows {
		for _, c := range row {
			if c.Copy == "" || v.Shows(c.Copy) || len(all) == chat.MaxRow {
				continue
			}
			name, _ := fit(c.Label, chat.MaxLabel, func(s string) string { return escape(chat.CleanLine(s)) })
			if strings.TrimSpace(name) == "" {
				name = blank
			}
			value, whole := fit(c.Copy, maxField, block)
			if size := chat.Units(name + value); value != "" && whole && size <= room {
				room -= size
				all = append(all, &discordgo.MessageEmbedField{Name: name, Value: value})
			}
		}
	}
	return all
}

func color(t chat.Tone) int {
	switch t {
	case chat.Good:
		return 0x2ecc71
	case chat.Warning:
		return 0xf1c40f
	case chat.Danger:
		return 0xe74c3c
	case chat.Muted:
		return 0x95a5a6
	default:
		return 0x5865f2
	}
}
