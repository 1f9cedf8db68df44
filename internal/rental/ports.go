package rental

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/secret"
)

// Errors of [Quotes], [Books] and the desk.
var (
	ErrNoQuote    = errors.New("no such quote")   // unknown, expired, or somebody else's
	ErrQuoteTaken = errors.New("quote was taken") // a second press of the same button
	ErrNoAccount  = errors.New("no such account") //
	ErrNoOrder    = errors.New("no such rental")  //
)

// Books keeps the ledgers. Update and TakeQuote load a ledger, let change alter a private copy,
// and commit the new ledger together with the events that follow from the difference
// (notify.Diff) in one transaction; so no state changes without its alert. They commit nothing
// when nothing is different. change may be called more than once and must do no I/O. Rentals in
// Ledger.Ended move to the history. The passwords of rentals that ended and of intents that are
// gone from the ledger are dropped with the same commit. An error of change is returned as it is and nothing is
// committed. An unknown account is ErrNoAccount.
type Books interface {
	Ledger(ctx context.Context, id account.ID) (Ledger, error)
	Update(ctx context.Context, id account.ID, change func(*Ledger) error) error
	// TakeQuote removes the quote and changes the ledger of its account in one transaction.
	// It returns ErrQuoteTaken when that ledger already has an intent of the quote's ID for
	// this user, and ErrNoQuote when there is no such quote for this user. Expiry is for
	// change to judge.
	TakeQuote(ctx context.Context, quote string, user chat.User, change func(*Ledger, Quote) error) error
}

// Quotes keeps quotes until they are taken or forgotten.
type Quotes interface {
	SaveQuote(ctx context.Context, q Quote) error
	// Quote returns ErrNoQuote for an unknown one and for another user's.
	Quote(ctx context.Context, id string, user chat.User) (Quote, error)
}

// API is what renting needs of Clore, for one account.
type API interface {
	MyOrders(ctx context.Context, completed bool) ([]clore.Order, error)
	CreateOrder(ctx context.Context, r clore.OrderRequest) error
	CancelOrder(ctx context.Context, id clore.OrderID, issue string) error
	Wallets(ctx context.Context) ([]clore.Wallet, error)
	SpotAPI
}

// SpotAPI is what bidding needs of Clore.
type SpotAPI interface {
	SpotMarketplace(ctx context.Context, id clore.ServerID) (*clore.SpotMarket, error)
	SetSpotPrice(ctx context.Context, id clore.OrderID, bid money.Amount) error
}

// Finder finds what a mandate may buy.
type Finder interface {
	// Best returns terms for the cheapest servers that match a market query and can be rented
	// now, without those of not: server, hardware, price and worth are filled in. They are of
	// a snapshot that is as fresh as the market is kept.
	Best(ctx context.Context, query string, pay []money.Currency, not []clore.ServerID, most int) ([]Terms, money.Rates, error)
}

// APIs gives the API of an account, with its key. It returns ErrNoAccount when there is none.
type APIs interface {
	API(ctx context.Context, id account.ID) (API, error)
}

// Secrets keeps short secrets of users, sealed. A missing one is empty and no error.
type Secrets interface {
	PutSecret(ctx context.Context, user chat.User, field string, s secret.Text) error
	Secret(ctx context.Context, user chat.User, field string) (secret.Text, error)
	DropSecret(ctx context.Context, user chat.User, field string) error
}

// PasswordField names the SSH password of an intent among a user's secrets.
func PasswordField(intent string) string { return "ssh_password:" + intent }

// TokenField names the web token of an intent among a user's secrets.
func TokenField(intent string) string { return "jupyter_token:" + intent }

// SecretFields names all secrets of an intent.
func SecretFields(intent string) []string {
	return []string{PasswordField(intent), TokenField(intent)}
}

// Market tells what a server costs now.
type Market interface {
	// Server returns the server from a snapshot taken after the call, and the rates; a nil
	// server when it is not listed.
	Server(ctx context.Context, id clore.ServerID) (*clore.Server, money.Rates, error)
}
