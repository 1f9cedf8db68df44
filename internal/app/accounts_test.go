package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/simulator"
)

// TestAccountsOfOnePerson names a second account, rents with it, may not remove it while it runs,
// and removes it when all has ended; a restart before and after changes nothing.
func TestAccountsOfOnePerson(t *testing.T) {
	inWorld(t, simulator.Options{Seed: 11}, func(w *world) {
		first := w.key
		w.key = w.sim.AddAccount(simulator.Account{})
		second := w.key
		w.phone.fill("key", "add", "key", second)
		w.phone.do(`/key rename "Account 2" "Night shift"`)
		w.phone.do(`/key use "night shift"`)
		w.phone.press(w.phone.do("/rent 4090 run:2h"), "Rent ·")
		w.wait(20 * time.Minute)
		if w.alive() != 1 || !strings.Contains(show(w.phone.topic("ready").view), "account Night shift") {
			t.Fatalf("%d alive:\n%s", w.alive(), show(w.phone.topic("ready").view))
		}
		if v := show(w.phone.do("/wallet")); !strings.Contains(v, "Main") || !strings.Contains(v, "Night shift") || !strings.Contains(v, "burning") {
			t.Errorf("wallets:\n%s", v)
		}
		if v := w.phone.do(`/key remove "night shift"`); v.Topic != "account-in-use" {
			t.Fatalf("removed while it runs:\n%s", show(v))
		}
		w.phone.press(w.phone.press(w.phone.do("/cancel"), "RTX 4090"), "Cancel rental")
		w.wait(10 * time.Minute)
		ask := w.phone.do(`/key remove "night shift"`)
		w.restart()
		if v := w.phone.press(ask, "Remove account"); v.Topic != "account-removed" {
			t.Fatalf("not removed:\n%s", show(v))
		}
		w.silent(first, second)
		w.restart()
		w.silent(first, second)
		if v := show(w.phone.do("/key")); strings.Contains(v, "Night shift") || !strings.Contains(v, "in use") {
			t.Errorf("accounts:\n%s", v)
		}
		if v := show(w.phone.do("/orders done")); !strings.Contains(v, "removed account Night shift") {
			t.Errorf("history:\n%s", v)
		}
		w.key = first
		w.phone.press(w.phone.do("/rent 4090 run:2h"), "Rent ·")
		w.wait(20 * time.Minute)
		if w.alive() != 1 {
			t.Errorf("%d alive on the account that is left", w.alive())
		}
		w.key = second // which leaksNothing looks for
	})
}

// silent lets hours pass in which Clore is asked with one key and not with another.
func (w *world) silent(known, gone string) {
	w.t.Helper()
	from := time.Now()
	w.wait(3 * time.Hour)
	asked := map[string]int{}
	for _, r := range w.sim.Truth().Requests {
		if r.At.After(from) {
			asked[r.Key]++
		}
	}
	if asked[gone] > 0 || asked[known] == 0 {
		w.t.Errorf("asked %d times with the key of an account that is gone, %d with the other", asked[gone], asked[known])
	}
}
