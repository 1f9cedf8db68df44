package rental

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// Task is something to be done for an account.
type Task string

// The tasks.
const (
	DoNothing Task = "nothing" // until the ledger changes
	DoTick    Task = "tick"    // what only the time asks for; no I/O but the commit
	DoCancel  Task = "cancel"  // cancel_order for Step.Order
	DoPlace   Task = "place"   // create_order for Step.Intent
	DoPoll    Task = "poll"    // read the orders
	DoFunds   Task = "funds"   // read the wallets
	DoBuy     Task = "buy"     // choose a server for Step.Mandate and make an intent of it
	DoBid     Task = "bid"     // set_spot_price for Step.Order
	DoBook    Task = "book"    // read the bids on the server of Step.Order
)

// Step is what must be done next for an account.
type Step struct {
	Do     Task
	Intent string        // DoPlace
	Order  clore.OrderID // DoCancel, DoBid, DoBook
	// Mandate is for DoBuy.
	Mandate string
	At      time.Time // not before; may lie in the past. Zero for DoNothing
}

// Volatile is what an agent knows of an account that is not worth storing: it is lost in a
// restart, which costs a look at the orders and one at the wallets.
type Volatile struct {
	Polled  time.Time // when the last answer, good or bad, of my_orders came
	Funded  time.Time // the same of wallets
	Rated   time.Time // when the worth of coins was asked for last
	PlaceAt time.Time // no create_order before, after a failure to prepare one
	Spender bool      // something new costs money since Funded
	// Ripe are the mandates whose watch has a match, BuyAt is before when each buys nothing
	// because nothing was found. Neither is altered in place.
	Ripe  []string
	BuyAt map[string]time.Time
	// Booked is when the last answer about the bids on an order's server came. It is not
	// altered in place.
	Booked map[clore.OrderID]time.Time
}

// Pace is how often things are done. The zero value is no pace; see [DefaultPace].
type Pace struct {
	// While something begins or ends, the gap between an answer and the next look depends on
	// how long that has taken.
	Fast, Brisk, Slow time.Duration
	FastFor, BriskFor time.Duration
	Steady            time.Duration // for rentals that run
	Spread            int64         // percent of Steady that looks are spread by, either way
	FundsMost         time.Duration // between looks at the wallets
	FundsLeast        time.Duration // when the money is nearly used up
	// Quarantine is how long an order of unclear fate is looked for before the user is asked.
	Quarantine time.Duration
}

// DefaultPace is made so that details are in the chat about as early as Clore's rate limit
// allows, and steady rentals cost a request a minute.
func DefaultPace() Pace {
	return Pace{
		Fast: time.Second, FastFor: 4 * time.Minute,
		Brisk: 3 * time.Second, BriskFor: 15 * time.Minute,
		Slow: 15 * time.Second, Steady: time.Minute, Spread: 10,
		FundsMost: 15 * time.Minute, FundsLeast: 2 * time.Minute,
		Quarantine: Quarantine,
	}
}

// Next says what must be done next for an account. Of several tasks that are due it is the one
// that matters most. It is pure.
func Next(l *Ledger, v Volatile, p Pace, now time.Time) Step {
	next := Step{Do: DoNothing}
	consider := func(s Step) {
		taken := next.Do != DoNothing
		if s.At.IsZero() || taken && (!next.At.After(now) || !s.At.Before(next.At)) {
			return // a task that is due stays, since they are considered by their weight
		}
		next = s
	}
	consider(Step{Do: DoTick, At: l.tickAt()})
	if !l.Account.Rejected.IsZero() {
		return next // nothing can be asked of Clore with that key
	}
	consider(l.nextCancel())
	consider(l.nextPlace(v))
	consider(l.nextBid())
	consider(l.nextBuy(v, now))
	consider(l.nextBook(v, now)) // before the list that may end a rental: the book tells why
	consider(Step{Do: DoPoll, At: l.pollAt(v, p, now)})
	consider(Step{Do: DoFunds, At: l.fundsAt(v, p, now)})
	return next
}

// nextCancel returns the cancellation that is due first. One whose order is missing from the list
// is left alone: the next lists decide.
func (l *Ledger) nextCancel() Step {
	var s Step
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if r.Cancel == nil || !r.Gone.IsZero() {
			continue
		}
		if s.At.IsZero() || r.Cancel.Next.Before(s.At) {
			s = Step{Do: DoCancel, Order: r.Order.ID, At: r.Cancel.Next}
		}
	}
	return s
}

