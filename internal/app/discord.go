package app

import "github.com/clorebot/clorebot/internal/discord"

// discord makes the front-end for Discord.
func (a *App) discord() (*discord.Frontend, error) {
	c := a.o.Config.Discord
	return discord.New(discord.Options{
		Token: c.Token, ApplicationID: c.ApplicationID, APIURL: c.APIURL,
		PublicKey: c.PublicKey, Listen: c.Listen, Shards: c.Shards,
		Store: a.store.Discord(), Version: a.o.Version,
		Log: a.log.With("part", "discord"), Now: a.o.Now,
	})
}
