package clore_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/clorebot/clorebot/internal/clore"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// class is what a caller learns from an error.
type class string

const (
	definite    class = "definite"    // *Error; nothing was executed
	unavailable class = "unavailable" // of a read
	unknown     class = "unknown"     // of a write
	notSent     class = "not sent"    // of a write
)

func classOf(err error) class {
	var e *clore.Error
	switch {
	case errors.Is(err, clore.ErrOutcomeUnknown):
		return unknown
	case errors.Is(err, clore.ErrNotSent):
		return notSent
	case errors.Is(err, clore.ErrUnavailable):
		return unavailable
	case errors.As(err, &e):
		return definite
	default:
		return class(fmt.Sprintf("none: %v", err))
	}
}

// lapse is a fault in the answers of a server, with what it means.
type lapse struct {
	name   string
	answer answered
	read   class
	write  class
	rate   bool // refused for the rate: repeated by everything
}

func refusals() []clore.Refusal {
	return []clore.Refusal{
		clore.ServerUnknown, clore.ServerOffline, clore.ServerRented, clore.NotEnoughBalance,
		clore.OwnServer, clore.TooLowPrice, clore.HaveSpotOrder, clore.CurrencyNotAllowed,
		clore.OnGigaSPOT, clore.NotYourOrder, clore.OrderNotActive, clore.OrderNotFound,
		clore.IssueTooLong, clore.OrderUnknown, clore.AmountTooLow, clore.LowerLater,
		clore.StepTooLarge, clore.HostUnknown, clore.ParameterMissing, clore.BadMaxRental,
		clore.BadInput,
	}
}

func lapses() []lapse {
	const page = "<html><body>Bad gateway</body></html>"
	garbage := func(name string, status int, body string) lapse {
		return lapse{name: name, answer: answered{status: status, body: body}, read: unavailable, write: unknown}
	}
	refused := func(name string, status int, body string) lapse {
		return lapse{name: name, answer: answered{status: status, body: body}, read: definite, write: definite}
	}
	all := []lapse{
		garbage("redirect 301", 301, ""), garbage("redirect 307", 307, ""), garbage("redirect 308", 308, ""),
		garbage("400 page", 400, page), garbage("401 page", 401, page), garbage("403 edge", 403, "error code: 1010"),
		garbage("404 page", 404, page), garbage("429 empty", 429, ""), garbage("429 page", 429, page),
		garbage("500 code 1", 500, `{"code":1}`), garbage("200 code 1", 200, `{"code":1}`),
		garbage("500 page", 500, page), garbage("502 page", 502, page), garbage("503 empty", 503, ""),
		garbage("502 problem", 502, `{"title":"Error 502: Bad gateway","status":502}`),
		garbage("504 page", 504, page), garbage("500 with code 0", 500, `{"code":0}`),
		garbage("200 page", 200, page), garbage("200 empty", 200, ""), garbage("truncated", 200, `{"code":0,"orders":[`),
		garbage("two values", 200, `{"code":0}<html>`), garbage("array", 200, `[]`), garbage("null", 200, `null`),
		garbage("string", 200, `"code"`), garbage("no code", 200, `{"orders":[],"servers":[],"wallets":[],"config":{}}`),
		garbage("code null", 200, `{"code":null}`), garbage("code text", 200, `{"code":"zero"}`),
		garbage("code broken", 200, `{"code":0.5}`), garbage("two codes", 200, `{"code":5,"CODE":0}`),
		garbage("code 99", 200, `{"code":99}`), garbage("code -1", 200, `{"code":-1}`),
		garbage("deep", 200, strings.Repeat("[", 20000)),
		garbage("huge", 200, `{"code":0,"x":"`+strings.Repeat("x", 33<<20)+`"}`),
		refused("400 code 2", 400, `{"code":2}`), refused("200 code 2", 200, `{"code":2}`),
		refused("401 code 3", 401, `{"code":3}`), refused("404 code 4", 404, `{"code":4}`),
		{name: "429 code 5", answer: answered{status: 429, body: `{"code":5}`}, read: definite, write: definite, rate: true},
		{name: "200 code 5", answer: answered{body: `{"code":5}`}, read: definite, write: definite, rate: true},
		{
			name: "429 with Retry-After", rate: true, read: definite, write: definite,
			answer: answered{status: 429, body: `{"code":5}`, header: http.Header{"Retry-After": {"3"}}},
		},
		{name: "unknown refusal", answer: answered{body: `{"code":6,"error":"price_changed"}`}, read: definite, write: unknown},
		{name: "refusal without text", answer: answered{body: `{"code":6}`}, read: definite, write: unknown},
		{name: "reset", answer: answered{err: errors.New("connection reset by peer")}, read: unavailable, write: unknown},
	}
	for _, r := range refusals() {
		all = append(all, refused(string(r), 200, `{"code":6,"error":"`+string(r)+`","status":"x"}`),
			refused(string(r)+" as 500", 500, `{"error":"`+string(r)+`","code":6}`))
	}
	return all
}

