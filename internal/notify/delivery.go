package notify

import (
	"context"
	"errors"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// Delivery is an event on its way to an address. It holds the event and not the rendered view,
// so that wording may change and nothing secret is in it.
type Delivery struct {
	ID       uint64       `json:"id"`
	To       chat.Address `json:"to"`
	Event    rental.Event `json:"event"`
	Due      time.Time    `json:"due"`
	Attempts int          `json:"attempts,omitempty"`
	Expires  time.Time    `json:"expires"`
	LastErr  string       `json:"last_err,omitempty"`
	// Ref is the message to edit when the event has a card that was sent before.
	Ref *chat.MessageRef `json:"-"`
}

// OutcomeKind is what became of an attempt.
type OutcomeKind int

// The kinds of outcomes.
const (
	Sent       OutcomeKind = iota // accepted by the platform: the delivery is done
	Retry                         // failed for now: due again at Next
	Snoozed                       // rate-limited: due again at Next, and not counted as an attempt
	Suppressed                    // the address takes nothing: all its deliveries wait until it wakes
	Dropped                       // will never be accepted, is expired, or its level is off
)

// Outcome ends an attempt.
type Outcome struct {
	Kind OutcomeKind
	Next time.Time       // Retry, Snoozed
	Ref  chat.MessageRef // Sent: the message, remembered for the event's card
	Err  string          // without secrets
}

// ErrSettled is returned by [Outbox.Attempt] for a delivery that is no more to be sent: it was
// superseded by a newer one of its card, or erased with its user, after Due gave it out.
var ErrSettled = errors.New("delivery is settled or superseded")

// Outbox keeps deliveries until they are settled.
type Outbox interface {
	// Due returns up to n deliveries that are due, in the order of their IDs and at most one an
	// address: the oldest, so that a chat reads its messages in order. Deliveries of
	// suppressed addresses are not returned. next is when the next one falls due, zero for
	// never.
	Due(ctx context.Context, now time.Time, n int) (due []Delivery, next time.Time, err error)
	// Attempt records, before the message is sent, that it will be: Attempts grows by one
	// and the delivery is not due again before retry.
	Attempt(ctx context.Context, id uint64, retry time.Time) error
	// Settle records the outcome of the attempt.
	Settle(ctx context.Context, id uint64, o Outcome) error
}
