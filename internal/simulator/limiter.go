package simulator

import "time"

// gate is what the limiter remembers of a key.
type gate struct {
	accepted time.Time // the start of the last accepted request
	any      time.Time // the start of the last request
	create   time.Time // the start of the last accepted create_order
}

// The limits. Creates count separately.
const (
	lenientGap = time.Second
	strictGap  = 2 * time.Second
	createGap  = 5 * time.Second
)

// allow counts a request and returns why it is refused, or nothing.
func (g *gate) allow(l Limiter, create bool, at time.Time) (violation string) {
	last := g.any
	g.any = at
	gap := strictGap
	if l == Lenient {
		gap, last = lenientGap, g.create
	}
	switch {
	case l == Unlimited:
	case within(g.accepted, at, gap):
		return "request"
	case create && within(last, at, createGap):
		return "create"
	}
	g.accepted = at
	if create {
		g.create = at
	}
	return ""
}

// within reports whether at follows last by less than the gap. A clock that was set back does
// not lock a key out.
func within(last, at time.Time, gap time.Duration) bool {
	d := at.Sub(last)
	return !last.IsZero() && d >= 0 && d < gap
}
