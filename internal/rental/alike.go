package rental

import (
	"slices"

	"github.com/clorebot/clorebot/internal/clore"
)

// alike reports whether two looks at an order differ in nothing of note: spend always grows, and
// a host's reliability and rating drift.
func alike(a, b *clore.Order) bool {
	return a.ID == b.ID && a.Server == b.Server && a.Kind == b.Kind &&
		a.Price == b.Price && a.CreationFee == b.CreationFee &&
		a.Ended.Equal(b.Ended) && a.MaxRental == b.MaxRental && a.Expired == b.Expired &&
		a.Container == b.Container && a.Online == b.Online &&
		slices.Equal(a.Hosts, b.Hosts) && slices.Equal(a.Ports, b.Ports) &&
		a.HTTPPort == b.HTTPPort && a.HTTPHost == b.HTTPHost
}

// keepsAddress reports whether the later look lacks an SSH address that the earlier one had. One
// that a list lacks for a moment is still the address.
func keepsAddress(a, b *clore.Order) bool {
	_, _, had := a.SSH()
	_, _, has := b.SSH()
	return had && !has
}

// moved reports whether the SSH address became another one.
func moved(a, b *clore.Order) bool {
	host, port, ok := a.SSH()
	newHost, newPort, newOK := b.SSH()
	return ok && newOK && (host != newHost || port != newPort)
}
