package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
)

const (
	pollTime    = 50 * time.Second // Telegram's longest
	pollMargin  = 15 * time.Second
	callTime    = 20 * time.Second // Telegram holds a call for a while before it refuses it
	maxRequest  = chat.MaxFile + 64<<10
	maxAnswer   = 1 << 20
	maxUpdates  = 16 << 20
	pollsMethod = "getUpdates"
)

func defaultTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
		MaxIdleConns: 64, MaxIdleConnsPerHost: 64, MaxConnsPerHost: 128,
		// All calls share one connection. When the network changes it may die without a word.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
}

// client is what the library calls Telegram through. Each call has its own deadline, sizes are
// bounded, no error contains the token or what a proxy may have put in place of an answer, and
// updates go through the inbox.
type client struct {
	transport http.RoundTripper
	token     secret.Text
	inbox     *inbox
	// limit is how many updates are asked for at once, 0 for as many as Telegram gives. Only one
	// call of getUpdates is under way at a time.
	limit int
	// revoked is told when the token is not accepted any more.
	revoked func(error)
}

// Do implements the library's HttpClient. A redirect is not followed: it would carry the token to
// wherever it points.
func (c *client) Do(req *http.Request) (*http.Response, error) {
	method := path.Base(req.URL.Path)
	sent, err := readCapped(req.Body, maxRequest)
	if err != nil {
		return nil, c.redacted(method, err)
	}
	var resp *http.Response
	var body []byte
	if method == pollsMethod {
		resp, body, err = c.poll(req, sent)
	} else {
		resp, body, err = c.exchange(req, sent, callTime, maxAnswer)
	}
	if err != nil {
		return nil, c.redacted(method, err)
	}
	if resp.StatusCode == http.StatusUnauthorized && c.revoked != nil {
		c.revoked(fmt.Errorf("%s: HTTP %d", method, resp.StatusCode))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// exchange sends the request with a body that can be sent again on another connection, and reads
// the answer. With [errTooLarge] comes the beginning of the answer.
func (c *client) exchange(req *http.Request, sent []byte, limit time.Duration, most int64) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(req.Context(), limit)
	defer cancel()
	req = req.Clone(ctx)
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
	req.Body, _ = req.GetBody()
	req.ContentLength = int64(len(sent))
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readCapped(resp.Body, most)
	if err != nil {
		return resp, body, err
	}
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return nil, nil, fmt.Errorf("%w: HTTP %d", errNotTelegram, resp.StatusCode)
	}
	return resp, body, nil
}

var (
	errNotTelegram = errors.New("the answer is not Telegram's")
	errTooLarge    = errors.New("more than is allowed")
)

func readCapped(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = errTooLarge
	}
	return b, err
}

// callError is an error of a call without the token in its text.
type callError struct {
	text string
	err  error
}

func (e *callError) Error() string { return e.text }

func (e *callError) Unwrap() error { return e.err }

func (c *client) redacted(method string, err error) error {
	text := strings.ReplaceAll(err.Error(), c.token.Reveal(), "[redacted]")
	return &callError{method + ": " + text, err}
}
