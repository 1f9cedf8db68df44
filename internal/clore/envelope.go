package clore

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// envelope is what every answer has around its content.
type envelope struct {
	Code     wireCode   `json:"code"`
	Text     string     `json:"error"`
	MaxStep  wireAmount `json:"max_step"`
	MinPrice wireAmount `json:"min_price"`
	Wait     float64    `json:"time_to_lowering"` // s
}

func (e *envelope) head() *envelope { return e }

// check is the answer of endpoints that return nothing else.
func (e *envelope) check() error { return nil }

// wireCode is a code that may be missing. A missing one must never read as 0, which is success,
// and neither may one of two that contradict each other.
type wireCode struct {
	n         int
	seen, bad bool
}

// UnmarshalJSON implements [json.Unmarshaler]; it is called for every occurrence of the key.
func (c *wireCode) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(string(b))
	c.bad = c.bad || err != nil || c.seen && n != c.n
	c.n, c.seen = n, true
	return nil //nolint:nilerr // a bad code is kept, and judged when the whole answer is read
}

func (c *wireCode) value() (Code, bool) { return Code(c.n), c.seen && !c.bad }

// answer is a wire type: an envelope with content.
type answer interface {
	head() *envelope
	check() error // whether the content is there
}

// unmarshal fills v as far as it goes. encoding/json leaves a field of the wrong type as it was
// and goes on with the next one, which is what a client of an undocumented API wants: the field
// reads as absent.
func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return nil
	}
	return err
}

var errNoCode = errors.New("no code in the answer")

// judge reads a reply into a and says what it means: nil, a definite *Error, or a *fault. The
// body decides and not the HTTP status, which Clore does not keep to.
func judge(r *reply, write bool, a answer) error {
	if err := unmarshal(r.body, a); err != nil {
		return &fault{cause: fmt.Errorf("HTTP %d: not JSON: %w", r.status, err), sent: true}
	}
	head := a.head()
	code, ok := head.Code.value()
	if !ok {
		return &fault{cause: fmt.Errorf("HTTP %d: %w", r.status, errNoCode), sent: true}
	}
	if code != CodeOK {
		return refuse(head.refusal(code, r.status), write)
	}
	if r.status < 200 || r.status > 299 {
		return &fault{cause: fmt.Errorf("HTTP %d with code 0", r.status), sent: true}
	}
	if err := a.check(); err != nil {
		return &fault{cause: err, sent: true}
	}
	return nil
}

// refuse makes a fault of the refusals that say nothing of what was executed.
func refuse(e *Error, write bool) error {
	switch e.Code {
	case CodeInput, CodeKey, CodeEndpoint, CodeRate:
		return e
	case CodeOther:
		if !write || e.Text.known() {
			return e
		}
	}
	return &fault{cause: e, sent: true}
}

func (e *envelope) refusal(code Code, status int) *Error {
	const longest = 24 * time.Hour
	return &Error{
		Code: code, Text: Refusal(clean(e.Text, 64)), HTTP: status,
		MaxStep: e.MaxStep.positive(), MinPrice: e.MinPrice.positive(),
		Wait: seconds(e.Wait, longest),
	}
}
