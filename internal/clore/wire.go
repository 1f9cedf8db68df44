package clore

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clorebot/clorebot/internal/money"
)

// The types here never fail to unmarshal: an error of theirs would end the decoding of the whole
// answer. What they cannot read is absent.

// wireAmount is an amount, as a number or as a string with one.
type wireAmount struct {
	money.Amount
	ok bool
}

// UnmarshalJSON implements [json.Unmarshaler].
func (a *wireAmount) UnmarshalJSON(b []byte) error {
	n, err := money.Parse(string(unquoted(b)))
	a.Amount, a.ok = n, err == nil
	return nil
}

// unquoted takes the quotes off a string.
func unquoted(b []byte) []byte {
	if len(b) > 1 && b[0] == '"' {
		return b[1 : len(b)-1]
	}
	return b
}

func (a wireAmount) positive() money.Amount { return max(a.Amount, 0) }

// wireList is a list of strings, also when it comes nested, as a single string, or null.
type wireList []string

// maxList bounds how many entries of a list are read: no server has that many cards or ports.
const maxList = 256

// UnmarshalJSON implements [json.Unmarshaler].
func (l *wireList) UnmarshalJSON(b []byte) error {
	*l = nil
	if l.plain(b) {
		return nil
	}
	*l = nil
	var v any
	if json.Unmarshal(b, &v) == nil {
		l.flatten(v)
	}
	return nil
}

// plain reads a flat list of strings without escapes, as nearly all are, and reports whether it
// was one. b is valid JSON.
func (l *wireList) plain(b []byte) bool {
	if len(b) == 0 || b[0] != '[' || bytes.IndexByte(b, '\\') >= 0 || bytes.ContainsAny(b[1:], "[{") {
		return false
	}
	n := bytes.Count(b, []byte{'"'}) / 2
	*l = make(wireList, 0, min(n, maxList))
	for range min(n, maxList) {
		_, rest, _ := bytes.Cut(b, []byte{'"'})
		text, after, _ := bytes.Cut(rest, []byte{'"'})
		*l = append(*l, string(text))
		b = after
	}
	return true
}

func (l *wireList) flatten(v any) {
	switch v := v.(type) {
	case string:
		if len(*l) < maxList {
			*l = append(*l, v)
		}
	case []any:
		for _, e := range v {
			l.flatten(e)
		}
	}
}

// wireInt is a whole number, also as a string.
type wireInt int64

// UnmarshalJSON implements [json.Unmarshaler].
func (i *wireInt) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(unquoted(b)), 10, 64)
	if err != nil {
		n = 0
	}
	*i = wireInt(n)
	return nil
}

// wireNot is true only for the value false: neither for an absent one nor for another.
type wireNot bool

// UnmarshalJSON implements [json.Unmarshaler].
func (n *wireNot) UnmarshalJSON(b []byte) error {
	*n = string(b) == "false"
	return nil
}

// wirePrices is a map of amounts by currency.
type wirePrices map[string]wireAmount

// prices returns the positive amounts, those of known currencies first.
func (w wirePrices) prices() Prices {
	if len(w) == 0 {
		return nil
	}
	out := make(Prices, 0, len(w))
	for _, c := range money.Currencies() {
		if a := w[string(c)]; a.Amount > 0 {
			out = append(out, money.Money{Amount: a.Amount, Currency: c})
		}
	}
	if len(out) == len(w) {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		c := currency(name)
		if _, have := out.In(c); !have && c != "" && w[name].Amount > 0 && len(out) < maxCurrencies {
			out = append(out, money.Money{Amount: w[name].Amount, Currency: c})
		}
	}
	return out
}

const maxCurrencies = 16

func currency(name string) money.Currency { return money.Currency(clean(name, 32)) }

func currencies(names []string) []money.Currency {
	out := make([]money.Currency, 0, min(len(names), maxCurrencies))
	for _, n := range names {
		if c := currency(n); c != "" && len(out) < maxCurrencies && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// upTo returns f, or 0 when it is negative or more than most.
func upTo(f, most float64) float64 {
	if f >= 0 && f <= most {
		return f
	}
	return 0
}

const longestRental = 10 * 365 * 24 * time.Hour

// seconds and hours turn a number into a duration; a negative or absurd one is 0.
func seconds(f float64, most time.Duration) time.Duration {
	return time.Duration(upTo(f, most.Seconds()) * float64(time.Second))
}

func hours(f float64, most time.Duration) time.Duration {
	return time.Duration(upTo(f, most.Hours()) * float64(time.Hour))
}

// clean returns strangers' text without what cannot be seen, trimmed, with single spaces, and
// cut to a number of characters.
func clean(s string, most int) string {
	if plain(s, most) {
		return s
	}
	var b strings.Builder
	n, gap := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			gap = n > 0
			continue
		}
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			continue
		}
		if gap {
			n++
		}
		if n >= most {
			break
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// plain reports whether clean would return s itself.
func plain(s string, most int) bool {
	if len(s) > most {
		return false
	}
	last := byte(' ')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return s == "" || last != ' '
}
