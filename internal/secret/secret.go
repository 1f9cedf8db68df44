// Package secret holds text that must never be shown: API keys, passwords, bot tokens.
package secret

import (
	"fmt"
	"log/slog"
)

// redacted is what every form of printing shows in place of the text.
const redacted = "[redacted]"

// Text is a secret string. Printing, logging and marshalling it yields "[redacted]";
// [Text.Reveal] is the only way to the content, so that every use can be found by its name.
// The zero value is an empty secret.
type Text struct{ s string }

// New wraps s.
func New(s string) Text { return Text{s} }

// Reveal returns the content. Its result must not be stored, logged or put into an error.
func (t Text) Reveal() string { return t.s }

// Empty reports whether there is no content.
func (t Text) Empty() bool { return t.s == "" }

// Tail returns the last four characters, by which people recognise a key, or "" when the secret
// is too short to give four of them away.
func (t Text) Tail() string {
	const shown, least = 4, 16
	if len(t.s) < least {
		return ""
	}
	return t.s[len(t.s)-shown:]
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
	t.s = string(b)
	return nil
}
