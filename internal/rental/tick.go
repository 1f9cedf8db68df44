package rental

import "time"

const (
	slowAfter  = 5 * time.Minute
	stuckAfter = 12 * time.Minute
	// stopNotice is how long before its stop time a rental is spoken of; a quarter of the
	// time for short ones.
	stopNotice = 15 * time.Minute
)

// Tick does what only the time asks for: alerts about slow starts, stop times and lingering
// cancellations, and giving up intents that could not be sent.
func (l *Ledger) Tick(now time.Time) {
	l.settleMandates(now) // what is given up now is not called stuck
	defer l.settleMandates(now)
	for i := range l.Intents {
		in := &l.Intents[i]
		if in.State == Pending && reached(in.SendBy(), now) {
			l.Withdraw(in.ID, ReasonTooOld, "", now)
		}
	}
	for i := range l.Rentals {
		r := &l.Rentals[i]
		if reached(r.slowAt(), now) {
			r.Told.Slow = true
		}
		if reached(r.stuckAt(), now) {
			r.Told.Stuck = true
		}
		if reached(r.lingersAt(), now) {
			r.Cancel.Warned = true
		}
		r.stop(now)
	}
}

// stop warns of the stop time, or keeps it.
func (r *Rental) stop(now time.Time) {
	switch {
	case reached(r.stopAt(), now):
		r.Cancel = &Cancellation{Asked: now, Reason: ByStop, Next: now}
	case reached(r.noticeAt(), now):
		r.Told.StopDue = true
	}
}

// The methods below return when something falls due, or the zero time for never.

func (r *Rental) slowAt() time.Time {
	if r.Told.Slow || !r.startingUp() {
		return time.Time{}
	}
	return r.Since.Add(slowAfter)
}

func (r *Rental) stuckAt() time.Time {
	if r.Told.Stuck || !r.startingUp() {
		return time.Time{}
	}
	return r.Since.Add(stuckAfter)
}

func (r *Rental) stopAt() time.Time {
	if r.Cancel != nil || !r.Gone.IsZero() {
		return time.Time{}
	}
	return r.StopAt
}

func (r *Rental) noticeAt() time.Time {
	at := r.stopAt()
	if at.IsZero() || r.Told.StopDue {
		return time.Time{}
	}
	span := at.Sub(r.StopSet)
	return at.Add(-min(stopNotice, max(0, span/4)))
}

func (r *Rental) lingersAt() time.Time {
	c := r.Cancel
	if c == nil || c.Warned || !r.Gone.IsZero() {
		return time.Time{}
	}
	return later(c.Asked, c.Accepted).Add(cancelPatience)
}

// tickAt returns when Tick or Prune next have something to do, or the zero time.
func (l *Ledger) tickAt() time.Time {
	first := sooner(l.mandateAt(), l.lostAt())
	for i := range l.Intents {
		in := &l.Intents[i]
		first = sooner(first, l.pruneAt(in))
		if in.State == Pending {
			first = sooner(first, in.SendBy())
		}
	}
	for i := range l.Rentals {
		r := &l.Rentals[i]
		for _, at := range []time.Time{
			r.slowAt(), r.stuckAt(), r.stopAt(), r.noticeAt(), r.lingersAt(),
		} {
			first = sooner(first, at)
		}
	}
	return first
}

// reached reports whether at is set and not after now.
func reached(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// sooner returns the earlier of two times of which a zero one is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
