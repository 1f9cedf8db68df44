package clore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// Caps of answers, after inflation. The marketplace of July 2026 had 2.1 MB.
const (
	smallAnswer  = 256 << 10
	ordersAnswer = 4 << 20
	marketAnswer = 32 << 20
)

const (
	attemptTimeout = 20 * time.Second
	marketTimeout  = 30 * time.Second
	faultTries     = 4 // attempts that may end in a fault
	rateTries      = 6 // attempts that may be refused for the rate
)

// exchange is a request with everything that its endpoint decides.
type exchange struct {
	name    string // of the endpoint
	method  string
	query   string
	body    []byte
	limit   int64
	timeout time.Duration
	rank    rank
	write   bool                        // changes something at Clore
	repeat  bool                        // may be repeated after a fault
	before  func(context.Context) error // may hold the first attempt back
}

// get is a read of an endpoint with a small answer.
func get(name string) *exchange {
	return &exchange{
		name: name, method: http.MethodGet, limit: smallAnswer,
		timeout: attemptTimeout, rank: rankPeople, repeat: true,
	}
}

// post is a write. Its body is written without escaping HTML, as Clore's own page sends it.
func post(name string, body any) (*exchange, error) {
	b, err := encode(body)
	if err != nil {
		return nil, fmt.Errorf("clore: %s: %w", name, err)
	}
	return &exchange{
		name: name, method: http.MethodPost, body: b, limit: smallAnswer,
		timeout: attemptTimeout, rank: rankPeople, write: true,
	}, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// call makes the exchange, repeating what may be repeated, and fills a new answer each time.
func call[T any, P interface {
	*T
	answer
}](ctx context.Context, c *Client, x *exchange,
) (P, error) {
	if err := c.checkKey(); err != nil {
		return nil, err
	}
	var out P
	err := c.repeat(ctx, x, func() answer {
		out = new(T)
		return out
	})
	if err != nil {
		return nil, fmt.Errorf("clore: %s: %w", x.name, err)
	}
	return out, nil
}

// repeat runs attempts until one succeeds or none may follow, and classifies the last error.
func (c *Client) repeat(ctx context.Context, x *exchange, fresh func() answer) error {
	var doubt bool // an attempt of a write before the last one may have been executed
	for faults, refused := 0, 0; ; {
		err := c.attempt(ctx, x, fresh(), faults+refused > 0)
		var f *fault
		switch {
		case err == nil:
			return nil
		case errors.As(err, &f):
			faults++
			doubt = doubt || f.sent && x.write
			if !x.repeat || faults >= faultTries || ctx.Err() != nil || errors.Is(err, errResting) ||
				pause(ctx, faults) != nil {
				return c.verdict(ctx, x, err, doubt)
			}
		case IsCode(err, CodeRate):
			if refused++; refused >= rateTries {
				return c.verdict(ctx, x, err, doubt)
			}
		default:
			return c.verdict(ctx, x, err, doubt)
		}
	}
}

// verdict turns the last error of an exchange into what the caller is told.
func (c *Client) verdict(ctx context.Context, x *exchange, err error, doubt bool) error {
	var f *fault
	faulty := errors.As(err, &f)
	if faulty {
		err = f.cause
	}
	switch {
	case x.write && IsRefusal(err, OrderNotActive):
		return err // definite whatever went before: the order is not running
	case x.write && doubt:
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	case x.write && faulty:
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	case faulty && ctx.Err() != nil:
		return context.Cause(ctx)
	case faulty:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	default:
		return err
	}
}

// attempt waits for its turn, makes one request and reads its answer into a. Its errors are
// definite *Errors and *faults.
func (c *Client) attempt(ctx context.Context, x *exchange, a answer, again bool) error {
	s := c.shared
	r := c.rank(x)
	if r == rankBackground && !s.alive.allow(time.Now()) {
		return &fault{cause: errResting}
	}
	g := s.gates.borrow(c.gate)
	defer s.gates.giveBack(g)
	asked := time.Now()
	if err := g.enter(ctx, r, again); err != nil {
		return &fault{cause: err}
	}
	v := verdict{rank: r}
	if x.before != nil && !again {
		if err := x.before(ctx); err != nil {
			g.leave(v)
			return &fault{cause: err}
		}
	}
	begun := time.Now()
	reply, err := c.send(ctx, x)
	if err == nil {
		v.retryAfter = waitAsked(reply)
		err = judge(reply, x.write, a)
		v.refused = IsCode(err, CodeRate) || reply.status == http.StatusTooManyRequests
		v.accepted = !v.refused && understood(err)
	}
	g.leave(v)
	if ctx.Err() == nil {
		s.alive.note(v.refused || v.accepted, time.Now())
	}
	s.log.DebugContext(ctx, "clore", "endpoint", x.name, "waited", begun.Sub(asked),
		"took", time.Since(begun), "status", statusOf(reply), "error", textOf(err))
	return err
}

// rank returns the place of a call in the gate. What ends or starts a rental goes first, also
// when it is the bot that carries it out for somebody.
func (c *Client) rank(x *exchange) rank {
	if c.background && x.rank == rankPeople {
		return rankBackground
	}
	return x.rank
}

// understood reports whether an attempt got an answer with a code.
func understood(err error) bool {
	var e *Error
	return err == nil || errors.As(err, &e) && e.Code != CodeDatabase
}

func waitAsked(r *reply) time.Duration {
	if r.status == http.StatusTooManyRequests || r.status == http.StatusServiceUnavailable {
		return r.retryAfter
	}
	return 0
}

// pause waits between two attempts after a fault: about half a second, one, two.
func pause(ctx context.Context, faults int) error {
	d := 250 * time.Millisecond << faults
	t := time.NewTimer(d*3/4 + rand.N(d/2))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func statusOf(r *reply) int {
	if r == nil {
		return 0
	}
	return r.status
}

func textOf(err error) slog.Value {
	if err == nil {
		return slog.StringValue("")
	}
	return slog.StringValue(err.Error())
}

// checkKey refuses what cannot be a key and could not be a header.
func (c *Client) checkKey() error {
	k := c.key.Reveal()
	switch {
	case len(k) > 256:
		return &InputError{"auth", "the key is too long"}
	case !printable(k) || strings.ContainsRune(k, ' '):
		return &InputError{"auth", "the key has characters that no key has"}
	default:
		return nil
	}
}
