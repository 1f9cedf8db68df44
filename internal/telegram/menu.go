package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// menu is the list of commands for one kind of chat in one language.
type menu struct {
	scope    models.BotCommandScope
	name     string // of the scope
	language string // "" for all without a menu of their own
	commands []models.BotCommand
}

// menus returns all of them: everything in private, and in groups what is answered there.
func (f *Frontend) menus() []menu {
	var all []menu
	for _, language := range append([]string{""}, f.o.Languages...) {
		all = append(all,
			menu{&models.BotCommandScopeAllPrivateChats{}, "private", language, f.listed(language, false)},
			menu{&models.BotCommandScopeAllGroupChats{}, "groups", language, f.listed(language, true)},
			menu{&models.BotCommandScopeAllChatAdministrators{}, "administrators", language, f.listed(language, true)},
		)
	}
	return all
}

func (f *Frontend) listed(language string, public bool) []models.BotCommand {
	const most, longest = 100, 256
	list := []models.BotCommand{}
	for _, c := range f.dispatcher.Commands() {
		if c.Hidden || (public && c.Private) || len(list) == most {
			continue
		}
		line := c.Summary
		if language != "" && f.o.Summary != nil {
			line = f.o.Summary(language, c.Name)
		}
		if line = cut(chat.CleanLine(line), longest); line == "" {
			line = c.Name
		}
		list = append(list, models.BotCommand{Command: c.Name, Description: line})
	}
	return list
}

// setMenus tells Telegram the menus that changed since they were last told.
func (f *Frontend) setMenus(ctx context.Context) {
	known, err := f.o.Store.Notes(ctx, menuNote)
	if err != nil {
		f.log.Warn("the command menus are told anew", "err", err)
	}
	for _, m := range f.menus() {
		key := decimal64(f.bot.ID()) + "/" + m.name + "/" + m.language
		print := fingerprint(m.commands)
		if string(known[key]) == print {
			continue
		}
		if !f.setMenu(ctx, m) {
			return
		}
		if err := f.note(ctx, menuNote, key, []byte(print)); err != nil {
			f.log.Warn("that a command menu was told is not kept", "err", err)
		}
	}
}

// setMenu tells one menu, as often as it takes. It reports false when the context ended.
func (f *Frontend) setMenu(ctx context.Context, m menu) bool {
	params := &bot.SetMyCommandsParams{Commands: m.commands, Scope: m.scope, LanguageCode: m.language}
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		_, err := f.bot.SetMyCommands(ctx, params)
		failed := failure(err)
		switch {
		case failed == nil:
			return true
		case ctx.Err() != nil:
			return false
		case failed.Kind == chat.Rejected || failed.Kind == chat.Unreachable:
			f.log.Error("Telegram does not take a command menu", "menu", m.name, "err", err)
			return true
		case !sleep(ctx, max(wait, failed.RetryAfter)):
			return false
		}
	}
}

func fingerprint(list []models.BotCommand) string {
	b, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
