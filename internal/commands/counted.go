package commands

import "github.com/clorebot/clorebot/internal/rental"

// buyer returns the permission that a rental was bought by while it may buy more, else "".
func buyer(l *rental.Ledger, r *rental.Rental) string {
	if m := l.MandateOf(r.Intent); m != nil && m.Active() {
		return m.ID
	}
	return ""
}

// counted says what more time or a higher bid does to the permission that a rental was bought by, ""
// for none. The ledger is the one with the change.
func (a *ask) counted(l *rental.Ledger, buyer string) string {
	m := l.Mandate(buyer)
	switch {
	case m == nil:
		return ""
	case m.Active():
		return a.S("permission.counts", "Spent", a.Amount(m.Spent()), "Total", a.Amount(m.Total))
	default:
		return a.S("permission.counts.over")
	}
}
