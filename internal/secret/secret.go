// Package secret holds text that must never be shown: API keys, passwords, bot tokens.
package secret

import (
	"fmt"
	"log/slog"
	"unicode/utf8"
	"unique"
)

// redacted is what every form of printing shows in place of the text.
const redacted = "[redacted]"

// Text is a secret string. Printing, logging and marshalling it yields "[redacted]";
// [Text.Reveal] is the only way to the content, so that every use can be found by its name.
// The zero value is an empty secret. Texts with the same content are equal.
//
// The content is behind a handle and not in a string field, because fmt prints unexported fields
// of other packages' structs by reflection, without asking their methods: a struct with a Text
// in it would show the content, and a handle shows as an address.
type Text struct{ content unique.Handle[string] }

// New wraps s.
func New(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{unique.Make(s)}
}

// Reveal returns the content. Its result must not be stored, logged or put into an error.
func (t Text) Reveal() string {
	if t.Empty() {
		return ""
	}
	return t.content.Value()
}

// Empty reports whether there is no content.
func (t Text) Empty() bool { return t == Text{} }

// Equal reports whether both have the same content.
func (t Text) Equal(u Text) bool { return t == u }

// Tail returns the last four characters, by which people recognise a key, or "" when the secret
// is too short to give four of them away.
func (t Text) Tail() string {
	const shown, least = 4, 16
	s := t.Reveal()
	if utf8.RuneCountInString(s) < least {
		return ""
	}
	from := len(s)
	for range shown {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	return s[from:]
}

// String implements [fmt.Stringer] without the content.
func (t Text) String() string { return redacted }

// GoString implements [fmt.GoStringer] without the content.
func (t Text) GoString() string { return redacted }

// Format implements [fmt.Formatter], so that no verb reaches the content.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue implements [slog.LogValuer] without the content.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler] without the content; JSON and TOML use it.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText implements [encoding.TextUnmarshaler], so that configuration can fill a secret.
func (t *Text) UnmarshalText(b []byte) error {
	*t = New(string(b))
	return nil
}
