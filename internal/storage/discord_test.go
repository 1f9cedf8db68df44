package storage_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/discord"
)

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

func TestInteractionsArriveOnce(t *testing.T) {
	b := start(t)
	one, two := discord.Interaction{ID: 1<<63 + 7, Raw: []byte("CANARY-interaction")}, discord.Interaction{ID: 8, Raw: []byte("two")}
	for _, i := range []discord.Interaction{one, two} {
		if fresh, err := b.Discord().Admit(ctx, i); err != nil || !fresh {
			t.Fatalf("%v, %v", fresh, err)
		}
	}
	b.reopen()
	b.must(b.Discord().Answered(ctx, two.ID))
	for _, i := range []discord.Interaction{one, two} {
		if fresh, err := b.Discord().Admit(ctx, i); err != nil || fresh {
			t.Errorf("taken again: %v", err)
		}
	}
	waiting, err := b.Discord().Waiting(ctx)
	b.must(err)
	if diff := cmp.Diff([]discord.Interaction{one}, waiting); diff != "" {
		t.Error(diff)
	}
	if data, err := os.ReadFile(b.o.Path); err != nil || strings.Contains(string(data), "CANARY") {
		t.Errorf("its content lies open (%v)", err)
	}
	b.clock.Add(discord.KeepInteractions + time.Second)
	_, err = b.Sweep(ctx)
	b.must(err)
	if waiting, err := b.Discord().Waiting(ctx); err != nil || len(waiting) != 0 {
		t.Errorf("not given up: %v, %v", waiting, err)
	}
	if fresh, err := b.Discord().Admit(ctx, one); err != nil || !fresh {
		t.Errorf("remembered for ever: %v", err)
	}
}

func TestForgettingDropsNotesOfDiscord(t *testing.T) {
	b := start(t)
	for _, kind := range discord.UserNotes() {
		for _, user := range []string{"7", "77"} {
			b.must(b.Discord().SaveNote(ctx, kind, user, []byte("x"), b.clock.Now().Add(time.Hour)))
		}
	}
	b.must(b.Forget(ctx, chat.User{Platform: chat.Telegram, ID: "7"}))
	b.must(b.Forget(ctx, chat.User{Platform: chat.Discord, ID: "77"}))
	for _, kind := range discord.UserNotes() {
		all, err := b.Discord().Notes(ctx, kind)
		if diff := cmp.Diff(map[string][]byte{"7": []byte("x")}, all); diff != "" || err != nil {
			t.Errorf("%s: %s %v", kind, diff, err)
		}
	}
}
