package rental

import "time"

// outageAfter is how long Clore answers nobody before those with rentals are told.
const outageAfter = 5 * time.Minute

// Outage is the last time that Clore answered nobody for so long that the account's user was told.
type Outage struct {
	Since time.Time `json:"since,omitzero"` // of all accounts, the first that was not answered
	Over  time.Time `json:"over,omitzero"`  // zero while it lasts
}

// Lasts reports whether the outage is not over.
func (o Outage) Lasts() bool { return !o.Since.IsZero() && o.Over.IsZero() }

// Unheard reports whether the user is to be told that Clore has answered nobody since a time: only
// who rents something wants to know, and once an outage.
func (l *Ledger) Unheard(since, now time.Time) bool {
	return len(l.Rentals) > 0 && !l.Outage.Lasts() && now.Sub(since) >= outageAfter
}

// NoAnswer notes that the user is told of it.
func (l *Ledger) NoAnswer(since, now time.Time) {
	if l.Unheard(since, now) {
		l.Outage = Outage{Since: since}
	}
}

// answered ends the outage: a good list came.
func (l *Ledger) answered(now time.Time) {
	if l.Outage.Lasts() {
		l.Outage.Over = now
	}
}
