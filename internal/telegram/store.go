package telegram

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// Store keeps what must survive a restart. Implementations are safe for concurrent use.
type Store interface {
	Inbox
	Notes
	People
}

// Update is an update as Telegram sent it. Raw may hold what somebody typed in confidence, so a
// store must seal it.
type Update struct {
	ID  int64
	Raw []byte
}

// Inbox keeps the updates of a bot, by its ID, from their arrival until they are answered, and
// then remembers their IDs for [KeepUpdates].
type Inbox interface {
	// Admit stores the updates that it has never seen and returns their IDs.
	Admit(ctx context.Context, bot int64, updates []Update) (fresh []int64, err error)
	// Answered forgets an update's content and remembers its ID.
	Answered(ctx context.Context, bot int64, id int64) error
	// Waiting returns the updates that were admitted and not answered, in their order.
	Waiting(ctx context.Context, bot int64) ([]Update, error)
}

// Notes keeps small texts of this package, none of them secret, until they expire.
type Notes interface {
	SaveNote(ctx context.Context, kind, key string, value []byte, expires time.Time) error
	DropNote(ctx context.Context, kind, key string) error
	// Notes returns all of a kind by key, those that are expired perhaps among them.
	Notes(ctx context.Context, kind string) (map[string][]byte, error)
}

// People is what the front-end learns of chats and others have to know.
type People interface {
	// Wake lets alerts flow to an address again.
	Wake(ctx context.Context, a chat.Address) error
	// MoveSpace replaces the ID of a group that Telegram has renumbered.
	MoveSpace(ctx context.Context, p chat.Platform, from, to string) error
}

// The kinds of notes.
const (
	promptNote = "telegram-prompt"
	veilNote   = "telegram-veil"
	menuNote   = "telegram-menu"
	movedNote  = "telegram-moved"
	leftNote   = "telegram-left"
	heardNote  = "telegram-heard"
	eraseNote  = "telegram-erase"
)

// KeepUpdates is how long the ID of an update is remembered: Telegram keeps updates for a day.
const KeepUpdates = 48 * time.Hour

// ever is how long notes are kept that do not get old.
const ever = 10 * 365 * 24 * time.Hour
