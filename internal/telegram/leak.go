package telegram

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

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
	if chat.IsKey(text) {
		return true
	}
	word, ok := splitCommand(text)
	switch {
	case ok:
		return f.forUs(word) && f.leaked(in, word)
	case !in.private():
		return chat.RevealsKey(text)
	}
	name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if chat.Find(f.dispatcher.Commands(), name) != nil {
		return f.leaked(in, commandWord{name: name, rest: rest})
	}
	return chat.HoldsKey(text)
}

// leaked reports whether the line of a command holds a secret.
func (f *Frontend) leaked(in *incoming, w commandWord) bool {
	switch {
	case w.name == "start" && fromLink(strings.TrimSpace(w.rest)):
		return false
	case chat.RevealsKey(w.rest):
		return true
	}
	c, _, err := chat.ParseLine(f.dispatcher.Commands(), "/"+w.name+" "+w.rest)
	if err == nil {
		return false
	}
	if _, secret := in.complaint(c, err); secret || chat.HoldsKey(w.rest) {
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

// eraseAhead begins to remove a message with a secret as soon as it comes: in its lane it may have
// to wait. What only shows there, when the question before it is asked, is removed there.
func (f *Frontend) eraseAhead(u *models.Update, at time.Time) *erasure {
	m := cmp.Or(u.Message, u.EditedMessage)
	if m == nil || m.From == nil {
		return nil
	}
	in := f.incoming(m.From, placeOfMessage(m), f.requestID(u), at)
	text := f.written(m)
	word, isCommand := splitCommand(text)
	switch {
	case isCommand && !f.forUs(word), u.Message == nil && !f.leaks(in, text):
		return nil
	case f.leaks(in, text), !isCommand && f.strayed(in, m):
		return f.erasures.start(placeOfMessage(m), m.ID)
	}
	p := f.asked(in, in.from)
	if isCommand || text == "" || !p.wantsSecret() || p.Used == in.id {
		return nil
	}
	return f.erasures.start(placeOfMessage(m), m.ID)
}

// edited looks for a secret in what somebody changed; nothing else is done about that.
func (f *Frontend) edited(ctx context.Context, m *models.Message, id string, a arrival) {
	in := f.incoming(m.From, placeOfMessage(m), id, a.at)
	in.said, in.erasing = f.said(m), a.erasing
	if in.erasing != nil || f.leaks(in, f.written(m)) {
		f.deleteSecret(ctx, in)
	}
}

// deleteSecret removes the message with a secret, unless that was begun already, and says what
// became of it.
func (f *Frontend) deleteSecret(ctx context.Context, in *incoming) {
	if in.erasing == nil && in.said != 0 {
		in.erasing = f.erasures.start(in.from, in.said)
	}
	if in.erasing == nil && in.said != 0 {
		in.erasing = f.erasures.once(ctx, in.from, in.said)
	}
	text := in.say.NotDeleted
	if in.erasing != nil && in.erasing.settled(ctx) {
		text = in.say.Deleted
	}
	if !in.private() {
		text += " " + in.say.Leaked
	}
	f.tell(ctx, in.from, 0, text)
}
