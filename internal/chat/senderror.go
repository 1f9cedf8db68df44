package chat

import (
	"fmt"
	"time"
)

// SendKind says what to do after a failed delivery.
type SendKind int

// The kinds of failed deliveries.
const (
	Transient   SendKind = iota // try again later: network, server errors
	RateLimited                 // try again after RetryAfter; not an attempt
	Unreachable                 // this address takes no messages until its owner acts
	Rejected                    // this message will never be accepted; another may
)

// String returns the kind in lower case.
func (k SendKind) String() string {
	switch k {
	case RateLimited:
		return "rate limited"
	case Unreachable:
		return "unreachable"
	case Rejected:
		return "rejected"
	default:
		return "transient"
	}
}

// SendError is the failure of [Sender.Send] and [Editor.Edit].
type SendError struct {
	Kind       SendKind
	RetryAfter time.Duration // RateLimited only
	Err        error
}

// Error implements error.
func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Kind, e.Err) }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
