package notify

import "net/netip"

// reserved lists the networks that are neither private, loopback, link-local nor multicast by
// their Is methods, and yet must not be reached through a name that a stranger has chosen.
func reserved() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT; some clouds' metadata
		netip.MustParsePrefix("192.0.0.0/24"),  // protocol assignments; some clouds' metadata
		netip.MustParsePrefix("192.88.99.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
		netip.MustParsePrefix("240.0.0.0/4"),   // reserved and broadcast
		netip.MustParsePrefix("64:ff9b::/96"),  // IPv4 behind NAT64
		netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("2001::/32"), // IPv4 in Teredo
		netip.MustParsePrefix("2002::/16"), // IPv4 in 6to4
		netip.MustParsePrefix("::/96"),     // IPv4-compatible
		netip.MustParsePrefix("fec0::/10"), // the former site-local
	}
}

// allowed reports whether an address may be connected to: a public one, or one of this machine
// where that was asked for.
func (p *Prober) allowed(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if p.o.AllowLoopback && a.IsLoopback() {
		return true
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() {
		return false
	}
	for _, prefix := range reserved() {
		if prefix.Contains(a) {
			return false
		}
	}
	return true
}
