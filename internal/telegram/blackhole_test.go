package telegram

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/secret"
)

// pipes is a network in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
	dials atomic.Int64
	epoch atomic.Int64 // connections of an earlier one lead nowhere
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	p.dials.Add(1)
	here, there := net.Pipe()
	p.conns <- there
	return &hole{Conn: here, net: p, epoch: p.epoch.Load()}, nil
}

// hole is a connection that swallows what is written once its network has changed.
type hole struct {
	net.Conn
	net   *pipes
	epoch int64
}

func (h *hole) Write(b []byte) (int, error) {
	if h.net.epoch.Load() != h.epoch {
		return len(b), nil
	}
	return h.Conn.Write(b)
}

// TestDeadConnection has the one HTTP/2 connection die without a word, as after a change of the
// network: a new one is made before long.
func TestDeadConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		var protocol atomic.Int64
		server := &httptest.Server{
			Listener: network, EnableHTTP2: true,
			Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				protocol.Store(int64(r.ProtoMajor))
				_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
			})},
		}
		server.StartTLS()
		defer server.Close()
		transport := defaultTransport()
		transport.DialContext = network.dial
		transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
		defer transport.CloseIdleConnections()
		c := &client{transport: transport, token: secret.New("1:x")}
		call := func() error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/bot1:x/sendMessage", strings.NewReader("x"))
			if err != nil {
				return err
			}
			resp, err := c.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			return err
		}
		if err := call(); err != nil || protocol.Load() != 2 {
			t.Fatalf("HTTP/%d: %v", protocol.Load(), err)
		}
		network.epoch.Add(1)
		began, err := time.Now(), errors.New("none")
		for err != nil && time.Since(began) < 10*time.Minute {
			err = call()
		}
		if took := time.Since(began); err != nil || took > 45*time.Second {
			t.Errorf("after %v and %d connections: %v", took, network.dials.Load(), err)
		}
	})
}
