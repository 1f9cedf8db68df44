package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/secret"
)

// Options configure a [Frontend].
type Options struct {
	Token secret.Text
	// ApplicationID is asked for when empty.
	ApplicationID string
	// APIURL is a proxy for Discord's REST API, "" for Discord itself.
	APIURL string
	// PublicKey, in hexadecimal, and Listen switch from the gateway to an HTTP endpoint for
	// interactions, which is served at this address.
	PublicKey string
	Listen    string
	// Shards is the number of connections to the gateway; 0 asks Discord.
	Shards int
	Store  Store
	// Phrases returns the texts of a language (BCP 47, may be empty). Nil: English.
	Phrases func(locale string) Phrases
	// Languages are those with menus of their own (BCP 47, without English), and Menu returns the
	// commands in one.
	Languages []string
	Menu      func(language string) []*chat.Command
	Version   string
	Log       *slog.Logger
	Now       func() time.Time
	// Dial replaces the network in tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ErrToken is returned by [Frontend.Run] when Discord refuses the token.
var ErrToken = errors.New("discord.token is refused by Discord; copy it again from the developer portal")

// Frontend serves the bot on Discord. It implements [chat.Frontend] and [chat.Editor].
type Frontend struct {
	o         Options
	key       ed25519.PublicKey
	rest      *rest
	transport *http.Transport
	people    *people
	seen      *recent[string, struct{}]
	kept      *recent[string, keptForm]
	presses   *presses
	turns     turns
	recalled  recollection
	wrecks    wrecks

	dispatcher chat.Dispatcher
	work       context.Context //nolint:containedctx // of requests that are worked on; it outlives that of Run a little
	endWork    context.CancelFunc
	doubting   atomic.Bool // the token is being tried
	broken     chan error  // what ends Run; alerts are sent before and beside it
	tasks      tasks
}

// New returns a front-end; [Frontend.Run] starts it. The error names the wrong option.
func New(o Options) (*Frontend, error) {
	if o.Phrases == nil {
		o.Phrases = func(string) Phrases { return English() }
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Version = cmp.Or(o.Version, "dev")
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Frontend{
		o: o, people: newPeople(), seen: newRecent[string, struct{}](20000), kept: newRecent[string, keptForm](2000),
		broken: make(chan error, 1), presses: newPresses(),
	}
	f.work, f.endWork = context.WithCancel(context.Background())
	dial := o.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTime, KeepAlive: 30 * time.Second}).DialContext
	}
	f.transport = &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dial, ForceAttemptHTTP2: o.Dial == nil,
		MaxIdleConns: 256, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: requestTime,
		// All calls share one connection. When the network changes it may die without a word.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
	w := &wire{next: f.transport}
	if o.APIURL != "" {
		base, err := url.Parse(strings.TrimSuffix(o.APIURL, "/"))
		if err != nil || base.Host == "" {
			return nil, fmt.Errorf("discord.api_url: %q is no URL", o.APIURL)
		}
		w.base = base
	}
	if err := f.setKey(); err != nil {
		return nil, err
	}
	var err error
	f.rest, err = newRest(&f.o, w)
	return f, err
}

func (f *Frontend) setKey() error {
	if (f.o.PublicKey == "") != (f.o.Listen == "") {
		return errors.New("discord.public_key and discord.listen belong together; one of them is empty")
	}
	if f.o.PublicKey == "" {
		return nil
	}
	key, err := hex.DecodeString(f.o.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("discord.public_key is not 64 hexadecimal digits")
	}
	f.key = key
	return nil
}

// Platform implements [chat.Frontend].
func (*Frontend) Platform() chat.Platform { return chat.Discord }

// Run implements [chat.Frontend]. It returns nil when the context ends, and an error when Discord
// refuses the token or the shards, so that trying again would be in vain.
func (f *Frontend) Run(ctx context.Context, d chat.Dispatcher) error {
	f.dispatcher = d
	defer f.endWork()
	f.recall(ctx)
	if err := f.findWrecks(ctx); err != nil {
		return err
	}
	g, serving := errgroup.WithContext(ctx)
	g.Go(func() error { return f.register(serving) })
	g.Go(func() error { return f.mendWrecks(serving) })
	g.Go(func() error {
		select {
		case <-serving.Done():
			return serving.Err()
		case err := <-f.broken:
			return err
		}
	})
	if f.key != nil {
		g.Go(func() error { return f.serveHTTP(serving) })
	} else {
		g.Go(func() error { return f.serveGateway(serving) })
	}
	err := g.Wait()
	f.tasks.drain(f.endWork)
	f.transport.CloseIdleConnections()
	if errors.Is(err, ErrToken) {
		f.rest.refused.Store(true)
	}
	if ctx.Err() != nil && !errors.Is(err, ErrToken) {
		return nil
	}
	return err
}

// fail ends Run with an error.
func (f *Frontend) fail(err error) {
	select {
	case f.broken <- err:
	default: // one is enough
	}
}

// noteRefusal ends Run when Discord refuses the token: ten thousand such answers within ten
// minutes lock out the whole address. Nothing more is sent with it, also not the alerts that wait.
// One answer may be that of something in between, so Discord is asked who the bot is.
func (f *Frontend) noteRefusal(err error) {
	if !tokenRefused(err) || !f.doubting.CompareAndSwap(false, true) {
		return
	}
	f.task(func(ctx context.Context) {
		defer f.doubting.Store(false)
		if _, err := f.own(ctx); err == nil {
			f.o.Log.WarnContext(ctx, "a request was refused as if the token were wrong, which it is not")
		}
	})
}
