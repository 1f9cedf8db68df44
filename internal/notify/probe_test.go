package notify_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/notify"
)

// names resolves every name to the next of some answers, over and over.
type names struct {
	mu      sync.Mutex
	answers [][]string
	asked   int
}

func resolving(addrs ...string) *names { return &names{answers: [][]string{addrs}} }

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var found []netip.Addr
	for _, s := range n.answers[n.asked%len(n.answers)] {
		found = append(found, netip.MustParseAddr(s))
	}
	n.asked++
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return found, nil
}

// serving is a Dial whose far end writes the lines, and closes unless it stays.
func serving(stay bool, lines ...string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			for _, l := range lines {
				_, _ = far.Write([]byte(l)) // the near end may have left
			}
			if stay {
				_, _ = far.Read(make([]byte, 1)) // until it leaves
			}
			_ = far.Close()
		}()
		return near, nil
	}
}

func failing(err error) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) { return nil, err }
}

func hanging(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
}

func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		dial func(context.Context, string, string) (net.Conn, error)
		want string
		took time.Duration
	}{
		"banner":          {serving(true, "SSH-2.0-OpenSSH_9.6p1 Ubuntu\r\n"), "", 0},
		"old version":     {serving(true, "SSH-1.99-OpenSSH_3\r\n"), "", 0},
		"in pieces":       {serving(true, "SSH", "-2.0-dropbear", "\n"), "", 0},
		"lines before":    {serving(true, "be welcome\r\n", "SSH-2.0-x\r\n"), "", 0},
		"web server":      {serving(false, "HTTP/1.1 400 Bad Request\r\n\r\n"), notify.NoBanner, 0},
		"closes":          {serving(false), notify.NoBanner, 0},
		"protocol 1":      {serving(false, "SSH-1.5-x\r\n"), notify.NoBanner, 0},
		"endless":         {serving(true, strings.Repeat("x", 1<<20)), notify.NoBanner, 0},
		"endless lines":   {serving(true, strings.Repeat("x\n", 1<<20)), notify.NoBanner, 0},
		"no line end":     {serving(true, "SSH-2.0-x"), notify.TimedOut, 5 * time.Second},
		"silent":          {serving(true), notify.TimedOut, 5 * time.Second},
		"refused":         {failing(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), notify.Refused, 0},
		"reset":           {failing(&net.OpError{Op: "dial", Err: syscall.ECONNRESET}), notify.Refused, 0},
		"no route":        {failing(&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}), notify.Cut, 0},
		"connect timeout": {hanging, notify.TimedOut, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := notify.NewProber(notify.ProberOptions{Resolver: resolving("203.0.113.5"), Dial: c.dial})
				begin := time.Now()
				if got := p.Probe(t.Context(), "n1.example.net", 2222); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				if took := time.Since(begin); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

func forbidden() []string {
	return []string{
		"127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "0.1.2.3", "::", "10.0.0.1", "172.16.0.1",
		"172.31.255.255", "192.168.1.1", "169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1",
		"fd00:ec2::254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "224.0.0.1", "239.1.1.1",
		"ff02::1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::ffff:10.0.0.1",
		"::ffff:127.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::a00:1",
		"2002:a00:1::1", "fec0::1",
	}
}

func TestForbiddenAddresses(t *testing.T) {
	for _, a := range forbidden() {
		dialled := false
		p := notify.NewProber(notify.ProberOptions{
			Resolver: resolving(a),
			Dial: func(context.Context, string, string) (net.Conn, error) {
				dialled = true
				return nil, errors.New("dialled")
			},
		})
		if got := p.Probe(t.Context(), "n1.example.net", 22); got != notify.Forbidden || dialled {
			t.Errorf("%s: %q, dialled %v", a, got, dialled)
		}
		if got := p.Probe(t.Context(), a, 22); got != notify.Forbidden || dialled {
			t.Errorf("%s as the name: %q, dialled %v", a, got, dialled)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for _, a := range []string{"203.0.113.5", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		p := notify.NewProber(notify.ProberOptions{Resolver: resolving(a), Dial: serving(true, "SSH-2.0-x\n")})
		if got := p.Probe(t.Context(), "n1.example.net", 22); got != "" {
			t.Errorf("%s: %q", a, got)
		}
	}
}

// A name that leads to a public address when it is checked and to a private one right after is
// only ever dialled at the address that was checked.
func TestRebinding(t *testing.T) {
	var dialled []string
	p := notify.NewProber(notify.ProberOptions{
		Resolver: &names{answers: [][]string{{"203.0.113.5", "10.0.0.1"}, {"10.0.0.1"}}},
		Dial: func(_ context.Context, _, address string) (net.Conn, error) {
			dialled = append(dialled, address)
			return nil, syscall.ECONNREFUSED
		},
	})
	for i, want := range []string{notify.Refused, notify.Forbidden, notify.Refused, notify.Forbidden} {
		if got := p.Probe(t.Context(), "n1.example.net", 22); got != want {
			t.Errorf("probe %d: %q, want %q", i, got, want)
		}
	}
	for _, a := range dialled {
		if a != "203.0.113.5:22" {
			t.Errorf("dialled %s", a)
		}
	}
}

// The dialer of the Prober itself refuses, too, should an address ever get past the check.
func TestOwnDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback here:", err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("SSH-2.0-test\r\n")) // the prober may have left
			_ = c.Close()
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		allow bool
		want  string
	}{{false, notify.Forbidden}, {true, ""}} {
		p := notify.NewProber(notify.ProberOptions{AllowLoopback: c.allow})
		if got := p.Probe(t.Context(), "127.0.0.1", port); got != c.want {
			t.Errorf("allowed %v: %q, want %q", c.allow, got, c.want)
		}
	}
}

func TestSeveralAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := notify.NewProber(notify.ProberOptions{
			Resolver: resolving("2606:4700::1", "10.0.0.1", "203.0.113.5"),
			Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				if strings.HasPrefix(address, "[") {
					return hanging(ctx, network, address)
				}
				return serving(true, "SSH-2.0-x\n")(ctx, network, address)
			},
		})
		if got := p.Probe(t.Context(), "n1.example.net", 22); got != "" {
			t.Errorf("the second address was not reached: %q", got)
		}
	})
}

func TestUnresolvedAndBadPorts(t *testing.T) {
	p := notify.NewProber(notify.ProberOptions{Resolver: resolving(), Dial: failing(errors.New("dialled"))})
	if got := p.Probe(t.Context(), "nowhere.example.net", 22); got != notify.Unresolved {
		t.Errorf("unknown name: %q", got)
	}
	for _, port := range []int{0, -1, 65536} {
		if got := p.Probe(t.Context(), "203.0.113.5", port); got != notify.Forbidden {
			t.Errorf("port %d: %q", port, got)
		}
	}
}

// FuzzBanner: whatever a server says, the answer is one of the words and comes in time.
func FuzzBanner(f *testing.F) {
	for _, s := range []string{"SSH-2.0-x\r\n", "", "\n\n\n", "SSH-2.0-", "x\nSSH-1.99-\n", "\x00\xff\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		p := notify.NewProber(notify.ProberOptions{
			Resolver: resolving("203.0.113.5"), Dial: serving(false, string(said)),
		})
		got := p.Probe(t.Context(), "n1.example.net", 22)
		if got != "" && got != notify.NoBanner {
			t.Errorf("%q: %q", said, got)
		}
		if got == "" && !strings.Contains(string(said), "SSH-") {
			t.Errorf("%q is called a banner", said)
		}
	})
}
