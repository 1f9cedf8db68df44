package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// SendBy returns when the intent is given up if it could not be sent.
func (in *Intent) SendBy() time.Time { return in.Taken.Add(PendingFor) }

// Ahead returns what an intent that was not sent yet has to wait for: the order whose fate is not
// clear, else a pending one that was taken earlier; nil for nothing. The ID of none asks for one that
// would be taken now.
func (l *Ledger) Ahead(intent string) *Intent {
	own := l.Intent(intent)
	if own != nil && own.State != Pending {
		return nil
	}
	var first *Intent
	for i := range l.Intents {
		in := &l.Intents[i]
		switch {
		case in.ID == intent:
		case in.State == Sending, in.State == Ambiguous:
			return in
		case in.State == Pending && (own == nil || in.Taken.Before(own.Taken)) && (first == nil || in.Taken.Before(first.Taken)):
			first = in
		}
	}
	return first
}

// On returns the live rental on a server and the intent that may still become one, nil for none: Clore
// makes no second order of an account on a server. An order that the list lacks is left out.
func (l *Ledger) On(server clore.ServerID) (*Rental, *Intent) {
	for i := range l.Rentals {
		if r := &l.Rentals[i]; r.Order.Server == server && r.Gone.IsZero() {
			return r, nil
		}
	}
	for i := range l.Intents {
		if in := &l.Intents[i]; in.Terms.Server == server && in.State.Open() {
			return nil, in
		}
	}
	return nil, nil
}
