package clore

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/secret"
)

// DefaultBaseURL is where Clore's API lives.
const DefaultBaseURL = "https://api.clore.ai/v1"

// Options configure [New]. The zero value is ready for use.
type Options struct {
	// BaseURL is [DefaultBaseURL] when empty. It must be https; http is for loopback only,
	// because the key goes along.
	BaseURL string
	// UserAgent names the program. Clore's edge refuses the ones of common libraries.
	UserAgent string
	// Transport replaces the tuned one. Without httptrace in it a failed dial reads as
	// [ErrOutcomeUnknown].
	Transport http.RoundTripper
	Pace      Pace
	Log       *slog.Logger // nil for none
}

// Pace holds the limits to be kept. Zero fields take the documented ones.
type Pace struct {
	Gap    time.Duration // least pause between an answer and the next request of a key: 1 s
	Create time.Duration // least pause between two orders of a key: 5 s
}

func (p Pace) filled() Pace {
	if p.Gap <= 0 {
		p.Gap = time.Second
	}
	if p.Create <= 0 {
		p.Create = 5 * time.Second
	}
	return p
}

// Client calls the API for one key, or without a key. It is safe for concurrent use and cheap
// to make from another one.
type Client struct {
	shared     *shared
	key        secret.Text
	gate       keyID
	background bool
}

// shared is what all clients of one [New] have in common.
type shared struct {
	base  string
	agent string
	http  *http.Client
	gates *gates
	alive *breaker
	log   *slog.Logger
}

// New returns a client without a key, which can only read the public market.
func New(o Options) (*Client, error) {
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	base, err := checkBase(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("clore: base URL: %w", err)
	}
	if o.UserAgent == "" {
		o.UserAgent = "clorebot"
	}
	if !printable(o.UserAgent) {
		return nil, errors.New("clore: the user agent cannot be a header")
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &shared{
		base: base, agent: o.UserAgent, log: o.Log,
		// A redirect would carry the auth header, and for some statuses the body, elsewhere.
		http: &http.Client{Transport: o.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
		gates: newGates(o.Pace.filled()),
		alive: &breaker{},
	}
	return &Client{shared: s, gate: idOf(secret.Text{})}, nil
}

// WithKey returns a client that acts for the key. Clients with the same key share its gate.
func (c *Client) WithKey(key secret.Text) *Client {
	d := *c
	d.key, d.gate = key, idOf(key)
	return &d
}

// Background returns a client whose calls wait while people's calls are waiting.
func (c *Client) Background() *Client {
	d := *c
	d.background = true
	return &d
}

// CloseIdle closes the connections that no call is using.
func (c *Client) CloseIdle() { c.shared.http.CloseIdleConnections() }

// keyID stands for a key where the key itself must not.
type keyID [sha256.Size]byte

func idOf(key secret.Text) keyID { return sha256.Sum256([]byte(key.Reveal())) }

func checkBase(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", errors.New("not a URL") // the parser's error would repeat it, password and all
	}
	switch {
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("want scheme, host and path alone")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return strings.TrimRight(u.String(), "/"), nil
	default:
		return "", errors.New("want https, or http on loopback")
	}
}

// printable reports whether a header can carry s.
func printable(s string) bool {
	for _, b := range []byte(s) {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
