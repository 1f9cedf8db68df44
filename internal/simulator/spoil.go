package simulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

const edgePage = `<!DOCTYPE html>
<html><head><title>api.clore.ai | 502: Bad gateway</title></head>
<body><h1>Bad gateway</h1><p>The web server reported a bad gateway error.</p></body></html>
`

// write sends an answer as it should be.
func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body) //nolint:errcheck // the client is gone
}

// text sends an answer that is not the API's.
func text(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	w.Write([]byte(body)) //nolint:errcheck,gosec // the client is gone; scripts choose the body
}

// spoil sends what a fault makes of an answer.
func (s *Simulator) spoil(w http.ResponseWriter, r *http.Request, a answer, f *Fault) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	switch f.Kind {
	case FaultRate:
		write(w, tooFast())
	case FaultCode1:
		write(w, database())
	case FaultStatus:
		text(w, status(f, http.StatusServiceUnavailable), "application/json", f.Body)
	case FaultHTML:
		text(w, status(f, http.StatusBadGateway), "text/html; charset=UTF-8", edgePage)
	case FaultPlain:
		text(w, status(f, http.StatusForbidden), "text/plain; charset=UTF-8", "error code: 1010")
	case FaultRedirect:
		w.Header().Set("Location", f.Body)
		w.WriteHeader(status(f, http.StatusFound))
	case FaultEmpty:
		write(w, ok(map[string]any{"orders": []int{}, "limit": orderLimit, "code": codeOK}))
	case FaultTruncated:
		a.body = a.body[:len(a.body)/2]
		write(w, a)
	case FaultHuge:
		s.huge(w)
	case FaultSlow:
		s.slow(w, r, a, f.Delay)
	default:
		s.kill(w, r, a, f)
	}
}

func status(f *Fault, otherwise int) int {
	if f.Status != 0 {
		return f.Status
	}
	return otherwise
}

func (s *Simulator) huge(w http.ResponseWriter) {
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = ' '
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"code":0,`)) //nolint:errcheck // see below
	for range 64 {
		if _, err := w.Write(block); err != nil {
			return // the client had enough
		}
	}
	w.Write([]byte(`"servers":[],"orders":[]}`)) //nolint:errcheck // the end either way
}

func (s *Simulator) slow(w http.ResponseWriter, r *http.Request, a answer, every time.Duration) {
	if every <= 0 {
		every = time.Second
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	out := http.NewResponseController(w)
	t := time.NewTicker(every)
	defer t.Stop()
	for _, b := range a.body {
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
		if _, err := w.Write([]byte{b}); err != nil || out.Flush() != nil {
			return
		}
	}
}

// kill takes the connection away from under the client.
func (s *Simulator) kill(w http.ResponseWriter, r *http.Request, a answer, f *Fault) {
	if f.Kind == FaultHang {
		s.hang(r, f.Delay)
	}
	conn, out, err := http.NewResponseController(w).Hijack()
	if err != nil { // a server that does not give connections away: the nearest thing
		text(w, http.StatusBadGateway, "text/html; charset=UTF-8", edgePage)
		return
	}
	if f.Kind == FaultResetBody {
		fmt.Fprintf(out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			a.status, http.StatusText(a.status), len(a.body), a.body[:len(a.body)/2])
		out.Flush()
	}
	reset(conn)
}

func (s *Simulator) hang(r *http.Request, d time.Duration) {
	var over <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-over:
	case <-r.Context().Done():
	case <-s.done:
	}
}

// reset closes a connection so that the peer sees it reset, not ended.
func reset(conn net.Conn) {
	switch c := conn.(type) {
	case *net.TCPConn:
		c.SetLinger(0) //nolint:errcheck // then it is closed politely
	case interface{ Reset() }:
		c.Reset()
	}
	conn.Close()
}

func errKind(k FaultKind) error { return fmt.Errorf("simulator: no fault of kind %q", k) }

var (
	// ErrServer is returned for a server that the market does not have.
	ErrServer = errors.New("simulator: no such server")
	// ErrOrder is returned for an order that does not exist or is not in the state needed.
	ErrOrder = errors.New("simulator: no such order")
	// ErrAccount is returned for a key that nobody has.
	ErrAccount = errors.New("simulator: no such account")
)
