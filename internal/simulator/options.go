package simulator

import (
	"log/slog"
	"time"
)

// Limiter is the way in which requests are counted against a key.
type Limiter string

// The limiters. Documented is one request a second; what was seen is nearer to Strict.
const (
	// Strict wants 2 s between the starts of requests and 5 s of quiet before create_order.
	Strict Limiter = "strict"
	// Lenient is what Clore documents: 1 s between starts, 5 s between creates.
	Lenient Limiter = "lenient"
	// Unlimited never refuses; for load tests of other things.
	Unlimited Limiter = "unlimited"
)

// Outbid is what a renter sees of a running spot order that lost its server.
type Outbid string

// The forms of being outbid. Reports of the real service disagree, so both exist.
const (
	// Vanish ends the order: it leaves my_orders.
	Vanish Outbid = "vanish"
	// Frozen keeps the order listed as a losing bid whose spend no longer grows.
	Frozen Outbid = "frozen"
)

// Options say what kind of Clore to simulate. The zero value is a strict one with 2,100
// servers, at normal speed and without latency.
type Options struct {
	// Seed decides everything that is random: the same seed gives the same market.
	Seed uint64
	// Speed divides the delays of an order's life and of price moves; 0 is 1. Timestamps, spend,
	// the limiter and Clore's own rules (600 s between lowerings) stay in real time.
	Speed float64
	// Limiter is Strict when empty.
	Limiter Limiter
	// Servers is how many servers the market has; 0 is 2,100. The captured ones always exist.
	Servers int
	// Latency is the longest time an answer takes, a quarter of it the shortest. 0 is none.
	Latency time.Duration
	// NoGuard lets an account rent a server that an account already holds, which Clore refuses.
	// It is for proving that a client does not lean on that refusal.
	NoGuard bool
	// Accidents is how many times a day, on the average, a live order loses its host or is
	// outbid by a stranger. 0 is never.
	Accidents float64
	// Outbid is the form of being outbid; empty lets the seed choose for every order.
	Outbid Outbid
	// Bidders is the share of the servers, 0 to 1, on which strangers bid and change their minds,
	// beside those few that some bid on anyway.
	Bidders float64
	// KeepRequests is how many requests the oracle remembers; 0 is 100,000.
	KeepRequests int
	// Now is time.Now when nil. A test may give a clock that is wrong.
	Now func() time.Time
	// Log gets a line for each refused or spoiled request; nil is silence.
	Log *slog.Logger
}

const (
	defaultServers  = 2100
	defaultRequests = 100_000
)

func (o Options) withDefaults() Options {
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Limiter == "" {
		o.Limiter = Strict
	}
	if o.Servers <= 0 {
		o.Servers = defaultServers
	}
	if o.KeepRequests <= 0 {
		o.KeepRequests = defaultRequests
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// faster divides a delay of the simulated life by the speed.
func (o Options) faster(d time.Duration) time.Duration {
	return time.Duration(float64(d) / o.Speed)
}
