package rental

import (
	"encoding/json"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// EventKind names something that a user is told.
type EventKind string

// The kinds of events.
const (
	Progress      EventKind = "progress"       // the live card of an intent changed
	IsReady       EventKind = "ready"          // SSH answers for the first time
	NotPlaced     EventKind = "not_placed"     // refused or withdrawn: no order, nothing is owed
	NotFound      EventKind = "not_found"      // no order appeared after an unclear answer: the user decides
	Slow          EventKind = "slow"           // not ready after five minutes
	Stuck         EventKind = "stuck"          // not ready after twelve
	Unreachable   EventKind = "unreachable"    // SSH stopped answering
	Back          EventKind = "back"           // and answers again
	StopDue       EventKind = "stop_due"       // the stop time is near
	HasEnded      EventKind = "ended"          //
	CancelLingers EventKind = "cancel_lingers" // Clore still lists an order that it agreed to end
	Foreign       EventKind = "foreign"        // an order that was not made here
	Dearer        EventKind = "dearer"         // charged more than quoted
	RunwayShort   EventKind = "runway"         // the money lasts for less than a threshold
	KeyRejected   EventKind = "key_rejected"   // Clore refuses the key
	Outbid        EventKind = "outbid"         // somebody else has the server of a spot rental
	Leading       EventKind = "leading"        // a bid leads again, or was changed as wished
	BidStuck      EventKind = "bid_stuck"      // the autopilot may not bid what would lead, or a wished bid was refused
	LimitNear     EventKind = "limit"          // 80 % of a day's or month's limit is spent or planned, or all is spent
	WatchHit      EventKind = "watch"          // a watched search has a new match or a lower price
	WatchOver     EventKind = "watch_over"     // a watch expired
	BoughtOne     EventKind = "bought"         // a mandate bought something
	CloreDown     EventKind = "clore_down"     // Clore has answered nobody for long, or answers again
	MandateOver   EventKind = "mandate_over"   // a mandate buys nothing more, although not all was bought
)

// Event is something that happened and that a user is told. It is committed in the transaction
// that makes it true, and delivered from there.
type Event struct {
	Kind    EventKind  `json:"kind"`
	Key     string     `json:"key"` // unique a user; a second event of the same key is dropped
	User    chat.User  `json:"user"`
	Account account.ID `json:"account"`
	At      time.Time  `json:"at"`
	// Card names a message that is edited in place: of several undelivered events with the
	// same card only the newest is delivered. Empty: a message of its own.
	Card   string        `json:"card,omitempty"`
	Intent string        `json:"intent,omitempty"`
	Order  clore.OrderID `json:"order,omitempty"`
	// Rental is a copy from the moment of the event, for the kinds that speak of one.
	Rental *Rental `json:"rental,omitempty"`
	// Revived is set when Foreign is about an order that was called ended and runs again.
	Revived bool   `json:"revived,omitempty"`
	Reason  string `json:"reason,omitempty"` // NotPlaced, BidStuck: a Limit, Clore's text or a Reason constant
	Quote   string `json:"quote,omitempty"`  // NotPlaced: a new quote at the present price
	// Price is what Dearer is charged per day, and the bid per day of Outbid, Leading and BidStuck.
	Price  money.Money    `json:"price,omitzero"`
	Runway time.Duration  `json:"runway,omitempty"` // RunwayShort
	Coin   money.Currency `json:"coin,omitempty"`   // RunwayShort: in which the money runs out
	Limit  *LimitState    `json:"limit,omitempty"`  // LimitNear
	Outage *Outage        `json:"outage,omitempty"` // CloreDown
	// Mandate is a copy, for BoughtOne and MandateOver.
	Mandate *Mandate `json:"mandate,omitempty"`
	// Watch and Hits are for WatchHit and WatchOver: the watch's ID and what the package watch
	// found, as JSON of its own.
	Watch string          `json:"watch,omitempty"`
	Hits  json.RawMessage `json:"hits,omitempty"`
}

// LimitState is how much of a limit is used.
type LimitState struct {
	Limit   Limit        `json:"limit"` // LimitDay or LimitMonth
	Percent int          `json:"percent"`
	Cap     money.Amount `json:"cap"`
	Spent   money.Amount `json:"spent"`
	Planned money.Amount `json:"planned,omitempty"` // Spent with what runs until its planned end
}

// CardOf returns the card of an intent.
func CardOf(intent string) string { return "card:" + intent }
