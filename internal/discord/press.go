package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// pressed handles a button or a menu.
func (f *Frontend) pressed(e *event) {
	data := e.MessageComponentData()
	kind, raw, ok := parseID(data.CustomID)
	if e.foreign() {
		f.notify(e, f.phrases(string(e.Locale)).NotYours)
		return
	}
	if ok && kind == kept {
		f.reopen(e, raw)
		return
	}
	if kind == chosen || kind == asked {
		ok = ok && len(data.Values) == 1
		if ok {
			raw = data.Values[0]
		}
	} else if kind != pressed {
		ok = false
	}
	c, args := f.action(raw)
	if !ok || c == nil || e.Message == nil {
		f.notify(e, f.phrases(string(e.Locale)).Stale)
		return
	}
	if len(c.Missing(args)) > 0 {
		f.admitted(e, c, func(ctx context.Context) { f.ask(ctx, e, c, args, nil) })
		return
	}
	origin := chat.Pressed
	if kind == asked {
		origin = chat.Filled
	}
	f.run(e, c, args, origin, kind == asked)
}

// action reads an action that came from outside: its command exists, and it has no argument
// that the command does not take from a control. It returns nil for any other.
func (f *Frontend) action(data string) (*chat.Command, chat.Args) {
	a, err := chat.DecodeAction(data)
	if err != nil {
		return nil, nil
	}
	c := chat.Find(f.dispatcher.Commands(), a.Command)
	if c == nil {
		return nil, nil
	}
	for name := range a.Args {
		if p := c.Param(name); p == nil || p.Secret {
			return nil, nil
		}
	}
	return c, a.Args
}

// reopen shows a form again whose values were wrong, or the next one.
func (f *Frontend) reopen(e *event, key string) {
	k, ok := f.kept.get(key)
	c := chat.Find(f.dispatcher.Commands(), k.command)
	if !ok || k.user != e.user || c == nil {
		f.notify(e, f.phrases(string(e.Locale)).Stale)
		return
	}
	f.admitted(e, c, func(ctx context.Context) {
		f.respond(ctx, e, discordgo.InteractionResponseModal, f.form(e, c, k.args, k.tried))
	})
}
