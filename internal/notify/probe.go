package notify

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The words for why a port could not be reached.
const (
	Refused    = "refused"    // nothing listens
	TimedOut   = "timeout"    // no answer in time
	NoBanner   = "no banner"  // something answers that is not SSH
	Unresolved = "unresolved" // the name has no address
	Forbidden  = "forbidden"  // the name leads to an address that is not public
	Cut        = "no route"   // the network does not lead there
)

const (
	probeTime   = 5 * time.Second
	bannerBytes = 255 // RFC 4253 allows no longer identification
	addressMax  = 4   // addresses of a name that are tried
)

// Resolver finds the addresses of a name; [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ProberOptions configure a [Prober]. The zero value is for the Internet.
type ProberOptions struct {
	Resolver Resolver // net.DefaultResolver
	// Dial connects to an address that was checked, "ip:port". By default it checks the
	// address of the socket once more.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// AllowLoopback is for a simulator of Clore on this machine only.
	AllowLoopback bool
}

// Prober finds out whether SSH answers at an address. It sends nothing and logs in nowhere.
type Prober struct{ o ProberOptions }

// NewProber returns a Prober.
func NewProber(o ProberOptions) *Prober {
	p := &Prober{o}
	if p.o.Resolver == nil {
		p.o.Resolver = net.DefaultResolver
	}
	if p.o.Dial == nil {
		d := net.Dialer{Control: p.control}
		p.o.Dial = d.DialContext
	}
	return p
}

// Probe connects to host and port and reads an SSH identification, within five seconds. It
// returns "" when there is one, and otherwise one of the words for why not.
func (p *Prober) Probe(ctx context.Context, host string, port int) string {
	if port <= 0 || port > math.MaxUint16 {
		return Forbidden
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	conn, failure := p.connect(ctx, host, port)
	if failure != "" {
		return failure
	}
	defer func() { _ = conn.Close() }() // nothing was written that could be lost
	return banner(ctx, conn)
}

// connect resolves the name itself and dials the very addresses that it has checked, so that a
// name which changes between two look-ups leads nowhere.
func (p *Prober) connect(ctx context.Context, host string, port int) (net.Conn, string) {
	addrs, err := p.o.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addrs) == 0 {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, TimedOut
		}
		return nil, Unresolved
	}
	addrs = slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool { return !p.allowed(a) })
	addrs = addrs[:min(len(addrs), addressMax)]
	failure := Forbidden
	for i, a := range addrs {
		conn, err := p.dial(ctx, netip.AddrPortFrom(a.Unmap(), uint16(port)), len(addrs)-i)
		if err == nil {
			return conn, ""
		}
		failure = classify(err)
	}
	return nil, failure
}

// dial spends at most an even share of the time that is left on one of several addresses.
func (p *Prober) dial(ctx context.Context, to netip.AddrPort, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return p.o.Dial(ctx, "tcp", to.String())
}

// control is the second lock: it sees the address that the socket is about to connect to.
func (p *Prober) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !p.allowed(ap.Addr()) {
		return errForbidden
	}
	return nil
}

var errForbidden = errors.New("address is not public")

func classify(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, errForbidden):
		return Forbidden
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF):
		return Refused
	default:
		return Cut
	}
}

// banner reads lines until one is an SSH identification. A server may send others before it.
func banner(ctx context.Context, conn net.Conn) string {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return Cut
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends the read below
	defer stop()
	lines := bufio.NewReaderSize(io.LimitReader(conn, bannerBytes), bannerBytes)
	for {
		line, err := lines.ReadString('\n')
		if err == nil && (strings.HasPrefix(line, "SSH-2.0-") || strings.HasPrefix(line, "SSH-1.99-")) {
			return ""
		}
		if err != nil && (ctx.Err() != nil || classify(err) == TimedOut) {
			return TimedOut
		}
		if err != nil {
			return NoBanner
		}
	}
}
