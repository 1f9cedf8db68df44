package telegram

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// keyForm is what Clore's API keys look like, seen in those of 2026.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`)

// isKey reports whether a text is nothing but what looks like a key.
func isKey(text string) bool {
	return keyForm.MatchString(strings.Trim(strings.TrimSpace(text), "`'\"<>.,;"))
}

// holdsKey reports whether one of a text's words looks like a key, alone or after "name:".
func holdsKey(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(w string) bool {
		return isKey(w) || isKey(w[strings.LastIndexAny(w, ":=")+1:])
	})
}

// written is the text of a message, or of what is under its picture, without a mention of the bot
// in front.
func (f *Frontend) written(m *models.Message) string {
	text := cmp.Or(m.Text, m.Caption)
	mention := "@" + f.name()
	if len(mention) > 1 && len(text) > len(mention) && strings.EqualFold(text[:len(mention)], mention) {
		if rest := strings.TrimLeft(text[len(mention):], " \n,:"); rest != text[len(mention):] {
			return rest
		}
	}
	return text
}

// leaks reports whether a text that is not read holds a secret, or most likely does.
func (f *Frontend) leaks(in *incoming, text string) bool {
	if isKey(text) {
		return true
	}
	word, ok := splitCommand(text)
	switch {
	case ok:
		return f.forUs(word) && f.leaked(in, word)
	case !in.private():
		return false
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if chat.Find(f.dispatcher.Commands(), name) != nil {
		return f.leaked(in, commandWord{name: name, rest: rest})
	}
	return holdsKey(text)
}

// leaked reports whether the line of a command holds a secret.
func (f *Frontend) leaked(in *incoming, w commandWord) bool {
	switch {
	case w.name == "start": // what follows is from a link
		return false
	case isKey(w.rest):
		return true
	}
	c, _, err := chat.ParseLine(f.dispatcher.Commands(), "/"+w.name+" "+w.rest)
	if err == nil {
		return false
	}
	if _, secret := in.complaint(c, err); secret || holdsKey(w.rest) {
		return true
	}
	// A slip in the name of the command. In a group it may be another bot's.
	var unknown *chat.UnknownCommandError
	if !errors.As(err, &unknown) || unknown.Nearest == "" || (!in.private() && w.bot == "") {
		return false
	}
	c, _, err = chat.ParseLine(f.dispatcher.Commands(), "/"+unknown.Nearest+" "+w.rest)
	if err == nil {
		return false
	}
	_, secret := in.complaint(c, err)
	return secret
}

// strayed reports whether an answer to the bot in a group is one to its question for a secret in
// private.
func (f *Frontend) strayed(in *incoming, m *models.Message) bool {
	if in.private() || !f.repliesToUs(m) {
		return false
	}
	direct := *in
	direct.directly()
	return f.asked(in, direct.to).wantsSecret()
}

// leak removes a secret from where it does not belong, and says so.
func (f *Frontend) leak(ctx context.Context, in *incoming) {
	f.deleteSecret(ctx, in)
	f.tell(ctx, in.to, 0, in.say.Refused)
}

// deleteSecret removes the message with a secret, and says what became of it.
func (f *Frontend) deleteSecret(ctx context.Context, in *incoming) {
	_, err := f.bot.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: in.from.Chat, MessageID: in.said})
	text := in.say.Deleted
	if err != nil && !says(err, "message to delete not found") {
		f.log.Info("a message with a secret was not deleted", "err", err)
		text = in.say.NotDeleted
	}
	if !in.private() {
		text += " " + in.say.Leaked
	}
	f.tell(ctx, in.from, 0, text)
}
