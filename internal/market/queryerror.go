package market

import (
	"fmt"
	"strings"
)

// Reason tells what is wrong with a word of a query.
type Reason string

// The reasons of a [QueryError].
const (
	UnknownWord     Reason = "unknown-word"
	UnknownSort     Reason = "unknown-sort"
	UnknownCountry  Reason = "unknown-country"
	UnknownCurrency Reason = "unknown-currency"
	BadNumber       Reason = "bad-number"       // not a number, or one out of all proportion
	BadUnit         Reason = "bad-unit"         // a number followed by something that is no unit here
	BadOperator     Reason = "bad-operator"     // "cc>DE"
	MissingOperator Reason = "missing-operator" // "vram48"
	MissingValue    Reason = "missing-value"    // "vram>="
	Contradiction   Reason = "contradiction"    // no number can be in the range: "vram>48 vram<24"
	TooLong         Reason = "too-long"         // more than MaxQuery bytes
)

// QueryError is returned by [ParseQuery] for the first word it cannot read.
type QueryError struct {
	Word       string // as typed; empty for TooLong
	Offset     int    // of the word in the query, in bytes
	Reason     Reason
	Suggestion string // what may have been meant, in the place of Word; often empty
}

// Error describes the mistake in short English, for logs.
func (e *QueryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "query: %s", e.Reason)
	if e.Word != "" {
		fmt.Fprintf(&b, " %q at %d", e.Word, e.Offset)
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, ", perhaps %q", e.Suggestion)
	}
	return b.String()
}
