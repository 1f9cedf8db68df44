package clore_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
)

// pipes is a network in memory under the real transport, so that connections can be broken at
// every point while virtual time passes.
type pipes struct {
	dial     func(ctx context.Context) (net.Conn, error)
	executed atomic.Int64 // requests that reached the server whole
	dials    atomic.Int64
}

// server is one connection's other end. It may answer as many requests as it likes.
type server func(n *pipes, conn net.Conn, r *bufio.Reader)

func pipeNet(t *testing.T, s server) *pipes {
	t.Helper()
	n := &pipes{}
	n.dial = func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			s(n, there, bufio.NewReader(there))
		}()
		return here, nil
	}
	return n
}

// read takes one request off the connection.
func (n *pipes) read(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, req.Body)
	n.executed.Add(1)
	return true
}

// serve answers every request with the same bytes and closes after the last.
func serve(answer string) server {
	return func(n *pipes, conn net.Conn, r *bufio.Reader) {
		if n.read(r) {
			_, _ = io.WriteString(conn, answer)
		}
	}
}

func (n *pipes) run(t *testing.T, call func(context.Context, *clore.Client) error) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tr := clore.NewTransport()
		tr.Proxy = nil
		tr.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			n.dials.Add(1)
			return n.dial(ctx)
		}
		if tr.DialTLSContext == nil {
			tr.DialTLSContext = tr.DialContext // the TLS test sets its own
		}
		c, log := client(t, tr)
		err = call(t.Context(), c)
		c.CloseIdle()
		time.Sleep(5 * time.Second) // lets the servers notice
		noSecret(t, err, log)
	})
	return err
}

func TestBrokenConnections(t *testing.T) {
	refuse := func(err error) func(*testing.T) *pipes {
		return func(*testing.T) *pipes {
			return &pipes{dial: func(context.Context) (net.Conn, error) { return nil, err }}
		}
	}
	talk := func(s server) func(*testing.T) *pipes {
		return func(t *testing.T) *pipes { return pipeNet(t, s) }
	}
	for _, tt := range []struct {
		name string
		net  func(*testing.T) *pipes
		sent bool
	}{
		{"no such host", refuse(&net.DNSError{Err: "no such host", Name: "clore.test", IsNotFound: true}), false},
		{"refused", refuse(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}), false},
		{"dial hangs", func(*testing.T) *pipes {
			return &pipes{dial: func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }}
		}, false},
		{"no headers", talk(func(n *pipes, _ net.Conn, r *bufio.Reader) {
			n.read(r)
			_, _ = r.ReadByte() // until the client gives up
		}), true},
		{"closed before the headers", talk(func(n *pipes, _ net.Conn, r *bufio.Reader) { n.read(r) }), true},
		{"closed at once", talk(func(*pipes, net.Conn, *bufio.Reader) {}), true},
		{"closed in the body", talk(serve("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code\":0")), true},
		{"slow body", talk(func(n *pipes, conn net.Conn, r *bufio.Reader) {
			n.read(r)
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
			for err == nil {
				time.Sleep(time.Second)
				_, err = conn.Write([]byte(" "))
			}
		}), true},
		{"no HTTP", talk(serve("SSH-2.0-OpenSSH_9.6\r\n")), true},
	} {
		for _, e := range endpoints() {
			t.Run(tt.name+"/"+e.method, func(t *testing.T) {
				n := tt.net(t)
				err := n.run(t, e.call)
				want := unavailable
				switch {
				case e.write && tt.sent:
					want = unknown
				case e.write:
					want = notSent
				}
				if got := classOf(err); got != want {
					t.Errorf("class %q, want %q: %v", got, want, err)
				}
				if e.write && !e.repeat && n.executed.Load() > 1 {
					t.Errorf("executed %d times", n.executed.Load())
				}
			})
		}
	}
}

// A connection that was kept and dies after the next request was written must not make Go send
// that request again.
func TestKeptConnectionDies(t *testing.T) {
	const good = `{"code":0}`
	n := pipeNet(t, func(n *pipes, conn net.Conn, r *bufio.Reader) {
		if n.read(r) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"+good)
			n.read(r)
		}
	})
	err := n.run(t, func(ctx context.Context, c *clore.Client) error {
		if err := c.SetSpotPrice(ctx, 5, 5); err != nil {
			return err
		}
		return c.CreateOrder(ctx, request())
	})
	if classOf(err) != unknown || n.executed.Load() != 2 {
		t.Errorf("executed %d, error %v", n.executed.Load(), err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []string{"301 Moved", "302 Found", "307 Temporary", "308 Permanent"} {
		n := pipeNet(t, serve("HTTP/1.1 "+status+"\r\nLocation: https://evil.test/v1/create_order\r\nContent-Length: 0\r\n\r\n"))
		err := n.run(t, func(ctx context.Context, c *clore.Client) error { return c.CreateOrder(ctx, request()) })
		if classOf(err) != unknown || n.dials.Load() != 1 {
			t.Errorf("%s: %d connections, %v", status, n.dials.Load(), err)
		}
	}
}

func TestBadCertificateIsNotSent(t *testing.T) {
	cert := selfSigned(t)
	n := &pipes{}
	n.dial = func(ctx context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			s := tls.Server(there, &tls.Config{Certificates: []tls.Certificate{cert}})
			_ = s.Handshake()
			_ = there.Close()
		}()
		c := tls.Client(here, &tls.Config{ServerName: "clore.test"})
		if err := c.HandshakeContext(ctx); err != nil {
			_ = here.Close()
			return nil, err
		}
		return c, nil
	}
	err := n.run(t, func(ctx context.Context, c *clore.Client) error { return c.CreateOrder(ctx, request()) })
	if classOf(err) != notSent || !clore.OutcomeKnown(err) {
		t.Error(err)
	}
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"clore.test"},
		NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A person who gives up while the request is out leaves the outcome unknown.
func TestCancelledInFlight(t *testing.T) {
	n := pipeNet(t, func(n *pipes, _ net.Conn, r *bufio.Reader) {
		n.read(r)
		_, _ = r.ReadByte()
	})
	err := n.run(t, func(ctx context.Context, c *clore.Client) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		return c.CreateOrder(ctx, request())
	})
	if classOf(err) != unknown || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// The proof that nothing was sent must hold for HTTP/2 too, which the real Clore speaks and whose
// connections are made elsewhere in net/http.
func TestHTTP2(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/create_order" {
			panic(http.ErrAbortHandler) // resets the stream
		}
		_, _ = io.WriteString(w, `{"code":0,"proto":"`+r.Proto+`"}`)
	})
	s := httptest.NewUnstartedServer(answer)
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	tr := clore.NewTransport()
	tr.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	var proto string
	c, err := clore.New(clore.Options{
		BaseURL: s.URL, Pace: clore.Pace{Gap: 1, Create: 1},
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := tr.RoundTrip(r)
			if resp != nil {
				proto = resp.Proto
			}
			return resp, err
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.CloseIdleConnections()
	create := func() error { return c.CreateOrder(t.Context(), request()) }
	if err := create(); classOf(err) != unknown { // on a new connection
		t.Error(err)
	}
	if err := c.SetSpotPrice(t.Context(), 1, 1); err != nil || proto != "HTTP/2.0" {
		t.Error(proto, err)
	}
	if err := create(); classOf(err) != unknown { // on a kept one
		t.Error(err)
	}
	tr.CloseIdleConnections()
	s.Close()
	if err := create(); classOf(err) != notSent {
		t.Error(err)
	}
}
