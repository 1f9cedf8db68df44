package simulator

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// memory is the simulator's server for connections in memory.
type memory struct {
	queue  chan net.Conn
	done   chan struct{}
	once   sync.Once
	server *http.Server
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.queue:
		return c, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.done) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

func (m *memory) close() {
	m.server.Close()
}

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := newConns(m.Addr())
	select {
	case m.queue <- server:
		return client, nil
	case <-m.done:
		return nil, refused(m.Addr())
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Transport returns a round tripper that reaches the simulator in memory, whatever the scheme
// and host of a request: the API under /v1, and the web addresses of orders by their host
// names. It is a real HTTP/1.1 server and client over connections in memory, so resets, hanging
// bodies and time-outs are real, and it works in a synctest bubble.
func (s *Simulator) Transport() http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory == nil {
		s.memory = &memory{queue: make(chan net.Conn), done: make(chan struct{})}
		s.memory.server = s.newServer(http.HandlerFunc(s.everything))
		m := s.memory
		s.busy.Go(func() { m.server.Serve(m) }) //nolint:errcheck // it ends with Close
	}
	return &transport{http.Transport{DialContext: s.memory.dial, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}}
}

// everything routes by host: the web addresses of orders, or else the API.
func (s *Simulator) everything(w http.ResponseWriter, r *http.Request) {
	if s.owns(r.Host) {
		s.page(w, r)
		return
	}
	s.serve(w, r)
}

func (s *Simulator) newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.opts.Log.Handler(), slog.LevelDebug),
	}
}

type transport struct{ inner http.Transport }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	r.URL.Scheme = "http"
	if !strings.Contains(r.URL.Host, ":") {
		r.URL.Host += ":80"
	}
	return t.inner.RoundTrip(r)
}

// CloseIdleConnections ends what [http.Client.CloseIdleConnections] asks to end.
func (t *transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }
