package commands

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/watch"
)

// Profiles keeps what users have set.
type Profiles interface {
	// Profile returns a zero profile with the user filled in when nothing was set.
	Profile(ctx context.Context, user chat.User) (account.Profile, error)
	// UpdateProfile loads, changes and commits in one transaction; change does no I/O.
	UpdateProfile(ctx context.Context, user chat.User, change func(*account.Profile) error) error
	// Forget erases everything of the user: accounts, keys, secrets, ledgers, quotes, history,
	// deliveries and profile. The grant to use the bot stays.
	Forget(ctx context.Context, user chat.User) error
}

// Accounts keeps the Clore accounts of users with their sealed keys.
type Accounts interface {
	Accounts(ctx context.Context, user chat.User) ([]account.Account, error)
	// SaveAccount adds an account, or with a known ID replaces its key and label. It clears
	// Rejected.
	SaveAccount(ctx context.Context, a account.Account, key secret.Text) error
	// RemoveAccount erases an account with its key, ledger, quotes and confirmations at once, notes
	// its name among the former ones of its user, and makes the oldest that is left the active one
	// if it was. The history stays. It returns [*rental.InUse] while something runs, waits or is
	// unclear, and [rental.ErrNoAccount] for one that is gone or another user's.
	RemoveAccount(ctx context.Context, user chat.User, id account.ID) error
}

// Keys gives the stored key of an account, to be compared with one that is given.
type Keys interface {
	Key(ctx context.Context, id account.ID) (secret.Text, error)
}

// Grants keeps who may use the bot.
type Grants interface {
	Grants(ctx context.Context) ([]account.Grant, error)
	SaveGrant(ctx context.Context, g account.Grant) error
	DropGrant(ctx context.Context, g account.Grant) error
}

// Archive gives the ended rentals of a user, newest first.
type Archive interface {
	History(ctx context.Context, user chat.User, limit int) ([]rental.Rental, error)
	// Ended returns those that ended at the time or later. It is not all when so many ended since
	// that some are not kept any more.
	Ended(ctx context.Context, user chat.User, since time.Time) (ended []rental.Rental, all bool, err error)
}

// Waker tells the outbox that an address takes messages again, because its owner was heard from.
type Waker interface {
	Wake(ctx context.Context, a chat.Address) error
}

// ErrNoConfirmation is returned for one that is unknown, used, expired or another user's.
var ErrNoConfirmation = errors.New("no such confirmation")

// Confirmation is the second step of something that cannot be undone, other than renting. Its
// button carries the ID alone.
type Confirmation struct {
	ID      string        `json:"id"` // 96 random bits, base64url
	User    chat.User     `json:"user"`
	Do      string        `json:"do"` // one of the do… constants
	Account account.ID    `json:"account,omitempty"`
	Order   clore.OrderID `json:"order,omitempty"`
	Expires time.Time     `json:"expires"`
	// Word is what has to be typed ("STOP 3"); empty when a tap is enough.
	Word string `json:"word,omitempty"`
	// Data is what was shown and agreed to, as the action that Do names writes and reads it.
	Data json.RawMessage `json:"data,omitempty"`
}

// Confirmations keeps confirmations until they are taken, once.
type Confirmations interface {
	SaveConfirmation(ctx context.Context, c Confirmation) error
	// Confirmation returns one that can still be taken; otherwise ErrNoConfirmation.
	Confirmation(ctx context.Context, id string, user chat.User, now time.Time) (Confirmation, error)
	// TakeConfirmation removes and returns it; otherwise ErrNoConfirmation.
	TakeConfirmation(ctx context.Context, id string, user chat.User, now time.Time) (Confirmation, error)
}

// Watches keeps the saved searches of users; [watch.Keeper] does. Its errors are those of
// [watch.Keeper.Add] and [watch.ErrUnknown].
type Watches interface {
	WatchReader
	WatchWriter
	// Forget ends all watches of a user, also when the store has erased them already.
	Forget(ctx context.Context, user chat.User) error
}

// WatchReader gives the watches of a user from memory.
type WatchReader interface {
	List(user chat.User) []watch.Watch
	Watch(user chat.User, id string) (watch.Watch, error)
}

// WatchWriter changes the watches of a user.
type WatchWriter interface {
	Add(ctx context.Context, w watch.Watch) (watch.Watch, error)
	Edit(ctx context.Context, user chat.User, id string, change func(*watch.Watch) error) (watch.Watch, error)
	Remove(ctx context.Context, user chat.User, id string) (watch.Watch, error)
}

var _ Watches = (*watch.Keeper)(nil)
