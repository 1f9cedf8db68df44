package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Cause says what a mandate was given for.
type Cause string

// The causes of mandates.
const (
	ForWatch    Cause = "watch"    // an armed watch: buys when something matches
	ForBest     Cause = "best"     // rents the best match at once, and the next one if it fails
	ForFallback Cause = "fallback" // takes the place of a spot rental that was outbid
)

// Mandate is a permission to rent without asking again, within bounds that a person agreed to. It
// is part of the ledger, so that a purchase and what is left of the permission are one commit.
type Mandate struct {
	ID    string `json:"id"`
	Cause Cause  `json:"cause"`
	Watch string `json:"watch,omitempty"` // ForWatch: whose matches are bought
	// After is the order whose loss lets ForFallback begin, Lost when it was lost.
	After    clore.OrderID    `json:"after,omitempty"`
	Lost     time.Time        `json:"lost,omitzero"`
	Ends     time.Time        `json:"ends,omitzero"`     // ForFallback: the stop time of what was lost, which its replacement keeps
	Query    string           `json:"query"`             // a canonical market query; the cheapest match is bought
	Pay      []money.Currency `json:"pay,omitempty"`     // coins to pay with, the preferred first
	Hour     money.Amount     `json:"hour"`              // at most for a rental, USD an hour without the fee
	Total    money.Amount     `json:"total"`             // at most for all purchases together, USD with fees
	Count    int              `json:"count"`             // rentals to end up with
	Tries    int              `json:"tries"`             // orders at most, failed ones included
	RunFor   time.Duration    `json:"run_for,omitempty"` // of each rental; always set
	Preset   account.Preset   `json:"preset"`
	SSHKey   account.SSHKey   `json:"ssh_key,omitzero"`
	Label    string           `json:"label,omitempty"`    // of its rentals
	Patience time.Duration    `json:"patience,omitempty"` // how long a rental may take to answer before the next is tried; 0: as long as it takes
	Made     time.Time        `json:"made"`
	Until    time.Time        `json:"until"` // nothing is bought from then on
	// Not are servers that are not bought: they failed.
	Not       []clore.ServerID `json:"not,omitempty"`
	Purchases []Purchase       `json:"purchases,omitempty"`
	Over      time.Time        `json:"over,omitzero"` // nothing more will be bought
	Why       Finish           `json:"why,omitempty"`
	// Held is the limit of the account that kept the last look from buying; empty: none did.
	Held Limit `json:"held,omitempty"`
}

// Purchase is an order made under a mandate.
type Purchase struct {
	Intent string         `json:"intent"`
	Server clore.ServerID `json:"server"`
	// USD is what it counts as: what it is planned to cost, and never less than was agreed; what it
	// really cost once it is over; 0 when nothing was bought.
	USD    money.Amount  `json:"usd"`
	Agreed money.Amount  `json:"agreed,omitempty"` // what it was to cost at most when it was bought
	State  PurchaseState `json:"state,omitempty"`
	At     time.Time     `json:"at"`
}

// PurchaseState is what became of a purchase.
type PurchaseState string

// The states of purchases.
const (
	Trying PurchaseState = ""       // placed, or its fate is not known, or it does not answer yet
	Bought PurchaseState = "bought" // it counts
	Failed PurchaseState = "failed" // it came to nothing; the next may be tried
)

// Finish tells why a mandate is over.
type Finish string

// The reasons for the end of a mandate.
const (
	FinishDone    Finish = "done"    // all that was wanted was bought
	FinishExpired Finish = "expired" //
	FinishTries   Finish = "tries"   // too many orders failed
	FinishMoney   Finish = "money"   // what is left would not pay for another one
	FinishUser    Finish = "user"    // taken back
)
