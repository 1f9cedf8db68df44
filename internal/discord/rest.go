package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
)

// rest sends requests to Discord. It never waits for a rate limit.
type rest struct {
	session *discordgo.Session
	refused atomic.Bool // the token, for good
}

// newRest returns a client that uses discordgo's limiter and none of its habits: nothing is
// repeated, slept or logged there.
func newRest(o *Options, transport http.RoundTripper) (*rest, error) {
	s, err := discordgo.New("Bot " + o.Token.Reveal())
	if err != nil {
		return nil, err
	}
	s.ShouldRetryOnRateLimit, s.MaxRestRetries, s.StateEnabled = false, 0, false
	s.UserAgent = "DiscordBot (https://github.com/clorebot/clorebot, " + o.Version + ")"
	s.Client = &http.Client{
		Transport: transport,
		Timeout:   requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // it would carry the token to another place
		},
	}
	return &rest{session: s}, nil
}

const (
	requestTime = 15 * time.Second
	dialTime    = 10 * time.Second
	maxAnswer   = 4 << 20
	// politeWait is how long to stay away when Discord does not say.
	politeWait = time.Minute
)

// rateLimited is a request that was not sent, or refused, for a time.
type rateLimited struct{ wait time.Duration }

func (e *rateLimited) Error() string { return fmt.Sprintf("rate limited for %v", e.wait) }

// do sends a request and decodes its answer into out unless that is nil. Requests of a bucket go
// one after the other; one without a bucket has its limit for itself, as interactions have.
func (r *rest) do(ctx context.Context, method, address, bucket string, body, out any) error {
	if r.refused.Load() {
		return ErrToken
	}
	b, err := r.bucket(ctx, bucket)
	if err != nil {
		return err
	}
	data, kind, err := encode(body)
	if err != nil {
		_ = b.Release(nil)
		return err
	}
	answer, err := r.session.RequestWithLockedBucket(method, address, kind, data, b, 0, discordgo.WithContext(ctx))
	if err != nil {
		return plainer(err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// bucket locks a bucket without the sleep that discordgo's own lock may contain.
func (r *rest) bucket(ctx context.Context, id string) (*discordgo.Bucket, error) {
	if id == "" {
		return discordgo.NewRatelimiter().LockBucket(id), nil
	}
	b := r.session.Ratelimiter.GetBucket(id)
	for !b.TryLock() { // held during a request; a mutex has no other door for a context
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	if wait := r.session.Ratelimiter.GetWaitTime(b, 1); wait > 0 {
		b.Unlock()
		return nil, &rateLimited{wait}
	}
	b.Remaining--
	return b, nil
}

// plainer returns an error without the address of the request, which may hold the token of an
// interaction.
func plainer(err error) error {
	if limit, ok := errors.AsType[*discordgo.RateLimitError](err); ok {
		return &rateLimited{max(limit.RetryAfter, time.Millisecond)}
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("request: %w", u.Err)
	}
	return err
}

// wire carries requests: to another host where one is configured, with bounded answers, and
// with rate limits that discordgo understands.
type wire struct {
	base *url.URL // nil for Discord itself
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if w.base != nil {
		req = req.Clone(req.Context())
		req.URL.Scheme, req.URL.Host, req.Host = w.base.Scheme, w.base.Host, ""
		req.URL.Path = w.base.Path + req.URL.Path
	}
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	if resp.StatusCode == http.StatusTooManyRequests {
		return limitAnswer(resp)
	}
	return resp, nil
}

type bounded struct {
	io.Reader
	io.Closer
}

// limitAnswer gives a 429 a body that can be decoded, and the headers by which discordgo remembers
// it: those of the edge in front of Discord are web pages, and that of the global limit needs none.
func limitAnswer(resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(resp.Body)
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	var limit struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	if json.Unmarshal(body, &limit) != nil || limit.RetryAfter <= 0 {
		limit.RetryAfter, limit.Global = politeWait.Seconds(), true
		if s, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64); err == nil && s > 0 {
			limit.RetryAfter = s
		}
		body = fmt.Appendf(nil, `{"message":"rate limited","retry_after":%g}`, limit.RetryAfter)
	}
	resp.Header.Set("X-RateLimit-Reset-After", strconv.FormatFloat(limit.RetryAfter, 'f', 3, 64))
	if limit.Global {
		resp.Header.Set("X-RateLimit-Global", "true")
	} else {
		resp.Header.Set("X-RateLimit-Remaining", "0")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
