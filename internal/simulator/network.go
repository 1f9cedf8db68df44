package simulator

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Network is the Internet around a simulator, for a client that resolves names and judges
// addresses before it connects: every host of an order has a public address of its own.
type Network struct {
	s     *Simulator
	mu    sync.Mutex
	hosts []string // by the last two bytes of their address
}

// Network returns the simulator's surroundings.
func (s *Simulator) Network() *Network { return &Network{s: s} }

// LookupNetIP gives a host its address, as a resolver does.
func (n *Network) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.Index(n.hosts, host)
	if i < 0 {
		i = len(n.hosts)
		n.hosts = append(n.hosts, host)
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{93, 184, byte(i >> 8), byte(i)})}, nil
}

// Dial connects to the sshd behind an address of LookupNetIP; see [Simulator.DialSSH].
func (n *Network) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	ip := to.Addr().As4()
	i := int(ip[2])<<8 | int(ip[3])
	if i >= len(n.hosts) {
		n.mu.Unlock()
		return nil, &net.AddrError{Err: "nobody lives there", Addr: address}
	}
	host := n.hosts[i]
	n.mu.Unlock()
	return n.s.DialSSH(ctx, host, int(to.Port()))
}
