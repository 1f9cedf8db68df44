package clore

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/money"
)

// Code is the value of "code" in an answer of Clore.
type Code int

// The codes that Clore documents.
const (
	CodeOK       Code = 0
	CodeDatabase Code = 1 // also seen for input that Clore chokes on; says nothing of the outcome
	CodeInput    Code = 2
	CodeKey      Code = 3
	CodeEndpoint Code = 4
	CodeRate     Code = 5 // refused for the rate, not executed
	CodeOther    Code = 6 // see the text
)

// Refusal is the text beside [CodeOther]. The set is open; these are the ones seen so far.
type Refusal string

// The known refusals. None of them leaves anything executed.
const (
	ServerUnknown      Refusal = "server-dont-exist"
	ServerOffline      Refusal = "server-offline"
	ServerRented       Refusal = "server-already-rented" // also when the renter is oneself
	NotEnoughBalance   Refusal = "not_enough_balance"
	OwnServer          Refusal = "cant_rent_from_yourself"
	TooLowPrice        Refusal = "too_low_price" // a bid under the floor; see MinPrice
	HaveSpotOrder      Refusal = "you_already_have_spot_order"
	CurrencyNotAllowed Refusal = "currency-not-allowed"
	OnGigaSPOT         Refusal = "machine-is-on-gigaspot"
	NotYourOrder       Refusal = "you_dont_own_this_order"
	OrderNotActive     Refusal = "order_not_active" // ended already
	OrderNotFound      Refusal = "order_not_found"  // by cancel_order
	IssueTooLong       Refusal = "issue_description_too_long"
	OrderUnknown       Refusal = "order_dont_exist" // by set_spot_price
	AmountTooLow       Refusal = "amount_too_low"
	LowerLater         Refusal = "can_lower_every_600_seconds" // see Wait
	StepTooLarge       Refusal = "exceeded_max_step"           // see MaxStep
	HostUnknown        Refusal = "server_dont_exist"           // by set_server_settings
	ParameterMissing   Refusal = "not_all_parameters_present"
	BadMaxRental       Refusal = "invalid_mrl"
	BadInput           Refusal = "invalid_input"
)

func (r Refusal) known() bool {
	switch r {
	case ServerUnknown, ServerOffline, ServerRented, NotEnoughBalance, OwnServer, TooLowPrice,
		HaveSpotOrder, CurrencyNotAllowed, OnGigaSPOT, NotYourOrder, OrderNotActive,
		OrderNotFound, IssueTooLong, OrderUnknown, AmountTooLow, LowerLater, StepTooLarge,
		HostUnknown, ParameterMissing, BadMaxRental, BadInput:
		return true
	default:
		return false
	}
}

// Error is an answer of Clore with a code other than 0. Unless [ErrOutcomeUnknown] is around it,
// it is definite: nothing was executed.
type Error struct {
	Code     Code
	Text     Refusal       // cleaned and cut; often empty beside other codes than CodeOther
	HTTP     int           // status of the answer
	MaxStep  money.Amount  // StepTooLarge: the largest step down, in the order's currency
	MinPrice money.Amount  // TooLowPrice: the floor, in the bid's currency
	Wait     time.Duration // LowerLater: until the price may be lowered again
}

// Error implements error. The text is Clore's and has no secret in it.
func (e *Error) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("clore answered code %d (%s, HTTP %d)", e.Code, e.Code.meaning(), e.HTTP)
	}
	return fmt.Sprintf("clore answered code %d (%s, HTTP %d)", e.Code, e.Text, e.HTTP)
}

// LogValue implements [slog.LogValuer].
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("code", int(e.Code)), slog.String("text", string(e.Text)),
		slog.Int("http", e.HTTP))
}

func (c Code) meaning() string {
	switch c {
	case CodeDatabase:
		return "database error"
	case CodeInput:
		return "invalid input"
	case CodeKey:
		return "invalid key"
	case CodeEndpoint:
		return "invalid endpoint"
	case CodeRate:
		return "rate limit"
	default:
		return "no text"
	}
}

// InputError is a refusal by the client itself: the request was not sent because Clore would
// refuse it or choke on it.
type InputError struct {
	Field  string // by Clore's name: "ports", "env", "ssh_key", …
	Reason string // in words, without the value
}

// Error implements error. It does not show the value, which may be secret.
func (e *InputError) Error() string { return "clore: " + e.Field + ": " + e.Reason }

// Sentinels of errors in which Clore gave no definite answer.
var (
	// ErrOutcomeUnknown says that a write may or may not have been executed.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrNotSent says that a write did not leave this machine.
	ErrNotSent = errors.New("not sent")
	// ErrUnavailable says that a read failed, also after repeating it.
	ErrUnavailable = errors.New("clore is unavailable")
)

// IsCode reports whether err is an answer of Clore with the code.
func IsCode(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// IsRefusal reports whether err is one of the refusals by Clore.
func IsRefusal(err error, refusals ...Refusal) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == CodeOther && slices.Contains(refusals, e.Text)
}

// OutcomeKnown reports whether err, returned by a write, proves that nothing was executed.
func OutcomeKnown(err error) bool {
	if err == nil || errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	var answer *Error
	var input *InputError
	return errors.As(err, &answer) || errors.As(err, &input) || errors.Is(err, ErrNotSent)
}
