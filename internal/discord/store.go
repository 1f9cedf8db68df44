package discord

import (
	"context"
	"time"
)

// Store keeps what should outlive the process. Implementations are safe for concurrent use.
type Store interface {
	// Registered returns what [Store.SetRegistered] kept last, "" for nothing.
	Registered(ctx context.Context) (string, error)
	// SetRegistered keeps a fingerprint of the commands that Discord has.
	SetRegistered(ctx context.Context, fingerprint string) error
	Inbox
	Notes
}

// Interaction is something that a person did and that the bot acts on. Raw holds the token by which
// it is answered, so a store must seal it.
type Interaction struct {
	ID  uint64
	Raw []byte
}

// Inbox keeps interactions from before they are acted on until they are answered, and then
// remembers their IDs for [KeepInteractions].
type Inbox interface {
	// Admit stores an interaction and reports whether it has never seen it.
	Admit(ctx context.Context, i Interaction) (fresh bool, err error)
	// Answered forgets an interaction's content and remembers its ID.
	Answered(ctx context.Context, id uint64) error
	// Waiting returns the interactions that were admitted and not answered.
	Waiting(ctx context.Context) ([]Interaction, error)
}

// Notes keeps small texts about users, none of them secret, until they expire.
type Notes interface {
	SaveNote(ctx context.Context, kind, user string, value []byte, expires time.Time) error
	DropNote(ctx context.Context, kind, user string) error
	// Notes returns all of a kind by user, those that are expired perhaps among them.
	Notes(ctx context.Context, kind string) (map[string][]byte, error)
}

// The kinds of notes.
const (
	directNote = "discord-direct" // the channel of direct messages
	toldNote   = "discord-told"   // was told that direct messages are closed
)

// UserNotes are the kinds of notes: what is to be erased with a user.
func UserNotes() []string { return []string{directNote, toldNote} }

// KeepInteractions is how long the ID of an interaction is remembered, and how long after a crash
// the message that was pressed is set right.
const KeepInteractions = 48 * time.Hour

// How long notes are kept: a channel can be asked for again, and who was told once and is still not
// reached after a month may be told again.
const (
	keepDirect = 180 * 24 * time.Hour
	keepTold   = 30 * 24 * time.Hour
)
