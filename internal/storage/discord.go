package storage

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/discord"
)

// Discord keeps what the Discord front-end wants to know after a restart. It implements
// [discord.Store].
type Discord struct{ store *Store }

// Discord returns the part of the store for the Discord front-end.
func (s *Store) Discord() Discord { return Discord{s} }

// discordInbox stands for the bot: Discord's numbers mean the same for every bot.
func discordInbox() chat.User { return chat.User{Platform: chat.Discord, ID: "interactions"} }

// Registered returns the fingerprint that SetRegistered kept, "" when there is none.
func (d Discord) Registered(ctx context.Context) (fingerprint string, err error) {
	err = d.store.view(ctx, func(t *tx) error {
		fingerprint = string(t.get(meta, key(discordKey)))
		return nil
	})
	return fingerprint, err
}

// SetRegistered keeps a fingerprint of the commands that Discord has.
func (d Discord) SetRegistered(ctx context.Context, fingerprint string) error {
	return d.store.write(ctx, func(t *tx) error { return t.put(meta, key(discordKey), []byte(fingerprint)) })
}

// Admit implements [discord.Inbox].
func (d Discord) Admit(ctx context.Context, i discord.Interaction) (fresh bool, err error) {
	numbers, err := d.store.admit(ctx, discordInbox(), discord.KeepInteractions, []arrival{{i.ID, i.Raw}})
	return len(numbers) > 0, err
}

// Answered implements [discord.Inbox].
func (d Discord) Answered(ctx context.Context, id uint64) error {
	return d.store.answered(ctx, discordInbox(), id)
}

// Waiting implements [discord.Inbox].
func (d Discord) Waiting(ctx context.Context) (all []discord.Interaction, err error) {
	arrivals, err := d.store.waiting(ctx, discordInbox())
	for _, a := range arrivals {
		all = append(all, discord.Interaction{ID: a.id, Raw: a.raw})
	}
	return all, err
}

// SaveNote implements [discord.Notes].
func (d Discord) SaveNote(ctx context.Context, kind, user string, value []byte, expires time.Time) error {
	return d.store.SaveNote(ctx, kind, user, value, expires)
}

// DropNote implements [discord.Notes].
func (d Discord) DropNote(ctx context.Context, kind, user string) error {
	return d.store.DropNote(ctx, kind, user)
}

// Notes implements [discord.Notes].
func (d Discord) Notes(ctx context.Context, kind string) (map[string][]byte, error) {
	return d.store.Notes(ctx, kind)
}

// forgetNotes removes what the front-end noted of a user.
func (t *tx) forgetNotes(user chat.User) error {
	if user.Platform != chat.Discord {
		return nil
	}
	for _, kind := range discord.UserNotes() {
		if err := t.deleteExpiring(notes, noteKey(kind, user.ID)); err != nil {
			return err
		}
	}
	return nil
}
