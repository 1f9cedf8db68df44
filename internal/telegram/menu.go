package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
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

// scopes are the kinds of chats with a menu of their own.
func scopes() map[string]models.BotCommandScope {
	return map[string]models.BotCommandScope{
		private:          &models.BotCommandScopeAllPrivateChats{},
		"groups":         &models.BotCommandScopeAllGroupChats{},
		"administrators": &models.BotCommandScopeAllChatAdministrators{},
	}
}

const private = "private" // of the scopes

// menus returns all of them: everything in private, and in groups what is answered there.
func (f *Frontend) menus() []menu {
	var all []menu
	for _, language := range append([]string{""}, f.o.Languages...) {
		for name, scope := range scopes() {
			all = append(all, menu{scope, name, language, f.listed(language, name != private)})
		}
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

// setMenus tells Telegram the menus that changed since they were last told, and takes back those
// of languages that there are no more.
func (f *Frontend) setMenus(ctx context.Context) {
	known, err := f.o.Store.Notes(ctx, menuNote)
	if err != nil {
		f.log.Warn("the command menus are told anew", "err", err)
	}
	ours := decimal64(f.bot.ID()) + "/"
	for _, m := range f.menus() {
		key := ours + m.name + "/" + m.language
		former := known[key]
		delete(known, key)
		print := fingerprint(m.commands)
		if string(former) == print {
			continue
		}
		if !f.insist(ctx, m.name, f.setMenu(m)) {
			return
		}
		if err := f.note(ctx, menuNote, key, []byte(print)); err != nil {
			f.log.Warn("that a command menu was told is not kept", "err", err)
		}
	}
	for key := range known {
		name, ok := strings.CutPrefix(key, ours)
		if !ok {
			continue // another bot's, whose token was in the settings before
		}
		if !f.insist(ctx, name, f.dropMenu(name)) {
			return
		}
		if err := f.o.Store.DropNote(ctx, menuNote, key); err != nil {
			f.log.Warn("that a command menu was taken back is not kept", "err", err)
		}
	}
}

// setMenu is the call that tells a menu.
func (f *Frontend) setMenu(m menu) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := f.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{
			Commands: m.commands, Scope: m.scope, LanguageCode: m.language,
		})
		return err
	}
}

// dropMenu is the call that takes a menu back: "private/ru".
func (f *Frontend) dropMenu(name string) func(context.Context) error {
	scope, language, _ := strings.Cut(name, "/")
	return func(ctx context.Context) error {
		s := scopes()[scope]
		if s == nil {
			return nil // of no version
		}
		_, err := f.bot.DeleteMyCommands(ctx, &bot.DeleteMyCommandsParams{Scope: s, LanguageCode: language})
		return err
	}
}

// insist makes a call about a menu as often as it takes. It reports false when the context ended.
func (f *Frontend) insist(ctx context.Context, menu string, call func(context.Context) error) bool {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err := call(ctx)
		failed := failure(err)
		switch {
		case failed == nil:
			return true
		case ctx.Err() != nil:
			return false
		case failed.Kind == chat.Rejected || failed.Kind == chat.Unreachable:
			f.log.Error("Telegram does not take a command menu", "menu", menu, "err", err)
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
