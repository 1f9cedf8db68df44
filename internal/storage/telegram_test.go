package storage_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/telegram"
)

const bot = 4711

func TestUpdatesArriveOnceAndWait(t *testing.T) {
	b := start(t)
	all := []telegram.Update{{ID: 900, Raw: []byte("nine")}, {ID: 7, Raw: []byte("CANARY-update")}}
	fresh, err := b.Admit(ctx, bot, all)
	b.must(err)
	if diff := cmp.Diff([]int64{900, 7}, fresh); diff != "" {
		t.Error(diff)
	}
	b.reopen()
	fresh, err = b.Admit(ctx, bot, append(all, telegram.Update{ID: 901, Raw: []byte("more")}))
	b.must(err)
	if diff := cmp.Diff([]int64{901}, fresh); diff != "" {
		t.Error(diff)
	}
	b.must(b.Answered(ctx, bot, 900))
	b.must(b.Answered(ctx, bot, 900))
	waiting, err := b.Waiting(ctx, bot)
	b.must(err)
	if diff := cmp.Diff([]telegram.Update{{ID: 7, Raw: []byte("CANARY-update")}, {ID: 901, Raw: []byte("more")}}, waiting); diff != "" {
		t.Error(diff)
	}
	if other, err := b.Waiting(ctx, bot+1); err != nil || len(other) != 0 {
		t.Errorf("another bot's updates: %v, %v", other, err)
	}
	if data, err := os.ReadFile(b.o.Path); err != nil || strings.Contains(string(data), "CANARY") {
		t.Errorf("the content of an update lies open (%v)", err)
	}
	if _, err := b.Rekey(ctx); err != nil {
		t.Error(err)
	}
}

func TestOldUpdatesAreGivenUp(t *testing.T) {
	b := start(t)
	_, err := b.Admit(ctx, bot, []telegram.Update{{ID: 1, Raw: []byte("old")}})
	b.must(err)
	b.clock.Add(telegram.KeepUpdates + time.Second)
	_, err = b.Sweep(ctx)
	b.must(err)
	for range 2 {
		if waiting, err := b.Waiting(ctx, bot); err != nil || len(waiting) != 0 {
			t.Errorf("got %v, %v", waiting, err)
		}
	}
	if fresh, err := b.Admit(ctx, bot, []telegram.Update{{ID: 1, Raw: []byte("new")}}); err != nil || len(fresh) != 1 {
		t.Errorf("an ID that is used again: %v, %v", fresh, err)
	}
}

func TestNotes(t *testing.T) {
	b := start(t)
	late := b.clock.Now().Add(time.Hour)
	b.must(b.SaveNote(ctx, "a", "x", []byte("1"), late))
	b.must(b.SaveNote(ctx, "a", "y", []byte("2"), late))
	b.must(b.SaveNote(ctx, "ab", "x", []byte("3"), late))
	b.must(b.SaveNote(ctx, "a", "x", []byte("4"), late.Add(time.Hour)))
	b.must(b.DropNote(ctx, "a", "z"))
	b.reopen()
	got, err := b.Notes(ctx, "a")
	b.must(err)
	if diff := cmp.Diff(map[string][]byte{"x": []byte("4"), "y": []byte("2")}, got); diff != "" {
		t.Error(diff)
	}
	b.must(b.DropNote(ctx, "ab", "x"))
	b.clock.Add(time.Hour + time.Second)
	_, err = b.Sweep(ctx)
	b.must(err)
	if got, err = b.Notes(ctx, "a"); err != nil || len(got) != 1 {
		t.Errorf("after sweeping: %v, %v", got, err)
	}
	if got, err = b.Notes(ctx, "ab"); err != nil || len(got) != 0 {
		t.Errorf("after dropping: %v, %v", got, err)
	}
}

func TestGrantsMoveWithTheirGroup(t *testing.T) {
	b := start(t)
	here := account.Grant{Platform: chat.Telegram, Space: "-1", Role: account.Member, At: b.clock.Now()}
	seen := account.Grant{Platform: chat.Telegram, User: "7", Space: "-1", Role: account.Member, At: b.clock.Now()}
	other := account.Grant{Platform: chat.Telegram, Space: "-12", Role: account.Member, At: b.clock.Now()}
	for _, g := range []account.Grant{here, seen, other} {
		b.must(b.SaveGrant(ctx, g))
	}
	b.must(b.MoveSpace(ctx, chat.Telegram, "-1", "-1001"))
	got, err := b.Grants(ctx)
	b.must(err)
	spaces := map[string]int{}
	for _, g := range got {
		spaces[g.Space]++
	}
	if diff := cmp.Diff(map[string]int{"-1001": 2, "-12": 1}, spaces); diff != "" {
		t.Error(diff)
	}
}
