package simulator

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// maxBuffered is how much one direction of a connection holds before the writer waits.
const maxBuffered = 64 << 10

// conn is an end of a connection in memory. Unlike net.Pipe it has a buffer, as a socket has,
// and can be reset. It waits on conditions only, so it works in a synctest bubble.
type conn struct {
	in, out *stream
	local   net.Addr
	remote  net.Addr
}

// newConns returns the two ends of a connection to an address.
func newConns(to net.Addr) (client, server *conn) {
	a, b := newStream(), newStream()
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 50_000}
	return &conn{in: b, out: a, local: from, remote: to}, &conn{in: a, out: b, local: to, remote: from}
}

func (c *conn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *conn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *conn) LocalAddr() net.Addr         { return c.local }
func (c *conn) RemoteAddr() net.Addr        { return c.remote }

// Close ends the connection; the peer still reads what was written.
func (c *conn) Close() error {
	c.out.fail(io.EOF, net.ErrClosed, false)
	c.in.fail(net.ErrClosed, syscall.EPIPE, true)
	return nil
}

// Reset ends the connection as Linux does: the peer reads what has arrived, then the reset.
func (c *conn) Reset() {
	c.out.fail(syscall.ECONNRESET, net.ErrClosed, false)
	c.in.fail(net.ErrClosed, syscall.ECONNRESET, true)
}

func (c *conn) SetDeadline(t time.Time) error {
	c.in.reading.set(t)
	c.out.writing.set(t)
	return nil
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.reading.set(t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.writing.set(t)
	return nil
}

// stream is one direction.
type stream struct {
	mu       sync.Mutex
	cond     sync.Cond
	buf      []byte
	readErr  error // once buf is empty
	writeErr error
	reading  deadline
	writing  deadline
}

func newStream() *stream {
	s := &stream{}
	s.cond.L = &s.mu
	s.reading.stream, s.writing.stream = s, s
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case len(p) == 0:
			return 0, nil
		case s.reading.passed():
			return 0, os.ErrDeadlineExceeded
		case len(s.buf) > 0:
			n := copy(p, s.buf)
			s.buf = s.buf[n:]
			s.cond.Broadcast()
			return n, nil
		case s.readErr != nil:
			return 0, s.readErr
		}
		s.cond.Wait()
	}
}

func (s *stream) write(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.writeErr != nil:
			return n, s.writeErr
		case s.writing.passed():
			return n, os.ErrDeadlineExceeded
		case len(p) == 0:
			return n, nil
		case len(s.buf) < maxBuffered:
			k := min(len(p), maxBuffered-len(s.buf))
			s.buf = append(s.buf, p[:k]...)
			p, n = p[k:], n+k
			s.cond.Broadcast()
			continue
		}
		s.cond.Wait()
	}
}

// fail ends the direction; the first cause stays. Dropped bytes are never read.
func (s *stream) fail(read, write error, drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readErr == nil {
		s.readErr = read
	}
	if s.writeErr == nil {
		s.writeErr = write
	}
	if drop {
		s.buf = nil
	}
	s.reading.stop()
	s.writing.stop()
	s.cond.Broadcast()
}

// deadline wakes a stream's waiters when it passes.
type deadline struct {
	stream *stream
	at     time.Time
	timer  *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

func (d *deadline) set(t time.Time) {
	s := d.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	d.stop()
	d.at = t
	if wait := time.Until(t); !t.IsZero() && wait > 0 && s.readErr == nil {
		d.timer = time.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.cond.Broadcast()
		})
	}
	s.cond.Broadcast()
}
