package commands

import (
	"context"
	"log/slog"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
	"github.com/clorebot/clorebot/internal/words"
)

// KeyCheck tries a key at Clore before it is kept, and returns what it opens.
type KeyCheck func(ctx context.Context, key secret.Text) ([]clore.Wallet, []clore.Order, error)

// Options are the parts that commands stand on. All are needed but where it says otherwise.
type Options struct {
	Words         *words.Catalogue
	Board         Board
	Desk          Desk
	Books         rental.Books
	Quotes        rental.Quotes
	Profiles      Profiles
	Accounts      Accounts
	Keys          Keys
	Grants        Grants
	Archive       Archive
	Confirmations Confirmations
	Watches       Watches
	Waker         Waker
	APIs          rental.APIs // for wallets, and for testing a stored key
	Check         KeyCheck
	// Past lists all orders that a key opens, also the ended ones, before the key is kept.
	Past func(ctx context.Context, key secret.Text) ([]clore.Order, error)
	// Watch is told of an account that was added, whose key was replaced, or that is gone.
	Watch func(account.ID)
	Now   func() time.Time
	NewID func() string // 96 random bits, base64url
	Log   *slog.Logger
	// Local platforms are used by whoever runs the bot: everybody there is an owner.
	Local map[chat.Platform]bool
	// Claim makes the first to say it an owner, while there is none. Empty: nobody can.
	Claim secret.Text
	// Demo says that no real money is spent.
	Demo bool
	// Timeout bounds the answer to a request; zero is 25 seconds.
	Timeout time.Duration
}

// Commands answers requests and renders events. It is safe for concurrent use.
type Commands struct {
	Options
	list     []*chat.Command
	byName   map[string]*chat.Command
	about    map[string]string // a command's name to the text that says what it does
	refusals *limiter
	claims   *limiter
	searches *searches
	listed   *listed
	menu     *words.Printer             // of the summaries in the list
	menus    map[string][]*chat.Command // the list in the other languages, by tag
}

// New builds the commands.
func New(o Options) *Commands {
	if o.Timeout == 0 {
		o.Timeout = 25 * time.Second
	}
	c := &Commands{
		Options:  o,
		byName:   map[string]*chat.Command{},
		about:    map[string]string{},
		refusals: newLimiter(1),
		claims:   newLimiter(5),
		searches: newSearches(),
		listed:   newListed(),
		menu:     o.Words.In("en"),
	}
	c.list = c.build()
	c.translate()
	for _, cmd := range c.list {
		for _, name := range append([]string{cmd.Name}, cmd.Aliases...) {
			c.byName[name] = cmd
		}
	}
	return c
}

// Commands implements [chat.Dispatcher].
func (c *Commands) Commands() []*chat.Command { return c.list }

var (
	_ chat.Dispatcher = (*Commands)(nil)
	_ chat.Doorkeeper = (*Commands)(nil)
)
