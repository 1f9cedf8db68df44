package rental

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Errors of mandates.
var (
	ErrNoMandate    = errors.New("no such mandate")
	ErrMandateTaken = errors.New("mandate was given already") // a second press of the same button
	ErrMandateOver  = errors.New("mandate buys nothing more")
	ErrManyMandates = errors.New("too many mandates")
	ErrBounds       = errors.New("mandate lacks a bound") // or one of them makes no sense
	ErrNotNow       = errors.New("mandate may not buy at the moment")
)

// The bounds of the bounds.
const (
	MaxMandateCount = 8                  // rentals that a mandate may end up with
	MaxMandateTries = 16                 // orders that it may make
	MaxMandateFor   = 7 * 24 * time.Hour // how long it may be good for
	MaxBestFor      = 24 * time.Hour     // the same for ForBest
	maxMandates     = 20                 // that may still buy, an account
	maxMandateQuery = 500
	// maxMandateHour keeps a day of the dearest price in range.
	maxMandateHour = 1_000_000 * money.Coin
	// keepMandate is how long a mandate that is over still shows.
	keepMandate = 24 * time.Hour
)

// Mandate returns the mandate of an ID, or nil. It points into the ledger.
func (l *Ledger) Mandate(id string) *Mandate {
	for i := range l.Mandates {
		if l.Mandates[i].ID == id {
			return &l.Mandates[i]
		}
	}
	return nil
}

// Active reports whether the mandate may still buy something, now or later.
func (m *Mandate) Active() bool { return m.Over.IsZero() }

// Allow gives a mandate. The errors are ErrBounds, ErrMandateTaken, ErrManyMandates,
// ErrKeyRejected, ErrNoOrder for a fallback of an order that does not live, and *OverLimit while
// the account is frozen.
func (l *Ledger) Allow(m Mandate, now time.Time) error {
	m.Made, m.Lost, m.Not, m.Purchases, m.Over, m.Why, m.Held = now, time.Time{}, nil, nil, time.Time{}, "", ""
	m.Label = cut(strings.TrimSpace(m.Label), MaxLabel)
	switch {
	case l.Mandate(m.ID) != nil:
		return ErrMandateTaken
	case !l.Frozen.IsZero():
		return &OverLimit{Limit: LimitFrozen}
	case !l.Account.Rejected.IsZero():
		return ErrKeyRejected
	case l.activeMandates() >= maxMandates:
		return ErrManyMandates
	}
	if err := m.bounded(now); err != nil {
		return err
	}
	if m.Cause == ForFallback && l.Rental(m.After) == nil {
		return ErrNoOrder
	}
	l.Mandates = append(l.Mandates, m)
	return nil
}

func (l *Ledger) activeMandates() int {
	n := 0
	for i := range l.Mandates {
		if l.Mandates[i].Active() {
			n++
		}
	}
	return n
}

// bounded returns ErrBounds unless every bound is set and in range.
func (m *Mandate) bounded(now time.Time) error {
	longest := MaxMandateFor
	if m.Cause == ForBest {
		longest = MaxBestFor
	}
	query := strings.TrimSpace(m.Query)
	lasts := m.Until.Sub(now)
	for _, b := range []struct {
		name string
		ok   bool
	}{
		{"id", m.ID != ""},
		{"cause", slices.Contains([]Cause{ForWatch, ForBest, ForFallback}, m.Cause)},
		{"watch", (m.Cause == ForWatch) == (m.Watch != "")},
		{"order", (m.Cause == ForFallback) == (m.After != 0)},
		{"query", query != "" && len(query) <= maxMandateQuery},
		{"image", m.Preset.Image != ""},
		{"price", m.Hour > 0 && m.Hour <= maxMandateHour},
		{"total", m.Total > 0},
		{"count", m.Count >= 1 && m.Count <= MaxMandateCount},
		{"tries", m.Tries >= m.Count && m.Tries <= MaxMandateTries},
		{"time", m.RunFor > 0},
		{"patience", m.Patience >= 0},
		{"expiry", lasts > 0 && lasts <= longest},
	} {
		if !b.ok {
			return fmt.Errorf("%w: %s", ErrBounds, b.name)
		}
	}
	return nil
}

// Revoke takes a mandate back: nothing more is bought, and what was not sent yet is withdrawn.
// What runs goes on. A second time changes nothing. The error is ErrNoMandate.
func (l *Ledger) Revoke(id string, now time.Time) error {
	m := l.Mandate(id)
	if m == nil {
		return ErrNoMandate
	}
	if m.Active() {
		m.finish(FinishUser, now)
	}
	l.settleMandates(now)
	return nil
}

func (m *Mandate) finish(why Finish, now time.Time) {
	if m.Over.IsZero() {
		m.Over, m.Why = now, why
	}
}

// fail notes a server that is not bought again.
func (m *Mandate) fail(server clore.ServerID) {
	if !slices.Contains(m.Not, server) {
		m.Not = append(m.Not, server)
	}
}
