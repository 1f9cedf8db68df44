package clore

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rank is the place of a call in a gate: lower goes first.
type rank int

const (
	rankCancel rank = iota // ends spending
	rankCreate
	rankPeople
	rankBackground
	ranks
)

// How a gate adapts. Clore documents 1 request/s and one create_order per 5 s; captures of 2026
// show refusals at 1.2 s, and of orders less than about 5 s after any other request.
const (
	widenBy    = 100 * time.Millisecond // and times 1.3
	narrowBy   = 10 * time.Millisecond
	widest     = 15 * time.Second
	firstQuiet = 5500 * time.Millisecond
	// turns is how many people's calls in a row may pass a waiting background one.
	turns = 6
)

// gate lets the requests of one key pass one by one, with a pause counted from each answer:
// the server counts arrivals, and one that was delayed on its way must not be followed too
// closely. The pause adapts to refusals.
type gate struct {
	mu      sync.Mutex
	pace    *rate.Limiter // holds the token of the next request
	creates *rate.Limiter // and of the next create_order
	floor   time.Duration
	gap     time.Duration // the present pause, between floor and widest
	quiet   time.Duration // pause before create_order since any request; 0 until Clore asks for it
	last    time.Time     // latest answer
	hold    time.Time     // Clore said not before
	busy    bool
	waiting [ranks][]*waiter
	passed  int // people's calls in a row while a background one waited
	timer   *time.Timer

	users int       // guarded by gates.mu
	idle  time.Time // guarded by gates.mu
}

type waiter struct {
	rank    rank
	granted chan struct{} // closed when it may send
}

func newGate(p Pace) *gate {
	return &gate{
		pace:    rate.NewLimiter(rate.Every(p.Gap), 1),
		creates: rate.NewLimiter(rate.Every(p.Create), 1),
		floor:   p.Gap, gap: p.Gap,
	}
}

// enter waits for the turn of a call. With again it goes to the head of its rank, being one that
// has had its turn in vain. After a nil error the caller must leave.
func (g *gate) enter(ctx context.Context, r rank, again bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &waiter{rank: r, granted: make(chan struct{})}
	g.mu.Lock()
	if again {
		g.waiting[r] = slices.Insert(g.waiting[r], 0, w)
	} else {
		g.waiting[r] = append(g.waiting[r], w)
	}
	g.next(time.Now())
	g.mu.Unlock()
	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
		g.withdraw(w)
		return ctx.Err()
	}
}

// withdraw takes a waiter out, or gives its turn on when it was granted at the same moment.
func (g *gate) withdraw(w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.granted:
		g.busy = false
	default:
		g.remove(w)
	}
	g.next(time.Now())
}

// verdict is what an attempt taught about the limits.
type verdict struct {
	rank       rank
	refused    bool          // for the rate
	accepted   bool          // any other answer of Clore
	retryAfter time.Duration // Clore's own word, or 0
}

// leave ends a turn at the moment of the answer and starts the pause.
func (g *gate) leave(v verdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.learn(v)
	take(g.pace, now, g.gap)
	if v.rank == rankCreate && !v.refused {
		take(g.creates, now, 0)
	}
	g.last, g.busy = now, false
	if v.retryAfter > 0 {
		g.hold = now.Add(v.retryAfter)
	}
	g.next(now)
}

// learn adapts the pause. A refused create says nothing about the pause between other calls.
func (g *gate) learn(v verdict) {
	create := v.rank == rankCreate
	switch {
	case v.refused && create:
		g.quiet = min(max(wider(g.quiet), firstQuiet, g.floor), widest)
	case v.refused:
		g.gap = min(wider(g.gap), max(widest, g.floor))
	case v.accepted && create:
		g.quiet = max(g.quiet-narrowBy, 0)
		g.gap = max(g.gap-narrowBy, g.floor)
	case v.accepted:
		g.gap = max(g.gap-narrowBy, g.floor)
	}
}

func wider(d time.Duration) time.Duration { return d*13/10 + widenBy }

// next grants the turn when somebody may go now, or sets the timer for when somebody may.
func (g *gate) next(now time.Time) {
	if g.busy {
		return
	}
	w, wait := g.choose(now)
	switch {
	case w == nil:
	case wait > 0:
		if g.timer == nil {
			g.timer = time.AfterFunc(wait, g.wake)
		} else {
			g.timer.Reset(wait)
		}
	default:
		g.remove(w)
		g.busy = true
		g.passed++
		if w.rank == rankBackground || len(g.waiting[rankBackground]) == 0 {
			g.passed = 0
		}
		close(w.granted)
	}
}

func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next(time.Now())
}

// choose returns who goes next and how long from now that is. A create that only waits for its
// distance from the last create lets others pass as long as they do not delay it; one that
// needs quiet keeps them back.
func (g *gate) choose(now time.Time) (*waiter, time.Duration) {
	wait := max(missing(g.pace, now), g.hold.Sub(now), 0)
	if g.passed >= turns && len(g.waiting[rankBackground]) > 0 {
		return g.waiting[rankBackground][0], wait
	}
	var late *waiter
	var lateBy time.Duration
	for r, queue := range g.waiting {
		if len(queue) == 0 {
			continue
		}
		if rank(r) != rankCreate {
			return queue[0], wait
		}
		d := max(wait, missing(g.creates, now), g.last.Add(g.quiet).Sub(now))
		if room := g.gap + time.Second; g.quiet > 0 || d <= wait+room {
			return queue[0], d
		}
		late, lateBy = queue[0], d
	}
	return late, lateBy
}

func (g *gate) remove(w *waiter) {
	q := g.waiting[w.rank]
	if i := slices.Index(q, w); i >= 0 {
		g.waiting[w.rank] = slices.Delete(q, i, i+1)
	}
}

// take empties the limiter at the moment now, so that its next token is there one gap later.
// A gap of 0 keeps the present one.
func take(l *rate.Limiter, now time.Time, gap time.Duration) {
	if gap > 0 {
		l.SetLimitAt(now, rate.Every(gap))
	}
	l.ReserveN(now, 1)
}

// missing returns how long it is until the limiter has its token.
func missing(l *rate.Limiter, now time.Time) time.Duration {
	lack := 1 - l.TokensAt(now)
	if lack <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(lack / float64(l.Limit()) * float64(time.Second)))
}
