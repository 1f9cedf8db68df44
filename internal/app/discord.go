package app

import (
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/words"
)

// discord makes the front-end for Discord.
func (a *App) discord(catalogue *words.Catalogue) (*discord.Frontend, error) {
	c := a.o.Config.Discord
	return discord.New(discord.Options{
		Token: c.Token, ApplicationID: c.ApplicationID, APIURL: c.APIURL,
		PublicKey: c.PublicKey, Listen: c.Listen, Shards: c.Shards,
		Store: a.store.Discord(), Version: a.o.Version,
		Phrases:   func(locale string) discord.Phrases { return discordPhrases(catalogue.In(locale)) },
		Languages: catalogue.Languages()[1:], Menu: a.commands.Menu,
		Log: a.log.With("part", "discord"), Now: a.o.Now,
	})
}