// nextPlace returns the oldest pending intent, unless it is unknown what became of another.
func (l *Ledger) nextPlace(v Volatile) Step {
	var s Step
	if l.unsettled() {
		return s
	}
	for i := range l.Intents {
		in := &l.Intents[i]
		if in.State == Pending && (s.At.IsZero() || in.Taken.Before(s.At)) {
			s = Step{Do: DoPlace, Intent: in.ID, At: in.Taken}
		}
	}
	if !s.At.IsZero() {
		s.At = later(s.At, v.PlaceAt)
	}
	return s
}

// pollAt returns when the orders must be read, zero for never. An account is read once after
// each start even when nothing is known of it, to find orders made elsewhere.
func (l *Ledger) pollAt(v Volatile, p Pace, now time.Time) time.Time {
	if v.Polled.IsZero() {
		return now
	}
	gap := l.gap(v, p, now)
	if gap == 0 {
		return time.Time{}
	}
	return v.Polled.Add(gap)
}

// gap returns the time between two looks, 0 for no looks.
func (l *Ledger) gap(v Volatile, p Pace, now time.Time) time.Duration {
	var gap time.Duration
	shorten := func(d time.Duration) {
		if gap == 0 || d < gap {
			gap = d
		}
	}
	for i := range l.Intents {
		switch in := &l.Intents[i]; in.State {
		case Sending, Ambiguous, Accepted:
			shorten(p.ladder(now.Sub(later(in.Sent, in.Answered))))
		case Missing: // it may still appear, and would cost money
			shorten(max(p.ladder(now.Sub(in.Settled)), p.Slow))
		case Pending, Created, Refused, Withdrawn:
		}
	}
	for i := range l.Rentals {
		shorten(l.rentalGap(&l.Rentals[i], v, p, now))
	}
	if d := l.lostGap(v.Polled, p); d > 0 {
		shorten(d)
	}
	return gap
}

func (l *Ledger) rentalGap(r *Rental, v Volatile, p Pace, now time.Time) time.Duration {
	switch limit := r.limit(); {
	case !r.Gone.IsZero():
		return p.ladder(now.Sub(r.Gone))
	case r.Cancel != nil:
		return p.ladder(now.Sub(r.Cancel.Asked))
	case r.Since.IsZero(): // a bid that is not the highest
		return p.Slow
	case !r.Settled() && (r.Intent != "" || now.Sub(r.Since) < p.BriskFor):
		return p.ladder(now.Sub(r.Since))
	case r.Order.Kind == clore.Spot,
		!limit.IsZero() && limit.Sub(now) < p.BriskFor,
		l.nearlyBroke(r, p, now):
		return p.Slow
	default:
		return p.steady(string(l.Account.ID), v.Polled)
	}
}

func (l *Ledger) nearlyBroke(r *Rental, p Pace, now time.Time) bool {
	w, ok := l.Runway(r.Order.Price.Currency, now)
	return ok && w.Lasts < p.BriskFor
}

// ladder returns the gap for something that has taken so long.
func (p Pace) ladder(age time.Duration) time.Duration {
	switch {
	case age < p.FastFor:
		return p.Fast
	case age < p.BriskFor:
		return p.Brisk
	default:
		return p.Slow
	}
}

// steady spreads the looks at accounts, so that they do not fall together: by a hash, so that
// asking twice gives the same answer.
func (p Pace) steady(account string, last time.Time) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(account)) // a hash takes everything
	var at [8]byte
	binary.LittleEndian.PutUint64(at[:], uint64(last.UnixNano()))
	_, _ = h.Write(at[:])
	const steps = 2000
	offset := int64(h.Sum64()%(steps+1)) - steps/2
	return p.Steady + p.Steady/100*time.Duration(p.Spread)/(steps/2)*time.Duration(offset)
}

// fundsAt returns when the wallets must be read, zero for never: more often as the money runs
// out, and not at all while nothing costs any.
func (l *Ledger) fundsAt(v Volatile, p Pace, now time.Time) time.Time {
	burning := false
	gap := p.FundsMost
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if !r.Gone.IsZero() && r.Cancel == nil && later(v.Funded, l.Funds.Checked).Before(r.Gone) {
			return now // whether the money is gone tells why the order is
		}
		if !r.Burning() {
			continue
		}
		burning = true
		if w, ok := l.Runway(r.Order.Price.Currency, now); ok {
			gap = min(gap, max(p.FundsLeast, w.Lasts/12))
		}
	}
	switch last := later(v.Funded, l.Funds.Checked); {
	case !burning:
		return time.Time{}
	case v.Spender, last.IsZero():
		return now
	default:
		return last.Add(gap)
	}
}
