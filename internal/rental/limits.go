package rental

import (
	"fmt"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Limits bound what an account may spend through the bot. All amounts are in USD with the
// renter's fees; a zero field means no limit. Days and months are those of UTC.
type Limits struct {
	Rental   money.Amount `json:"rental,omitempty"`   // a rental, from its start to its planned end
	Day      money.Amount `json:"day,omitempty"`      // all rentals in a day
	Month    money.Amount `json:"month,omitempty"`    // all rentals in a month
	Hour     money.Amount `json:"hour,omitempty"`     // a rental in an hour
	Parallel int          `json:"parallel,omitempty"` // rentals and bids at once
}

// money reports whether any limit is an amount, so that the worth of coins matters.
func (m Limits) money() bool { return m.Rental > 0 || m.Day > 0 || m.Month > 0 || m.Hour > 0 }

// Limit names what stands in the way of spending.
type Limit string

// The limits that the guard knows.
const (
	LimitFrozen   Limit = "frozen"   // nothing is bought until the account is unfrozen
	LimitRental   Limit = "rental"   //
	LimitDay      Limit = "day"      //
	LimitMonth    Limit = "month"    //
	LimitHour     Limit = "hour"     //
	LimitParallel Limit = "parallel" //
	LimitRate     Limit = "rate"     // the worth of the coin is not known, so no limit can be kept
	LimitCeiling  Limit = "ceiling"  // the ceiling of a bid
	LimitMandate  Limit = "mandate"  // what a permission to buy allows
)

// OverLimit is the guard's refusal: the ledger is as it was.
type OverLimit struct {
	Limit Limit
	Cap   money.Amount // what is allowed, USD; or a number of rentals
	Would money.Amount // what it would have come to, in the same unit
	On    time.Time    // LimitDay and LimitMonth: the day or month it would be in
}

// Error implements error.
func (e *OverLimit) Error() string {
	return fmt.Sprintf("over the limit %q: %v of %v", e.Limit, e.Would, e.Cap)
}

// SetLimits replaces the limits. It never refuses: limits below what runs already only keep new
// costs away.
func (l *Ledger) SetLimits(m Limits) { l.Limits = m }

// Freeze keeps everything from being bought, extended or raised until Unfreeze. What runs goes on.
func (l *Ledger) Freeze(now time.Time) {
	if l.Frozen.IsZero() {
		l.Frozen = now
	}
}

// Unfreeze ends a freeze.
func (l *Ledger) Unfreeze() { l.Frozen = time.Time{} }
