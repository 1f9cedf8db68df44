package storage_test

import "testing"

func TestDiscordFingerprint(t *testing.T) {
	b := start(t)
	if got, err := b.Discord().Registered(t.Context()); err != nil || got != "" {
		t.Errorf("at first: %q, %v", got, err)
	}
	for _, want := range []string{"one", "two"} {
		if err := b.Discord().SetRegistered(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Discord().Registered(t.Context()); err != nil || got != want {
			t.Errorf("got %q, %v", got, err)
		}
	}
}
