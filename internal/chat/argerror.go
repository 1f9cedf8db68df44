package chat

import (
	"errors"
	"fmt"
	"strings"
)

// ErrLineTooLong is returned for a typed line or an answer of more than [MaxLine] bytes.
var ErrLineTooLong = errors.New("too long")

// MaxLine is the most bytes that a typed line or the answer to a prompt may have.
const MaxLine = 4096

// UnknownCommandError is a line whose first word names no command.
type UnknownCommandError struct {
	Name    string // as typed, "" for a line without words
	Nearest string // a command that may have been meant, "" when none is near
}

// Error implements error.
func (e *UnknownCommandError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("no command %q", e.Name)
	}
	return fmt.Sprintf("no command %q, but there is %q", e.Name, e.Nearest)
}

// ArgReason says what is wrong with an argument.
type ArgReason string

// The reasons for refusing an argument.
const (
	Unexpected  ArgReason = "unexpected word"      // no parameter takes it
	Unknown     ArgReason = "no such parameter"    // an argument by a name that is not declared
	Twice       ArgReason = "given twice"          //
	Empty       ArgReason = "needs a value"        //
	NotNumber   ArgReason = "not a number"         //
	NotOffered  ArgReason = "not one of the offer" // Allowed has the choices
	SecretTyped ArgReason = "must not be typed in a line"
	Refused     ArgReason = "refused" // by the parameter's Parse; Err has its words
)

// ArgError is an argument that cannot be used.
type ArgError struct {
	Param   string // name of the parameter, "" for [Unexpected]
	Value   string // what was given; "" for a secret
	Reason  ArgReason
	Allowed []Choice // NotOffered
	Err     error    // Refused
	Known   []string // Unknown, of a typed line: the names that there are
	Nearest string   // Unknown: one of them that may have been meant, or ""
}

// Error implements error.
func (e *ArgError) Error() string {
	if e.Reason == Refused && e.Err != nil {
		return e.Err.Error() // which is a sentence of its own, without the parameter's name
	}
	if e.Reason == Unknown && len(e.Known) > 0 {
		text := fmt.Sprintf("I know no %q here.", e.Param)
		if e.Nearest != "" {
			text += fmt.Sprintf(" Did you mean %s:%s?", e.Nearest, e.Value)
		}
		return text + " There are " + strings.Join(e.Known, ", ") + "."
	}
	if e.Reason == NotOffered {
		labels := make([]string, len(e.Allowed))
		for i, c := range e.Allowed {
			labels[i] = c.Label
		}
		return fmt.Sprintf("I do not know %q here. There are %s.", e.Value, strings.Join(labels, ", "))
	}
	var b strings.Builder
	if e.Param != "" {
		b.WriteString(e.Param + ": ")
	}
	switch e.Reason {
	case Empty, Twice, SecretTyped, Unknown, Refused:
		b.WriteString(string(e.Reason))
	default:
		fmt.Fprintf(&b, "%s %q", e.Reason, e.Value)
	}
	return b.String()
}

// Unwrap returns the error of the parameter's Parse, if that was the reason.
func (e *ArgError) Unwrap() error { return e.Err }
