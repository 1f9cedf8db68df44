package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Bid is a wish to change the bid of a spot order, kept until Clore took it.
type Bid struct {
	Target money.Money `json:"target"` // per day
	Asked  time.Time   `json:"asked"`
	By     Bidder      `json:"by"`
	Next   time.Time   `json:"next"`          // not before
	Step   money.Money `json:"step,omitzero"` // by how much Clore lets it be lowered at once, if known
	Tries  int         `json:"tries,omitempty"`
	Error  string      `json:"error,omitempty"` // Clore's refusal that Next waits for
}

// NoBid is a wish for another bid that came to nothing.
type NoBid struct {
	Target money.Money `json:"target"`
	Reason string      `json:"reason"`         // Clore's text, or a Reason constant
	Min    money.Money `json:"min,omitzero"`   // the least bid, if Clore told it
	Limit  Limit       `json:"limit,omitzero"` // with ReasonLimit: which one
	At     time.Time   `json:"at"`
}

// Bidder is who wishes another bid.
type Bidder string

// The bidders.
const (
	Person    Bidder = "person"
	Autopilot Bidder = "autopilot"
)

// Mode is what the autopilot of a bid does.
type Mode string

// The modes. The zero mode is Hold.
const (
	Hold   Mode = ""       // tells when it is outbid, nothing else
	Defend Mode = "defend" // raises by the least that wins, up to the ceiling
	Save   Mode = "save"   // as Defend, and steps down while it would still lead
)

// Pilot watches over the bid of a spot rental.
type Pilot struct {
	Mode    Mode         `json:"mode,omitempty"`
	Ceiling money.Money  `json:"ceiling,omitzero"` // per day, in the coin of the order; never bid above
	USD     money.Amount `json:"usd,omitempty"`    // what that was worth when it was agreed to; 0 is not known
	// Fallback is the ID of the mandate that rents on demand when the rental is lost.
	Fallback string `json:"fallback,omitempty"`
	// Stuck is set when the ceiling, a limit or Clore keeps it from leading, to say so once.
	Stuck Limit `json:"stuck,omitempty"`
	// Raised is when it last raised the bid: it does so seldom enough that two of its kind do
	// not drive each other up at once.
	Raised time.Time `json:"raised,omitzero"`
}

// Book is what was last seen of the bids on a spot rental's server.
type Book struct {
	At     time.Time    `json:"at"`
	Top    money.Money  `json:"top,omitzero"` // the best bid of others; zero when there is none
	TopUSD money.Amount `json:"top_usd,omitempty"`
	Floor  money.Money  `json:"floor,omitzero"` // the least bid in the coin of the order
	Lead   bool         `json:"lead,omitempty"` // one's own runs
	// Taken is set when another bid runs, Rented when the server is rented on demand.
	Taken  bool `json:"taken,omitempty"`
	Rented bool `json:"rented,omitempty"`
	// Blind is set when the worth of another bid is not known: Top is without it.
	Blind bool `json:"blind,omitempty"`
}
