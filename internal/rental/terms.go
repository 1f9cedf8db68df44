package rental

import (
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Terms are what a person agrees to when renting.
type Terms struct {
	Server   clore.ServerID `json:"server"`
	Hardware string         `json:"hardware"` // "1× RTX 4090 24 GB"
	GPU      string         `json:"gpu"`      // "RTX 4090", for "the next best"
	Count    int            `json:"count"`    // cards
	Country  string         `json:"country"`
	CUDA     string         `json:"cuda"`
	Kind     clore.Kind     `json:"kind"`
	Price    money.Money    `json:"price"`         // per day for the whole server
	USD      money.Amount   `json:"usd,omitempty"` // the same in USD, 0 without a rate
	// Median is what free servers of that model and count asked, USD an hour for the whole
	// server, at the time of the quote; 0 when it is not known.
	Median  money.Amount   `json:"median,omitempty"`
	MaxRent time.Duration  `json:"max_rent"`          // the host's longest rental
	Preset  account.Preset `json:"preset"`            //
	SSHKey  account.SSHKey `json:"ssh_key,omitzero"`  // zero: a random password
	RunFor  time.Duration  `json:"run_for,omitempty"` // stop after this; 0 is "until I stop it"
	Label   string         `json:"label,omitempty"`   // a name for the rental to be, at most MaxLabel characters
}

// Quote is an offer to rent on fixed terms. Confirming it takes it, once.
type Quote struct {
	ID      string       `json:"id"` // 96 random bits, base64url
	User    chat.User    `json:"user"`
	Account account.ID   `json:"account"`
	Terms   Terms        `json:"terms"`
	Cost    Estimate     `json:"cost"`
	Balance *money.Money `json:"balance,omitempty"` // in the currency of the price; nil when unknown
	Rates   money.Rates  `json:"rates,omitempty"`   // at the time, to compute the cost of other terms
	Made    time.Time    `json:"made"`
	Expires time.Time    `json:"expires"`
}

// Estimate is what a rental costs at most, in the currency of its price: Clore may charge less,
// not more, at the price it was made for.
type Estimate struct {
	Base     money.Amount  `json:"base"`     // price for the planned time
	Fee      money.Amount  `json:"fee"`      // renter's share of the marketplace fee
	Creation money.Amount  `json:"creation"` // creation fee, charged after ten minutes
	Total    money.Amount  `json:"total"`
	For      time.Duration `json:"for"` // the planned time, or an hour when there is none
	// Partial is true when the creation fee is left out for want of a rate.
	Partial bool `json:"partial,omitempty"`
}

// IntentState is how far a decision to rent has come.
type IntentState string

// The states of intents. Sending survives a crash as ambiguous: nobody knows what happened.
const (
	Pending   IntentState = "pending"   // confirmed; nothing was sent
	Sending   IntentState = "sending"   // committed just before create_order goes out
	Ambiguous IntentState = "ambiguous" // no definite answer; never sent again
	Accepted  IntentState = "accepted"  // code 0; the order is not listed yet
	Created   IntentState = "created"   // the order is known
	Refused   IntentState = "refused"   // Clore refused; no order exists
	Withdrawn IntentState = "withdrawn" // given up before anything was sent: dearer, gone, too old
	Missing   IntentState = "missing"   // ambiguous or accepted, and no order appeared: the user decides
)

// Open reports whether work is left for the bot.
func (s IntentState) Open() bool {
	switch s {
	case Pending, Sending, Ambiguous, Accepted:
		return true
	default:
		return false
	}
}

// Intent is a taken quote: the record, written before create_order is sent, from which the bot
// finds out after any accident what became of it.
type Intent struct {
	ID      string      `json:"id"` // the quote's
	User    chat.User   `json:"user"`
	Account account.ID  `json:"account"`
	Terms   Terms       `json:"terms"`
	State   IntentState `json:"state"`
	Taken   time.Time   `json:"taken"`
	Sent    time.Time   `json:"sent,omitzero"`
	// Answered is when Clore's answer was in, or when it was clear that there will be none. The
	// wait for the order counts from here, since the request may have gone out late.
	Answered time.Time `json:"answered,omitzero"`
	Settled  time.Time `json:"settled,omitzero"` // when the state stopped being open
	// Closed is when the rental of a created intent ended.
	Closed time.Time     `json:"closed,omitzero"`
	MaxID  clore.OrderID `json:"max_id,omitempty"` // the highest order ID of the account before sending
	Order  clore.OrderID `json:"order,omitempty"`
	Reason string        `json:"reason,omitempty"` // why refused or withdrawn: Clore's error text or a Reason constant
	// Limit is which limit kept it from being sent, with ReasonLimit.
	Limit Limit `json:"limit,omitzero"`
	// Agreed is set when Clore said yes, whatever its list shows later.
	Agreed bool `json:"agreed,omitempty"`
	// Requote is the ID of a quote on the present terms, made when the server became dearer
	// between quote and order.
	Requote string `json:"requote,omitempty"`
	// Polls counts the good order lists since Answered that did not show the order, up to the
	// number that is needed to call it missing.
	Polls int `json:"polls,omitempty"`
	// Dismissed is true when the user gave a missing order up. If it appears after all, it is
	// still known by the intent.
	Dismissed bool `json:"dismissed,omitempty"`
	// Unwanted is when the user called it off after it was sent: its order is cancelled as soon as
	// it is known.
	Unwanted time.Time `json:"unwanted,omitzero"`
	// Mandate is the permission that it was bought under, empty when a person tapped.
	Mandate string `json:"mandate,omitempty"`
	Label   string `json:"label,omitempty"` // for the rental to be
}

// Stage is how far a rental has come.
type Stage string

// The stages of a rental, in their order.
const (
	Listed    Stage = "listed"    // in my_orders
	Starting  Stage = "starting"  // the container is being deployed
	Addressed Stage = "addressed" // host and port are known
	Ready     Stage = "ready"     // an SSH banner was read
	Ended     Stage = "ended"
)

// EndReason tells why a rental ended. Clore gives none: all but ByUser and ByStop are inferred.
type EndReason string

// The reasons for an end.
const (
	ByUser    EndReason = "user"      // cancelled through the bot
	ByStop    EndReason = "stop"      // its stop time came
	ByLimit   EndReason = "limit"     // the longest rental was reached
	ByFunds   EndReason = "funds"     // the wallet was empty
	ByHost    EndReason = "host"      // host, Clore or another renter
	ByOutbid  EndReason = "outbid"    // a spot rental whose server went to somebody else
	ByRetry   EndReason = "retry"     // it did not answer in time, and the next best is tried
	Elsewhere EndReason = "elsewhere" // gone before the bot knew more
)

// Cancellation is a wish to end a rental, kept until Clore's list agrees.
type Cancellation struct {
	Asked    time.Time `json:"asked"`
	Reason   EndReason `json:"reason"`
	Issue    string    `json:"issue,omitempty"`   // complaint about the host, at most 2048 characters
	Accepted time.Time `json:"accepted,omitzero"` // when Clore said yes
	Tries    int       `json:"tries,omitempty"`
	Next     time.Time `json:"next,omitzero"`    // not before
	Warned   bool      `json:"warned,omitempty"` // the user was told that it lingers
}

// Rental is an order of an account as the bot knows it.
type Rental struct {
	Order   clore.Order `json:"order"` // as last seen; figures that always move are up to five minutes old
	User    chat.User   `json:"user"`
	Account account.ID  `json:"account"`
	Intent  string      `json:"intent,omitempty"` // empty: not made here
	Terms   Terms       `json:"terms"`
	Label   string      `json:"label,omitempty"`
	Stage   Stage       `json:"stage"`
	Seen    time.Time   `json:"seen"`          // the good list that Order is from
	Gone    time.Time   `json:"gone,omitzero"` // first good list of the present run that lacked it
	// Since is from when it costs money and its start is awaited: at once, but for a spot order
	// that is not the highest bid yet, and anew when its address changed.
	Since   time.Time     `json:"since,omitzero"`
	StopAt  time.Time     `json:"stop_at,omitzero"`  // zero: until stopped
	StopSet time.Time     `json:"stop_set,omitzero"` // when StopAt was chosen
	Cancel  *Cancellation `json:"cancel,omitempty"`
	Probe   Probe         `json:"probe"`
	ReadyAt time.Time     `json:"ready_at,omitzero"`
	EndedAt time.Time     `json:"ended_at,omitzero"`
	Reason  EndReason     `json:"reason,omitempty"`
	Told    Told          `json:"told"`
	Charged Charged       `json:"charged,omitzero"`
	Mandate string        `json:"mandate,omitempty"` // under which it was bought
	// Bid, Pilot, Book and Outbid are of spot rentals. Outbid is since when another bid, or a
	// renter on demand, has the server.
	Bid    *Bid      `json:"bid,omitempty"`
	Pilot  *Pilot    `json:"pilot,omitempty"`
	Book   *Book     `json:"book,omitempty"`
	Outbid time.Time `json:"outbid,omitzero"`
	// Rebid is when the bid was last changed through the bot, Still since when Clore's spend of
	// a running bid does not grow, NoBid the last wish that came to nothing.
	Rebid time.Time `json:"rebid,omitzero"`
	Still time.Time `json:"still,omitzero"`
	NoBid *NoBid    `json:"no_bid,omitempty"`
}

// Probe is what reaching for the SSH port has shown. Misses that follow one another quickly
// count as one, so that not each has to be stored.
type Probe struct {
	Tries   int       `json:"tries,omitempty"`   // since the address was known
	Misses  int       `json:"misses,omitempty"`  // in a row
	First   time.Time `json:"first,omitzero"`    // of the misses in a row
	Last    time.Time `json:"last,omitzero"`     // of the misses in a row
	Failure string    `json:"failure,omitempty"` // the last one in a word: "refused", "timeout", "no banner"
	Down    time.Time `json:"down,omitzero"`     // since when it does not answer, after having been ready
}

// Told remembers which alerts of a rental were raised, so that each is raised once.
type Told struct {
	Slow    bool `json:"slow,omitempty"`
	Stuck   bool `json:"stuck,omitempty"`
	Dearer  bool `json:"dearer,omitempty"`
	Down    bool `json:"down,omitempty"`
	StopDue bool `json:"stop_due,omitempty"` // the warning before StopAt
}

// Ledger is everything open of one account. It is loaded, changed and committed as a whole.
type Ledger struct {
	Account  account.Account `json:"account"`
	Intents  []Intent        `json:"intents,omitempty"` // open ones, and settled ones that still show
	Rentals  []Rental        `json:"rentals,omitempty"` // not ended
	Ended    []Rental        `json:"ended,omitempty"`   // ended by this change; moved to the history on commit
	Lost     []Lost          `json:"lost,omitempty"`    // ended, and kept in case the order comes back
	Polled   time.Time       `json:"polled,omitzero"`   // the last good order list that changed anything
	Balances []money.Money   `json:"balances,omitempty"`
	Funds    Funds           `json:"funds,omitzero"`
	// Limits and Frozen keep new costs away; see the guard.
	Limits Limits    `json:"limits,omitzero"`
	Frozen time.Time `json:"frozen,omitzero"`
	// Spent is what was spent by day ("2026-11-24", UTC), in USD with fees, in this month and
	// the last.
	Spent  map[string]money.Amount `json:"spent,omitempty"`
	Alarm  Alarm                   `json:"alarm,omitzero"`
	Outage Outage                  `json:"outage,omitzero"`
	Rates  money.Rates             `json:"rates,omitempty"` // the last known worth of coins
	// Mandates are permissions to buy; those that are over are kept for a while.
	Mandates []Mandate `json:"mandates,omitempty"`
}

// Alarm remembers for which day and month it was said that the money is nearly, or all, spent.
type Alarm struct {
	Day          string       `json:"day,omitempty"`         // "2026-11-24"
	DayPercent   int          `json:"day_percent,omitempty"` // 80 or 100, as said
	DaySum       money.Amount `json:"day_sum,omitempty"`     // USD spent when it was said
	DayPlan      money.Amount `json:"day_plan,omitempty"`    // the same with what was planned
	DayCap       money.Amount `json:"day_cap,omitempty"`     // the limit that it was said of
	Month        string       `json:"month,omitempty"`       // "2026-11"
	MonthPercent int          `json:"month_percent,omitempty"`
	MonthSum     money.Amount `json:"month_sum,omitempty"`
	MonthPlan    money.Amount `json:"month_plan,omitempty"`
	MonthCap     money.Amount `json:"month_cap,omitempty"`
	At           time.Time    `json:"at,omitzero"` // when something was said last
}

// Funds remembers what was said about the money running out.
type Funds struct {
	Checked time.Time `json:"checked,omitzero"` // of Balances
	// Warned is the least runway threshold already said, by coin; none for a coin that is enough.
	Warned map[money.Currency]time.Duration `json:"said,omitempty"`
}

// Poll is a good answer of my_orders.
type Poll struct {
	At     time.Time // when the request was sent: nothing later can be concluded from it
	Orders []clore.Order
	// Completed is true when the list included ended orders.
	Completed bool
	// Quarantine is how long an order of unclear fate may take to appear; 0 is [Quarantine].
	Quarantine time.Duration
}