// TestFaultMatrix puts every fault on every endpoint: the class of the error, the number of
// attempts, and that no secret shows.
func TestFaultMatrix(t *testing.T) {
	for _, e := range endpoints() {
		for _, f := range lapses() {
			t.Run(e.method+"/"+f.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { matrixCell(t, e, f) })
			})
		}
	}
}

func matrixCell(t *testing.T, e endpoint, f lapse) {
	if f.name == "huge" && e.method != "Marketplace" {
		f.answer.body = f.answer.body[:5<<20] + `"}`
	}
	s := &script{t: t, always: &f.answer}
	c, log := client(t, s)
	err := e.call(t.Context(), c)
	want, tries := f.read, 1
	if e.write {
		want = f.write
	}
	switch {
	case f.rate:
		tries = 6
	case want != definite && e.repeat:
		tries = 4
	}
	if got := classOf(err); got != want {
		t.Errorf("class %q, want %q: %v", got, want, err)
	}
	if n := len(s.requests()); n != tries {
		t.Errorf("%d attempts, want %d: %v", n, tries, err)
	}
	if e.write && clore.OutcomeKnown(err) != (want == definite) {
		t.Errorf("OutcomeKnown is %v: %v", clore.OutcomeKnown(err), err)
	}
	noSecret(t, err, log)
}

func noSecret(t *testing.T, err error, log *bytes.Buffer) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s", err, err, err, log)
	for _, canary := range []string{canaryKey, canaryPassword, canaryToken} {
		if strings.Contains(text, canary) {
			t.Errorf("%s shows in: %.2000s", canary, text)
		}
	}
}

func TestReadsRecover(t *testing.T) {
	for _, e := range endpoints() {
		if !e.repeat {
			continue
		}
		t.Run(e.method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := client(t, play(t, answered{status: 502}, answered{status: 429, body: `{"code":5}`},
					answered{err: errors.New("EOF")}, answered{body: e.good}))
				if err := e.call(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// After an attempt that may have done it, "not active" is the goal and anything else is doubt.
func TestCancelAfterDoubt(t *testing.T) {
	for _, tt := range []struct {
		second string
		want   class
		text   clore.Refusal
	}{
		{`{"code":6,"error":"order_not_active"}`, definite, clore.OrderNotActive},
		{`{"code":3}`, unknown, ""},
		{`{"code":6,"error":"order_not_found"}`, unknown, clore.OrderNotFound},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := client(t, play(t, answered{status: 504}, answered{body: tt.second}))
			err := c.CancelOrder(t.Context(), 5, "")
			if classOf(err) != tt.want || tt.text != "" && !clore.IsRefusal(err, tt.text) {
				t.Errorf("%s: %v", tt.second, err)
			}
		})
	}
}

func TestRefusalDetails(t *testing.T) {
	for body, want := range map[string]clore.Error{
		`{"error":"exceeded_max_step","max_step":0.000001,"code":6}`:               {Code: 6, Text: clore.StepTooLarge, HTTP: 200, MaxStep: 1000},
		`{"error":"can_lower_every_600_seconds","time_to_lowering":590,"code":6}`:  {Code: 6, Text: clore.LowerLater, HTTP: 200, Wait: 590e9},
		`{"error":"too_low_price","min_price":"0.1","code":6}`:                     {Code: 6, Text: clore.TooLowPrice, HTTP: 200, MinPrice: 1e8},
		`{"error":"too_low_price","min_price":-1,"time_to_lowering":-5,"code":6}`:  {Code: 6, Text: clore.TooLowPrice, HTTP: 200},
		`{"error":"amount_too_low","max_step":{},"time_to_lowering":"x","code":6}`: {Code: 6, Text: clore.AmountTooLow, HTTP: 200},
	} {
		c, _ := client(t, play(t, answered{body: body}))
		err := c.SetSpotPrice(t.Context(), 5, 1)
		var got *clore.Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}

func TestHostileRefusalText(t *testing.T) {
	c, _ := client(t, play(t, answered{body: `{"code":6,"error":"a\u0000\u202e\nb` + strings.Repeat("x", 1e5) + `"}`}))
	_, err := c.Wallets(t.Context())
	var e *clore.Error
	if !errors.As(err, &e) || len(e.Text) > 64 || !strings.HasPrefix(string(e.Text), "a b") || len(err.Error()) > 200 {
		t.Errorf("got %q", err)
	}
}

func TestCancelledCalls(t *testing.T) {
	for _, e := range endpoints() {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			c, _ := client(t, play(t))
			err := e.call(ctx, c)
			if !errors.Is(err, context.Canceled) || e.write != errors.Is(err, clore.ErrNotSent) ||
				e.write && !clore.OutcomeKnown(err) || errors.Is(err, clore.ErrUnavailable) {
				t.Errorf("%s: %v", e.method, err)
			}
		})
	}
}

func TestGzipBombIsCapped(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, _ = z.Write(chunk)
	}
	_ = z.Close()
	n := pipeNet(t, serve("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: "+
		fmt.Sprint(b.Len())+"\r\n\r\n"+b.String()))
	err := n.run(t, func(ctx context.Context, c *clore.Client) error { return c.CreateOrder(ctx, request()) })
	if classOf(err) != unknown || !strings.Contains(err.Error(), "too large") {
		t.Error(err)
	}
}
