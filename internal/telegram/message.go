package telegram

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// message answers what somebody wrote.
func (f *Frontend) message(ctx context.Context, m *models.Message, id string, a arrival) {
	if m.MigrateToChatID != 0 || m.MigrateFromChatID != 0 {
		f.moved(ctx, m.Chat.ID, m.MigrateToChatID)
		f.moved(ctx, m.MigrateFromChatID, m.Chat.ID)
		return
	}
	if m.From == nil {
		return
	}
	f.veils.back(m.Chat.ID)
	in := f.incoming(m.From, placeOfMessage(m), id, a.at)
	in.said, in.erasing = f.said(m), a.erasing
	text := f.written(m)
	if m.SenderChat != nil {
		if in.erasing != nil || f.leaks(in, text) {
			f.deleteSecret(ctx, in)
		}
		f.tell(ctx, in.to, in.said, in.say.Anonymous)
		return
	}
	word, isCommand := splitCommand(text)
	asked := f.asked(in, in.from)
	c := chat.Find(f.dispatcher.Commands(), word.name)
	switch {
	case asked != nil && asked.Used == id:
		// it had the open question asked already, in an earlier run
	case isCommand && !f.forUs(word):
	case f.tooLate(ctx, a, nil):
		f.missed(ctx, in, m, asked)
	case asked != nil && isCommand && word.name == "cancel" && strings.TrimSpace(word.rest) == "":
		f.abandon(ctx, in, asked)
	case asked != nil && (!isCommand || c == nil):
		f.fill(ctx, in, asked, text)
	case in.erasing != nil, f.leaks(in, text), !isCommand && f.strayed(in, m):
		f.leak(ctx, in)
	case m.Text == "" && in.private():
		f.tell(ctx, in.to, in.said, in.say.TextOnly)
	case m.Text == "":
		// a picture that is none of ours
	case isCommand:
		f.prompts.drop(ctx, asked)
		f.typed(ctx, in, word)
	case in.private():
		f.prose(ctx, in, text)
	}
}

// typed runs a command that was written as a line.
func (f *Frontend) typed(ctx context.Context, in *incoming, w commandWord) {
	if w.name == "start" && strings.TrimSpace(w.rest) != "" {
		if c, args, ok := f.deepLink(strings.TrimSpace(w.rest)); ok {
			f.run(ctx, in, chat.Typed, c, args)
			return
		}
		if start := chat.Find(f.dispatcher.Commands(), w.name); start == nil || len(start.Params) == 0 {
			w.rest = ""
		}
	}
	c, args, err := chat.ParseLine(f.dispatcher.Commands(), "/"+w.name+" "+w.rest)
	if err == nil {
		f.run(ctx, in, chat.Typed, c, args)
		return
	}
	text, secret := in.complaint(c, err)
	switch {
	case secret:
		f.deleteSecret(ctx, in)
		f.tell(ctx, in.to, 0, text)
	case c == nil && !in.private() && w.bot == "":
		// most likely another bot's command
	default:
		f.tell(ctx, in.to, in.said, text)
	}
}

// prose answers a private text without a slash: a command if it begins with the name of one. It
// is not repeated otherwise: it may be a secret that comes too late.
func (f *Frontend) prose(ctx context.Context, in *incoming, text string) {
	name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if c := chat.Find(f.dispatcher.Commands(), name); c != nil && !c.Hidden {
		f.typed(ctx, in, commandWord{name: c.Name, rest: rest})
		return
	}
	f.tell(ctx, in.to, in.said, in.say.Hint)
}
