package telegram

import (
	"context"
	"errors"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// A group that becomes a supergroup gets another ID, and its messages begin at 1 again: the number
// of an old one is that of another message there. So what is asked moves along, and what refers to
// a message does not.

// errStayed says why a message cannot be edited.
var errStayed = errors.New("the message stayed in the group that this one was")

// moved takes note that a group has another ID.
func (f *Frontend) moved(ctx context.Context, from, to int64) {
	if err := f.moves.learn(ctx, f.note, from, to); err != nil {
		f.log.Error("a group's new ID could not be kept", "err", err)
	}
	if f.moves.current(from) != from {
		f.prompts.move(ctx)
	}
}

// follow addresses a letter to where its chat is now.
func (f *Frontend) follow(l *letter) error { return l.follow(f.moves.current(l.to.Chat)) }

// follow addresses a letter to another ID of its chat. The error is a [*chat.SendError].
func (l *letter) follow(to int64) error {
	if l.to.Chat == to {
		return nil
	}
	l.to.Chat, l.reply = to, 0
	if l.edit != 0 {
		return &chat.SendError{Kind: chat.Rejected, Err: errStayed}
	}
	return nil
}

// said returns the ID of a message that can be answered; 0 for one that stayed in an old group.
func (f *Frontend) said(m *models.Message) int {
	if f.moves.current(m.Chat.ID) != m.Chat.ID {
		return 0
	}
	return m.ID
}

// move takes the questions of groups to where those are now.
func (ps *prompts) move(ctx context.Context) {
	ps.mu.Lock()
	moved := map[promptKey]*prompt{}
	for old, p := range ps.all {
		if next := *p; next.moved(ps.present) {
			next.Said = 0
			delete(ps.all, old)
			moved[old] = &next
		}
	}
	stale := map[promptKey]bool{}
	for old, p := range moved {
		key := ps.key(p.User, p.At)
		if stale[old] = ps.all[key] != nil; !stale[old] { // a later question stays
			ps.all[key] = p
		}
	}
	ps.mu.Unlock()
	for old, p := range moved {
		key := ps.key(p.User, p.At)
		if !stale[old] && ps.write(ctx, key, p) != nil {
			continue // it is found by its old ID after a restart
		}
		if key != old {
			_ = ps.store.DropNote(ctx, promptNote, old.String()) // it expires by itself
		}
	}
}

// moved addresses a question to where its chats are now, and reports whether that changes anything.
func (p *prompt) moved(present func(int64) int64) bool {
	at, origin := present(p.At.Chat), present(p.Origin.Chat)
	changed := at != p.At.Chat || origin != p.Origin.Chat
	p.At.Chat, p.Origin.Chat = at, origin
	return changed
}
