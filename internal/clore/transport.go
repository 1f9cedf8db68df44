package clore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// Deadlines of one attempt, whatever the caller's context allows.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 10 * time.Second
)

// newTransport returns a transport that keeps connections, however many keys are being polled.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          512,
		MaxIdleConnsPerHost:   256,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		ExpectContinueTimeout: time.Second,
		// All calls share one connection. When the network changes it may die without a word.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
}

// reply is an answer, read to its end.
type reply struct {
	status     int
	body       []byte
	retryAfter time.Duration // 0 when not given
}

// fault is an attempt without a definite answer.
type fault struct {
	cause error
	sent  bool // Clore may have seen the request
}

func (f *fault) Error() string { return f.cause.Error() }
func (f *fault) Unwrap() error { return f.cause }

// send makes one attempt. Every error that it returns is a *fault.
func (c *Client) send(ctx context.Context, x *exchange) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, x.timeout)
	defer cancel()
	var dialed, connected atomic.Bool // from other goroutines, at times after Do has returned
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { dialed.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := c.request(ctx, x)
	if err != nil {
		return nil, &fault{cause: err}
	}
	resp, err := c.shared.http.Do(req)
	if err != nil {
		// Not a byte can have left before there was a connection. A transport that traces
		// nothing proves nothing.
		return nil, &fault{cause: bare(err), sent: connected.Load() || !dialed.Load()}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readAll(resp.Body, resp.ContentLength, x.limit)
	if err != nil {
		return nil, &fault{cause: fmt.Errorf("HTTP %d: read the answer: %w", resp.StatusCode, err), sent: true}
	}
	return &reply{resp.StatusCode, body, retryAfter(resp.Header, time.Now())}, nil
}

func (c *Client) request(ctx context.Context, x *exchange) (*http.Request, error) {
	target := c.shared.base + "/" + x.name
	if x.query != "" {
		target += "?" + x.query
	}
	var body io.Reader
	if x.body != nil {
		body = bytes.NewReader(x.body)
	}
	req, err := http.NewRequestWithContext(ctx, x.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", bare(err))
	}
	req.Header.Set("User-Agent", c.shared.agent)
	req.Header.Set("Accept", "application/json")
	if x.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !c.key.Empty() {
		req.Header.Set("auth", c.key.Reveal())
	}
	return req, nil
}

// bare takes the URL out of an error: the name of the endpoint says it better.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

var errTooLarge = errors.New("answer too large")

// readAll reads at most limit bytes, counted after inflation. hint is the announced length.
func readAll(r io.Reader, hint, limit int64) ([]byte, error) {
	var b bytes.Buffer
	if hint > 0 && hint < limit {
		b.Grow(int(hint) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, err
	case n > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return b.Bytes(), nil
}

// maxRetryAfter bounds how long a header can stop a key.
const maxRetryAfter = time.Minute

func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	var d time.Duration
	if n, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(n, 0), int(maxRetryAfter/time.Second))) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}
