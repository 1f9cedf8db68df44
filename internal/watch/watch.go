package watch

import (
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
)

// Limits of watches.
const (
	Most        = 64                  // offers that a watch looks at, the cheapest
	Away        = 30 * time.Minute    // a server that was away for longer is new again
	DefaultLife = 14 * 24 * time.Hour // of a watch
	MaxLife     = 90 * 24 * time.Hour
	DefaultDrop = 5 // percent
	MaxDrop     = 50
	MaxPerUser  = 50
	MaxQuery    = 400 // bytes of a query in its canonical form
	MaxLabel    = 64  // bytes

	// mostGone bounds the servers remembered that are away. Past it the longest away are
	// forgotten first.
	mostGone = 128
)

// Watch is a saved search. The zero value of each field that is not explained otherwise means
// none.
type Watch struct {
	ID      string     `json:"id"`
	User    chat.User  `json:"user"`
	Account account.ID `json:"account,omitempty"` // whose it is when a user has several; may be empty
	// Query is canonical; its sort order and "all" do not matter.
	Query string `json:"query"`
	// Pay has the coins to pay with, the preferred first, when the query names none; empty is
	// money.Currencies().
	Pay     []money.Currency `json:"pay,omitempty"`
	Label   string           `json:"label,omitempty"`
	Drop    int              `json:"drop"` // percent, 1 to MaxDrop: how much less is news
	Made    time.Time        `json:"made"`
	Expires time.Time        `json:"expires"`
	Snoozed time.Time        `json:"snoozed,omitzero"` // silent until then
	// Mandate is the ID of a permission to buy, which is kept elsewhere; empty: alert only.
	Mandate string `json:"mandate,omitempty"`
	// Armed is until when the mandate may buy; afterwards it is not called ripe.
	Armed time.Time `json:"armed,omitzero"`

	Since   time.Time    `json:"since,omitzero"`    // the first look; zero before it
	Seen    []Sight      `json:"seen,omitempty"`    // by server
	Horizon money.Amount `json:"horizon,omitempty"` // USD a day of the dearest offer in view when there were more; 0 when all were
	Fired   time.Time    `json:"fired,omitzero"`    // the last look with a hit
	Hits    int          `json:"hits,omitempty"`    // so far
}

// Sight is a server that a watch knows.
type Sight struct {
	Server clore.ServerID `json:"server"`
	// USD is the known price a day; 0 for a server that came during a snooze and was not told
	// of yet.
	USD  money.Amount `json:"usd,omitempty"`
	Gone time.Time    `json:"gone,omitzero"` // when it was first missing; zero while it is there
}

// Hit is news: an offer that a watch found, with what an alert says of it.
type Hit struct {
	Server      clore.ServerID `json:"server"`
	Kind        clore.Kind     `json:"kind"`
	Cards       int            `json:"cards"`
	Model       string         `json:"model"`  // of the cards
	Memory      int            `json:"memory"` // GB a card, as reported
	Country     string         `json:"country,omitempty"`
	Reliability float64        `json:"reliability"`   // 0 to 1
	Price       money.Money    `json:"price"`         // a day; of a spot offer the least bid
	USD         money.Amount   `json:"usd"`           // the same in USD
	Was         money.Amount   `json:"was,omitempty"` // the known price in USD a day; 0 for a new server
}

// newHit describes an offer.
func newHit(o market.Offer, was money.Amount) Hit {
	s := o.Server
	return Hit{
		Server: s.ID, Kind: o.Kind, Cards: len(s.GPUs), Model: o.Model(), Memory: s.GPUMemory,
		Country: s.Country, Reliability: s.Reliability, Price: o.Price, USD: o.USD, Was: was,
	}
}

// Live reports whether the watch still watches.
func (w *Watch) Live(now time.Time) bool { return now.Before(w.Expires) }

// Asleep reports whether the watch is silent for now.
func (w *Watch) Asleep(now time.Time) bool { return now.Before(w.Snoozed) }

// ripe reports whether the watch has a mandate that may still buy, as far as the watch knows.
func (w *Watch) ripe(now time.Time) bool {
	return w.Mandate != "" && w.Live(now) && now.Before(w.Armed)
}

// fell reports whether a price is so far below the known one that it is news.
func (w *Watch) fell(usd, known money.Amount) bool {
	return usd < known && usd <= known.MulDiv(int64(100-w.Drop), 100)
}

// rose reports whether a price is so far above the known one that it takes its place.
func (w *Watch) rose(usd, known money.Amount) bool {
	return usd > known && usd >= known.MulDiv(int64(100+w.Drop), 100)
}
