package discord

import (
	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// sharing is the option by which an answer is shown to everybody in the channel. Otherwise the asker
// alone sees it, wherever others could.
const sharing = "share"

// shareable reports whether the answers of a command may be shown to everybody.
func shareable(c *chat.Command) bool {
	return !c.Private && c.Param(sharing) == nil && len(c.Params) < maxOptions
}

// share returns the option to share, for commands that may be.
func (o *Options) share(c *chat.Command) []slashOption {
	if !shareable(c) {
		return nil
	}
	in := func(locale string) string { return label(o.Phrases(locale).filled().Share, maxSummary) }
	others := map[string]string{}
	for _, locale := range locales() {
		if l := language(o.Languages, locale); l != "" && in(l) != in("") {
			others[locale] = in(l)
		}
	}
	return []slashOption{{
		Type: discordgo.ApplicationCommandOptionBoolean, Name: sharing, Names: map[string]string{},
		Description: in(""), Descriptions: others,
	}}
}

// shared reports whether it was asked for.
func shared(c *chat.Command, options []*discordgo.ApplicationCommandInteractionDataOption) bool {
	for _, o := range options {
		if yes, ok := o.Value.(bool); ok && o.Name == sharing && shareable(c) {
			return yes
		}
	}
	return false
}
