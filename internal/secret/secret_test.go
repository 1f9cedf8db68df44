package secret_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/secret"
)

const canary = "CANARY0123456789abcdef"

// TestNothingShows prints a secret in every way there is.
func TestNothingShows(t *testing.T) {
	s := secret.New(canary)
	inside := struct {
		Key     secret.Text
		Pointer *secret.Text
		Map     map[string]secret.Text
		hidden  secret.Text // fmt does not ask the methods of unexported fields
		slice   []*secret.Text
	}{s, &s, map[string]secret.Text{"k": s}, s, []*secret.Text{&s}}
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08.3f", "%c", "%U", "%p"} {
		_, _ = fmt.Fprintf(&b, verb+verb+verb, s, &s, inside)
	}
	_, _ = fmt.Fprint(&b, s, &s, inside, errors.Join(fmt.Errorf("x: %v", s)), s.String(), s.GoString())
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("x", "s", s, "p", &s, "in", inside, slog.Group("g", "s", s))
	}
	for _, v := range []any{s, &s, inside} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
	}
	raw, err := xml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(raw)
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), "CANARY"} {
		if strings.Contains(b.String(), form) {
			t.Errorf("%s shows in %s", form, b.String())
		}
	}
	if !strings.Contains(b.String(), "[redacted]") {
		t.Error("nothing says that there was a secret")
	}
}

func TestContent(t *testing.T) {
	s := secret.New(canary)
	if s.Reveal() != canary || s.Empty() || !(secret.Text{}).Empty() || secret.New("") != (secret.Text{}) ||
		!s.Equal(secret.New("CANARY0123456789"+"abcdef")) || s == secret.New("another") {
		t.Error("the content is not what was put in")
	}
	var v struct{ Key secret.Text }
	if err := json.Unmarshal([]byte(`{"key":"`+canary+`"}`), &v); err != nil || v.Key.Reveal() != canary {
		t.Errorf("configuration does not reach the secret: %v", err)
	}
}

func TestTail(t *testing.T) {
	for in, want := range map[string]string{
		canary: "cdef", "": "", "short": "", "fifteen-letters": "", "sixteen--letters": "ters",
		strings.Repeat("a", 13) + "日": "", "日" + strings.Repeat("a", 16): "aaaa",
	} {
		if got := secret.New(in).Tail(); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
