package chat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/chat"
)

func TestAction_Encode(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   chat.Action
		want string
	}{
		{"bare", chat.Action{Command: "orders"}, "orders"},
		{"sorted", chat.Action{Command: "market", Args: chat.Args{"page": "2", "gpu": "4090"}}, "market|gpu=4090|page=2"},
		{"escaped", chat.Action{Command: "m", Args: chat.Args{"q": `a|b=c\d`}}, `m|q=a\|b\=c\\d`},
		{"empty value", chat.Action{Command: "m", Args: chat.Args{"q": ""}}, "m|q="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.in.Encode()
			if err != nil || got != tt.want {
				t.Fatalf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestAction_Encode_length(t *testing.T) {
	fits := chat.Action{Command: "m", Args: chat.Args{"q": strings.Repeat("x", chat.MaxAction-len("m|q="))}}
	if s, err := fits.Encode(); err != nil || len(s) != chat.MaxAction {
		t.Errorf("64 bytes: got %d bytes, %v", len(s), err)
	}
	long := chat.Action{Command: "m", Args: fits.Args.With("q", fits.Args["q"]+"x")}
	if _, err := long.Encode(); !errors.Is(err, chat.ErrActionTooLong) {
		t.Errorf("65 bytes: got %v", err)
	}
}

func TestDecodeAction_forged(t *testing.T) {
	for _, s := range []string{
		"", "|", "=", "a|", "a|b", "a|=c", "a=b", "|a=b", "a|b=c|b=d", "a|b=c=d", `a\`, `a\x`, `a|b=\`,
	} {
		if a, err := chat.DecodeAction(s); !errors.Is(err, chat.ErrActionMalformed) {
			t.Errorf("%q: got %+v, %v", s, a, err)
		}
	}
	if _, err := chat.DecodeAction(strings.Repeat("a", chat.MaxAction+1)); !errors.Is(err, chat.ErrActionTooLong) {
		t.Errorf("long: got %v", err)
	}
}

func TestAction_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`ab|=\ é`)), 1, 6, -1)
		in := chat.Action{
			Command: text.Draw(t, "command"),
			Args:    rapid.MapOfN(text, text, 0, 3).Draw(t, "args"),
		}
		s, err := in.Encode()
		if errors.Is(err, chat.ErrActionTooLong) {
			return
		}
		out, err := chat.DecodeAction(s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in, out, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s", s, diff)
		}
	})
}

func FuzzDecodeAction(f *testing.F) {
	for _, s := range []string{"orders", "market|gpu=4090|page=2", `m|q=a\|b\=c\\d`, "a|b=c|b=d", `a\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := chat.DecodeAction(s)
		if err != nil {
			return
		}
		encoded, err := a.Encode()
		if err != nil {
			t.Fatalf("%q decodes to %+v, which encodes to %v", s, a, err)
		}
		again, err := chat.DecodeAction(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
