package app

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/config"
	"github.com/clorebot/clorebot/internal/discord"
	"github.com/clorebot/clorebot/internal/telegram"
)

// checkFrontends asks the chat platforms whether they take the tokens.
func checkFrontends(ctx context.Context, r *report, c config.Config, version string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if !c.Telegram.Token.Empty() {
		name, err := checkTelegram(ctx, c)
		r.line(err, "telegram%s", named(" as @", name))
	}
	if !c.Discord.Token.Empty() {
		name, err := checkDiscord(ctx, c, version)
		r.line(err, "discord%s", named(" as ", name))
	}
	if c.Telegram.Token.Empty() && c.Discord.Token.Empty() && !c.Terminal.Enabled {
		r.line(errNoFrontend, "front-ends")
	}
}

func named(before, name string) string {
	if name == "" {
		return ""
	}
	return before + name
}

func checkTelegram(ctx context.Context, c config.Config) (name string, err error) {
	f, err := telegram.New(telegram.Options{Token: c.Telegram.Token, APIURL: c.Telegram.APIURL})
	if err != nil {
		return "", err
	}
	return f.Check(ctx)
}

func checkDiscord(ctx context.Context, c config.Config, version string) (name string, err error) {
	d := c.Discord
	f, err := discord.New(discord.Options{
		Token: d.Token, ApplicationID: d.ApplicationID, APIURL: d.APIURL,
		PublicKey: d.PublicKey, Listen: d.Listen, Version: version,
	})
	if err != nil {
		return "", err
	}
	return f.Check(ctx)
}
