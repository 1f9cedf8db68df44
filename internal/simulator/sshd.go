package simulator

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// sshd keeps the network ends of orders: in memory, or on loopback when the simulator was
// made by [Start].
type sshd struct {
	opts Options
	busy *sync.WaitGroup

	mu       sync.Mutex
	loopback bool
	webPort  int
	doors    map[int64]*door // by order
	byPort   map[int]*door
	next     int
	closed   bool
}

// door is the sshd of one order.
type door struct {
	machine
	host     string
	port     int
	up       bool
	socket   *socket // holds the port while nothing listens; nil in memory
	listener net.Listener
	conns    map[net.Conn]bool
}

const firstPort = 1100

func newSSHD(opts Options, busy *sync.WaitGroup) *sshd {
	return &sshd{opts: opts, busy: busy, doors: map[int64]*door{}, byPort: map[int]*door{}, next: firstPort}
}

// refused is what a dialler gets where nothing listens.
func refused(to net.Addr) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: syscall.ECONNREFUSED}
}

func (d *sshd) reserve(o *order) (host string, port int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x := &door{machine: newMachine(o, d.opts), host: o.server.cluster(), conns: map[net.Conn]bool{}}
	if d.loopback {
		x.host = "127.0.0.1"
		if socket, err := hold(0); err == nil {
			x.socket, x.port = socket, socket.port
		} else {
			d.opts.Log.Error("no port for an order's sshd", "order", o.id, "error", err)
		}
	} else {
		x.port = d.free()
	}
	d.doors[o.id], d.byPort[x.port] = x, x
	return x.host, x.port
}

// free returns a number that no live order has. Numbers come again, as they do in reality.
func (d *sshd) free() int {
	for {
		if d.next++; d.next > 60_000 {
			d.next = firstPort
		}
		if d.byPort[d.next] == nil {
			return d.next
		}
	}
}

// web returns the host name of an order's web address.
func (d *sshd) web(o *order) string {
	name := newDice(d.opts.Seed, streamOrder, uint64(o.id)<<1).word(13, lower)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.loopback {
		return name + ".localhost:" + strconv.Itoa(d.webPort)
	}
	return name + "." + o.server.domain()
}

// webHost returns the name as web gave it.
func (d *sshd) webHost(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.loopback {
		return name + ":" + strconv.Itoa(d.webPort)
	}
	return name
}

func (d *sshd) open(o *order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x := d.doors[o.id]
	if x == nil || x.up || d.closed {
		return
	}
	x.up = true
	if x.socket == nil {
		return
	}
	l, err := x.socket.listen()
	if err != nil {
		d.opts.Log.Error("an order's sshd cannot listen", "order", o.id, "error", err)
		return
	}
	x.listener, x.socket = l, nil
	d.busy.Go(func() { d.accept(x, l) })
}

func (d *sshd) accept(x *door, l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		d.admit(x, c)
	}
}

// admit serves a connection unless the door is shut.
func (d *sshd) admit(x *door, c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !x.up || d.closed {
		c.Close()
		return false
	}
	x.conns[c] = true
	d.busy.Go(func() {
		x.serve(c)
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(x.conns, c)
	})
	return true
}

func (d *sshd) shut(o *order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x := d.doors[o.id]; x != nil {
		x.shut()
	}
}

// shut ends everybody's session. The port stays the order's.
func (x *door) shut() {
	x.up = false
	for c := range x.conns {
		reset(c)
	}
	if x.listener != nil {
		x.listener.Close()
		x.listener = nil
		if s, err := hold(x.port); err == nil {
			x.socket = s
		}
	}
}

func (d *sshd) release(o *order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x := d.doors[o.id]; x != nil {
		x.shut()
		x.socket.close()
		delete(d.doors, o.id)
		delete(d.byPort, x.port)
	}
}

func (d *sshd) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, x := range d.doors {
		x.shut()
		x.socket.close()
	}
}

// DialSSH connects to the sshd of an order in memory, as a dialler would over the network: it
// is refused until sshd is up and after the order's end.
func (s *Simulator) DialSSH(ctx context.Context, host string, port int) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.change(func(*world, time.Time) error { return nil }); err != nil {
		return nil, err
	}
	to := address(net.JoinHostPort(host, strconv.Itoa(port)))
	s.sshd.mu.Lock()
	x := s.sshd.byPort[port]
	s.sshd.mu.Unlock()
	if x == nil || x.host != host {
		return nil, fmt.Errorf("simulator: %w", refused(to))
	}
	client, server := newConns(to)
	if !s.sshd.admit(x, server) {
		return nil, fmt.Errorf("simulator: %w", refused(to))
	}
	return client, nil
}

// address is an address by name.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }
