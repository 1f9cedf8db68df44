package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/sync/errgroup"
)

// gatewayInfo is what Discord says of its gateway.
type gatewayInfo struct {
	URL    string     `json:"url"`
	Shards int        `json:"shards"`
	Start  startLimit `json:"session_start_limit"`
}

// serveGateway keeps the connections to the gateway. It returns an error when Discord says that
// connecting again is in vain. When Discord chooses how many there are, it may come to want another
// number, and then all connections begin anew.
func (f *Frontend) serveGateway(ctx context.Context) error {
	var pace *starts
	for {
		info, err := f.gatewayInfo(ctx)
		if err != nil {
			return err
		}
		shards := f.o.Shards
		if shards <= 0 {
			shards = max(info.Shards, 1)
		}
		if pace == nil {
			pace = newStarts(info, shards, f.askGateway, f.o.Log)
		} else {
			pace.renumber(info, shards)
		}
		err = f.serveShards(ctx, pace, shards)
		if f.o.Shards > 0 || !errors.Is(err, errShards) || ctx.Err() != nil {
			return err
		}
		f.o.Log.WarnContext(ctx, "discord wants another number of shards; asking for it", "shards", shards, "err", err)
	}
}

// serveShards keeps so many connections, and ends them all when one is given up.
func (f *Frontend) serveShards(ctx context.Context, pace *starts, shards int) error {
	g, ctx := errgroup.WithContext(ctx)
	for i := range shards {
		s := &shard{f: f, id: i, of: shards, starts: pace, log: f.o.Log.With("shard", i)}
		g.Go(func() error { return s.serve(ctx) })
	}
	return g.Wait()
}

// askGateway asks once.
func (f *Frontend) askGateway(ctx context.Context) (info gatewayInfo, err error) {
	endpoint := discordgo.EndpointGatewayBot
	if err := f.rest.do(ctx, http.MethodGet, endpoint, endpoint, nil, &info); err != nil {
		return info, err
	}
	return info, f.gatewayAddress(info.URL)
}

// gatewayInfo asks until there is an answer.
func (f *Frontend) gatewayInfo(ctx context.Context) (gatewayInfo, error) {
	const longest = time.Minute
	for pause := time.Second; ; pause = min(2*pause, longest) {
		info, err := f.askGateway(ctx)
		if err == nil {
			return info, nil
		}
		if err = f.refused(err); errors.Is(err, ErrToken) {
			return info, err
		}
		if ctx.Err() != nil {
			return info, ctx.Err()
		}
		f.o.Log.WarnContext(ctx, "discord gives no gateway", "err", err)
		if limit, ok := errors.AsType[*rateLimited](err); ok {
			pause = max(pause, limit.wait)
		}
		if !sleep(ctx, pause) {
			return info, ctx.Err()
		}
	}
}

// gatewayAddress refuses to send the token over a connection that others can read, unless the
// REST API is configured to be reached in that way, too.
func (f *Frontend) gatewayAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("the gateway's address is no URL")
	}
	if base := f.apiBase(); u.Scheme == "wss" || (u.Scheme == "ws" && base != nil && base.Scheme == "http") {
		return nil
	}
	return fmt.Errorf("the gateway's address begins with %q in place of wss", u.Scheme)
}

func (f *Frontend) apiBase() *url.URL {
	if w, ok := f.rest.session.Client.Transport.(*wire); ok {
		return w.base
	}
	return nil
}
