package notify

import (
	"fmt"
	"slices"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// shown is what the card of an intent depends on. Two that are equal look the same, apart from
// what only time changes.
type shown struct {
	State            rental.IntentState
	Order            clore.OrderID
	Reason, Requote  string
	Dismissed        bool
	Unwanted         bool
	Ahead            string
	Stage            rental.Stage
	Began            bool
	Host             string
	Failure          string
	Slow, Stuck      bool
	Down             int64 // Unix milliseconds, as StopAt
	Cancel, Accepted bool
	StopAt           int64
	Label            string
	End              rental.EndReason
	Outbid           int64
	Bid              money.Money // of a spot rental
}

// card tells when the card of an intent looks different from before. It looks at each once.
func (d *differ) card(intent string, user chat.User) {
	if slices.Contains(d.carded, intent) {
		return
	}
	d.carded = append(d.carded, intent)
	was, now := showing(&d.prev, intent), showing(&d.next, intent)
	if was == now {
		return
	}
	r := rentalOf(&d.next, intent)
	at := latest(intentTime(findIntent(&d.next, intent)), rentalTime(r))
	if user == (chat.User{}) {
		user = d.next.Account.User
	}
	d.add(rental.Event{
		Kind: rental.Progress,
		// Both looks are part of the key, and so is the moment: a card that goes back to a
		// former look must be told, too.
		Key:  fmt.Sprintf("%s/%s/%d/%s", rental.Progress, intent, at.UnixMilli(), fingerprint([]shown{was, now})),
		User: user, Account: d.next.Account.ID, At: at,
		Card: rental.CardOf(intent), Intent: intent, Order: now.Order,
	})
}

func showing(l *rental.Ledger, intent string) shown {
	n, r := findIntent(l, intent), rentalOf(l, intent)
	s := shown{
		State: n.State, Order: max(n.Order, r.Order.ID), Reason: n.Reason, Requote: n.Requote,
		Dismissed: n.Dismissed, Unwanted: !n.Unwanted.IsZero(), Stage: r.Stage, Began: !r.Since.IsZero(), StopAt: r.StopAt.UnixMilli(), Label: r.Label, End: r.Reason,
		Slow: r.Told.Slow, Stuck: r.Told.Stuck, Down: r.Probe.Down.UnixMilli(),
	}
	if n.State == rental.Created {
		s.State = "" // the rental's stage says more, and the intent may leave the ledger
	}
	if in := l.Ahead(intent); in != nil && n.State == rental.Pending {
		s.Ahead = in.ID
	}
	if host, port, ok := r.Order.SSH(); ok {
		s.Host = fmt.Sprintf("%s:%d", host, port)
	}
	if r.Stage == rental.Addressed {
		s.Failure = r.Probe.Failure
	}
	if r.Order.Kind == clore.Spot {
		s.Outbid, s.Bid = r.Outbid.UnixMilli(), r.Order.Price
	}
	if c := r.Cancel; c != nil {
		s.Cancel, s.Accepted = true, !c.Accepted.IsZero()
	}
	return s
}

// rentalOf returns the rental that came of an intent, or a zero one.
func rentalOf(l *rental.Ledger, intent string) *rental.Rental {
	for _, list := range [][]rental.Rental{l.Rentals, l.Ended} {
		for i := range list {
			if list[i].Intent == intent && intent != "" {
				return &list[i]
			}
		}
	}
	return &rental.Rental{}
}
