package app

import (
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/telegram"
	"github.com/clorebot/clorebot/internal/words"
)

// telegram makes the front-end for Telegram.
func (a *App) telegram(catalogue *words.Catalogue) (*telegram.Frontend, error) {
	c := a.o.Config.Telegram
	return telegram.New(telegram.Options{
		Token: c.Token, APIURL: c.APIURL, Store: a.store, Transport: a.o.ChatTransport, Listen: a.o.ChatListen,
		Webhook: telegram.Webhook{URL: c.WebhookURL, Listen: c.WebhookListen, Secret: c.WebhookSecret},
		Phrases: func(locale string) telegram.Phrases {
			return telegramPhrases(catalogue.In(locale))
		},
		Languages: otherLanguages(catalogue),
		Summary: func(language, command string) string {
			if c := chat.Find(a.commands.Menu(language), command); c != nil {
				return c.Summary
			}
			return ""
		},
		// Commands that only show something, or a quote that has to be confirmed.
		Links: []string{"order", "orders", "market", "offer", "rent", "wallet", "help"},
		Log:   a.log.With("part", "telegram"), Now: a.o.Now,
	})
}

// otherLanguages are the languages with texts of their own, as two-letter codes, English left
// out: it is what everybody else gets.
func otherLanguages(catalogue *words.Catalogue) []string {
	const code = 2
	var all []string
	for _, tag := range catalogue.Languages() {
		if len(tag) == code && tag != "en" {
			all = append(all, tag)
		}
	}
	return all
}
