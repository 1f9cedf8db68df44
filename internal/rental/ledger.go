package rental

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Errors of the transitions.
var (
	ErrQuoteExpired = errors.New("quote has expired")
	ErrKeyRejected  = errors.New("key was rejected by clore")
	ErrNoIntent     = errors.New("no such intent")
	ErrIntentState  = errors.New("intent is past that")                                 // it was settled or sent already
	ErrUnsettled    = errors.New("the outcome of another order is not known")           // nothing is bought before it is
	ErrEnding       = errors.New("rental is being cancelled")                           //
	ErrOccupied     = errors.New("the account has an order on that server")             //
	ErrCreated      = errors.New("the order exists")                                    // so there is nothing to give up
	ErrStopMoved    = errors.New("stop time was moved")                                 // by somebody else meanwhile
	ErrManyIntents  = errors.New("too many orders are waiting to be placed or settled") //
)

// Intent returns the intent of an ID, or nil. It points into the ledger.
func (l *Ledger) Intent(id string) *Intent {
	for i := range l.Intents {
		if l.Intents[i].ID == id {
			return &l.Intents[i]
		}
	}
	return nil
}

// Rental returns the live rental of an order, or nil. It points into the ledger.
func (l *Ledger) Rental(order clore.OrderID) *Rental {
	for i := range l.Rentals {
		if l.Rentals[i].Order.ID == order {
			return &l.Rentals[i]
		}
	}
	return nil
}

// Of returns the live rental that came of an intent, or nil. It points into the ledger.
func (l *Ledger) Of(intent string) *Rental {
	for i := range l.Rentals {
		if intent != "" && l.Rentals[i].Intent == intent {
			return &l.Rentals[i]
		}
	}
	return nil
}

// OwnedBy returns ErrNoAccount unless the account is the user's.
func (l *Ledger) OwnedBy(user chat.User) error {
	if l.Account.User != user {
		return ErrNoAccount
	}
	return nil
}

// AskCancel notes the wish to end a rental. A second one changes nothing but an empty issue;
// the wish of a person takes the place of a stop time's. The issue is cut to what Clore takes.
func (l *Ledger) AskCancel(order clore.OrderID, reason EndReason, issue string, now time.Time) error {
	r := l.Rental(order)
	if r == nil {
		return ErrNoOrder
	}
	defer l.settleMandates(now)
	issue = cut(issue, MaxIssue)
	if c := r.Cancel; c != nil {
		if c.Issue == "" {
			c.Issue = issue
		}
		if reason == ByUser && c.Tries == 0 && c.Accepted.IsZero() {
			c.Reason = reason
		}
		return nil
	}
	r.Cancel = &Cancellation{Asked: now, Reason: reason, Issue: issue, Next: now}
	return nil
}

// SetStop sets when a rental is stopped; the zero time is never. A cancellation because of the
// former stop time is taken back if it was not sent yet; otherwise the result is ErrEnding. A
// later stop is refused with *OverLimit when the limits forbid it. For a rental that a mandate
// bought, more time counts towards the total of that.
func (l *Ledger) SetStop(order clore.OrderID, at, now time.Time) error {
	defer l.settleMandates(now)
	return l.spend(now, func(l *Ledger) error { return l.setStop(order, at, now) })
}

func (l *Ledger) setStop(order clore.OrderID, at, now time.Time) error {
	r := l.Rental(order)
	if r == nil {
		return ErrNoOrder
	}
	if c := r.Cancel; c != nil {
		if c.Reason != ByStop || c.Tries > 0 || !c.Accepted.IsZero() {
			return ErrEnding
		}
		r.Cancel = nil
	}
	r.StopAt, r.StopSet, r.Told.StopDue = at, now, false
	return nil
}

// MaxLabel is how many characters of a label are kept.
const MaxLabel = 40

// SetLabel names a rental; an empty label removes the name.
func (l *Ledger) SetLabel(order clore.OrderID, label string) error {
	r := l.Rental(order)
	if r == nil {
		return ErrNoOrder
	}
	r.Label = cut(strings.TrimSpace(label), MaxLabel)
	return nil
}

// SetBid notes a bid that Clore took, so that the new price is not reported as dearer than agreed.
func (l *Ledger) SetBid(order clore.OrderID, bid money.Money) error {
	r := l.Rental(order)
	if r == nil || r.Order.Kind != clore.Spot || r.Order.Price.Currency != bid.Currency {
		return ErrNoOrder
	}
	r.Terms.Price, r.Terms.USD, r.Order.Price = bid, 0, bid
	return nil
}

// Dismiss gives up an intent whose order did not appear. The intent is kept for a while, so that
// an order that appears after all is recognised.
func (l *Ledger) Dismiss(intent string) error {
	in := l.Intent(intent)
	switch {
	case in == nil:
		return ErrNoIntent
	case in.State == Created:
		return ErrCreated
	case in.State != Missing:
		return ErrIntentState
	}
	in.Dismissed = true
	return nil
}

// Live reports whether anything is left for the bot to do or to watch.
func (l *Ledger) Live() bool {
	return len(l.Rentals) > 0 ||
		slices.ContainsFunc(l.Intents, func(in Intent) bool { return in.State.Open() })
}

// cut shortens s to n units of UTF-16, in which Clore counts, without splitting a character.
func cut(s string, n int) string {
	for i, c := range s {
		n--
		if c > 0xffff {
			n--
		}
		if n < 0 {
			return s[:i]
		}
	}
	return s
}
