package rental

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Errors of [Quotes], [Books] and the desk.
var (
	ErrNoQuote    = errors.New("no such quote")   // unknown, expired, or somebody else's
	ErrQuoteTaken = errors.New("quote was taken") // a second press of the same button
	ErrNoAccount  = errors.New("no such account") //
	ErrNoOrder    = errors.New("no such rental")  //
)

// Books keeps the ledgers. All changes go through Update and TakeQuote, which load the ledger,
// call change on a private copy, and commit the new ledger together with the events in one
// transaction. They commit nothing when nothing is different and no event is returned. change
// may be called more than once and must do no I/O. Rentals in Ledger.Ended move to the history.
// An error of change is returned as it is, and nothing is committed.
type Books interface {
	Ledger(ctx context.Context, id account.ID) (Ledger, error)
	Update(ctx context.Context, id account.ID, change func(*Ledger) ([]Event, error)) error
	// TakeQuote removes the quote and changes the ledger of its account in one transaction.
	// It returns ErrQuoteTaken when the user's ledger already has an intent of that ID, and
	// ErrNoQuote when there is none for this user. Expiry is for change to judge.
	TakeQuote(ctx context.Context, quote string, user chat.User, change func(*Ledger, Quote) ([]Event, error)) error
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
}

// Market tells what a server costs now.
type Market interface {
	// Server returns the server from a snapshot taken after the call, and the rates; a nil
	// server when it is not listed.
	Server(ctx context.Context, id clore.ServerID) (*clore.Server, money.Rates, error)
}
