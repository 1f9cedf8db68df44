package chat

import (
	"maps"
	"slices"
	"strings"
)

// Accept checks a value that a person gave and returns its normal form: the value of the
// choice whose label or value it is, and what Parse makes of it. A parameter with both choices
// and Parse takes other values too. The error is an [*ArgError] or [ErrLineTooLong].
func (p Param) Accept(text string) (string, error) {
	if len(text) > MaxLine {
		return "", ErrLineTooLong
	}
	fault := &ArgError{Param: p.Name, Value: text}
	if p.Secret {
		fault.Value = ""
	}
	text = strings.TrimSpace(text)
	if text == "" {
		fault.Reason = Empty
		return "", fault
	}
	if value, ok := p.choice(text); ok {
		text = value
	} else if p.takesOnly() {
		fault.Reason, fault.Allowed = NotOffered, p.Choices
		return "", fault
	}
	if p.Kind == Number && !decimal(text) {
		fault.Reason = NotNumber
		return "", fault
	}
	if p.Parse == nil {
		return text, nil
	}
	value, err := p.Parse(text)
	if err != nil {
		fault.Reason, fault.Err = Refused, err
		return "", fault
	}
	return value, nil
}

// takesOnly reports whether nothing but the choices is a value.
func (p Param) takesOnly() bool { return len(p.Choices) > 0 && p.Parse == nil }

// takes reports whether a word is one of the choices.
func (p Param) takes(text string) bool {
	_, ok := p.choice(text)
	return ok
}

func (p Param) choice(text string) (value string, ok bool) {
	for _, c := range p.Choices {
		if strings.EqualFold(text, c.Value) || strings.EqualFold(text, strings.TrimSpace(c.Label)) {
			return c.Value, true
		}
	}
	return "", false
}

func decimal(s string) bool {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return digits(whole) && (!dotted || digits(fraction))
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Accept checks arguments that came by name, as slash options and form fields do, and returns
// their normal forms. The error is an [*ArgError] or [ErrLineTooLong].
func (c *Command) Accept(args Args) (Args, error) {
	out := make(Args, len(args))
	for _, name := range slices.Sorted(maps.Keys(args)) {
		p := c.Param(name)
		if p == nil {
			return nil, &ArgError{Param: name, Reason: Unknown}
		}
		value, err := p.Accept(args[name])
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, nil
}
