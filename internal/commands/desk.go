package commands

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// Board gives the marketplace.
type Board interface {
	// Snapshot may come with an error and then is the newest there is, or nil.
	Snapshot(ctx context.Context) (*market.Snapshot, error)
	// Peek is Snapshot from memory alone: nil when nothing was fetched yet.
	Peek() *market.Snapshot
}

// Quoter makes quotes and takes them.
type Quoter interface {
	Quote(ctx context.Context, user chat.User, id account.ID, t rental.Terms, balance *money.Money, rates money.Rates) (rental.Quote, error)
	// Confirm rents: the bot does the rest by itself.
	Confirm(ctx context.Context, quote string, user chat.User) (rental.Intent, error)
	Dismiss(ctx context.Context, user chat.User, id account.ID, intent string) error
	// CallOff takes a decision to rent back, and returns what it has come to.
	CallOff(ctx context.Context, user chat.User, id account.ID, intent string) (rental.Intent, error)
}

// Keeper changes rentals.
type Keeper interface {
	Cancel(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, reason rental.EndReason, issue string) error
	// StopAt returns rental.ErrStopMoved when the stop time is not from any more.
	StopAt(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, from, to time.Time) error
	Label(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, label string) error
	Credentials(ctx context.Context, user chat.User, r *rental.Rental) (rental.Credentials, error)
}

// Bidder changes bids of spot orders.
type Bidder interface {
	Bid(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, target money.Money) error
	// SawBids notes what was just seen of the bids on the server of an order.
	SawBids(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, look rental.Look) error
	SetPilot(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, p rental.Pilot) error
	SetFallback(ctx context.Context, user chat.User, id account.ID, order clore.OrderID, m rental.Mandate) error
}

// Allower gives and takes back permissions to rent without asking.
type Allower interface {
	Allow(ctx context.Context, user chat.User, id account.ID, m rental.Mandate) error
	Revoke(ctx context.Context, user chat.User, id account.ID, mandate string) error
	// RevokeWatch takes back those of a watch.
	RevokeWatch(ctx context.Context, user chat.User, id account.ID, watch string) error
}

// Guard keeps costs away, and ends them.
type Guard interface {
	Limit(ctx context.Context, user chat.User, id account.ID, change func(*rental.Limits)) error
	Freeze(ctx context.Context, user chat.User, id account.ID) error
	Unfreeze(ctx context.Context, user chat.User, id account.ID) error
	// CancelAll ends those of the rentals that still live, and returns them.
	CancelAll(ctx context.Context, user chat.User, id account.ID, orders []clore.OrderID) ([]clore.OrderID, error)
}

// Desk takes what people decide about renting; [rental.Desk] does.
type Desk interface {
	Quoter
	Keeper
	Bidder
	Allower
	Guard
}

var _ Desk = (*rental.Desk)(nil)
