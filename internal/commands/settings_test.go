package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestSettings(t *testing.T) {
	w := newWorld(t).withKey()
	w.says("/sshkey add " + edKey + " ana@laptop")
	for _, line := range []string{
		"pay clore", "preset pytorch", "run 2d", "login password", "quiet 23:00-07:30", "zone Europe/Berlin", "language en", "alerts ready:off",
	} {
		if v := w.says("/settings " + line); v.Topic != "settings" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	run := 48 * time.Hour
	got := w.mem.profiles[ana]
	got.SSHKeys = nil
	want := account.Profile{
		User: ana, Currency: money.CLORE, Preset: "pytorch", RunFor: &run, Zone: "Europe/Berlin", Locale: "en",
		Quiet: account.Quiet{From: 23 * 60, Until: 7*60 + 30}, Levels: map[string]account.Level{"ready": account.Off},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, line := range []string{"login laptop", "quiet off", "language auto", "preset ssh"} {
		w.says("/settings " + line)
	}
	got = w.mem.profiles[ana]
	if got.SSHKey != "laptop" || got.Quiet != (account.Quiet{}) || got.Locale != "" || got.Preset != "ssh" {
		t.Errorf("profile: %+v", got)
	}
	for _, line := range []string{
		"pay EUR", "preset x", "run never", "login x", "quiet 25:00-07:00", "quiet 1:00-1:00", "quiet x", "zone Mars", "zone Local", "language xx", "alerts x", "alerts ready:loud",
	} {
		if v := w.says("/settings " + line); v.Topic != "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
}

func TestPresetsAreChecked(t *testing.T) {
	w := newWorld(t).withKey()
	add := func(args chat.Args) chat.View {
		args["do"] = "add"
		return w.view(w.dispatch(w.request(ana, chat.Filled, "presets", args)))
	}
	for _, bad := range []chat.Args{
		{"name": "x", "image": "a b"},
		{"name": "x", "image": "-x"},
		{"name": "x", "image": strings.Repeat("a", 300)},
		{"name": "???", "image": "a/b"},
		{"name": "jupyter", "image": "a/b"},
		{"name": "x", "image": "a/b", "ports": "70000"},
		{"name": "x", "image": "a/b", "ports": "80:udp"},
		{"name": "x", "image": "a/b", "ports": "80:http,81:http"},
		{"name": "x", "image": "a/b", "ports": "1,2,3,4,5,6,7,8,9,10,11"},
		{"name": "x", "image": "a/b", "env": "1A=b"},
		{"name": "x", "image": "a/b", "env": "A=b&c"},
		{"name": "x", "image": "a/b", "env": "A=é"},
		{"name": "x", "image": "a/b", "command": strings.Repeat("x", 3001)},
	} {
		if v := add(bad); v.Topic != "error" {
			t.Errorf("%v: %s", bad, dump(v))
		}
	}
	if v := add(chat.Args{"name": "My Image!", "image": "docker.io/owner/name:1.0", "ports": "22/tcp 8080:http", "env": "A=1 B_2=x-y", "command": "echo hi"}); v.Topic != "presets" {
		t.Fatal(dump(v))
	}
	want := map[string]account.Preset{"My-Image": {
		Name: "My-Image", Title: "My Image!", Image: "owner/name:1.0", Ports: map[int]string{22: "tcp", 8080: "http"},
		Env: map[string]string{"A": "1", "B_2": "x-y"}, Command: "echo hi", AutoSSH: true,
	}}
	if diff := cmp.Diff(want, w.mem.profiles[ana].Presets); diff != "" {
		t.Error(diff)
	}
	if v := w.says("/presets delete nope"); v.Topic != "error" {
		t.Error(dump(v))
	}
}

func TestSSHKeysAreChecked(t *testing.T) {
	w := newWorld(t).withKey()
	w.says(`/sshkey add laptop command="rm -rf /",no-pty ` + edKey + " evil comment")
	k := w.mem.profiles[ana].SSHKeys[0]
	if k.Line != edKey || k.Name != "laptop" || !strings.HasPrefix(k.Fingerprint, "SHA256:") {
		t.Errorf("kept %+v", k)
	}
	private := "-----BEGIN OPENSSH PRIVATE KEY----- " + canaryPassword
	for _, line := range []string{"x " + private, "x ssh-rsa AAAA", "x hello"} {
		v := w.view(w.dispatch(w.request(ana, chat.Filled, "sshkey", chat.Args{"do": "add", "line": line})))
		if v.Topic != "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
	for _, line := range []string{"/sshkey use nope", "/sshkey delete nope"} {
		if v := w.says(line); v.Topic != "error" {
			t.Errorf("%s: %s", line, dump(v))
		}
	}
}

func TestLevels(t *testing.T) {
	w := newWorld(t).withKey()
	r := running(1939941)
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{r} })
	ended := func(why rental.EndReason) rental.Event {
		e := r
		e.Stage, e.EndedAt, e.Reason = rental.Ended, start, why
		return rental.Event{Kind: rental.HasEnded, Order: 1939941, Rental: &e}
	}
	ready := rental.Event{Kind: rental.IsReady, Order: 1939941, Rental: &r}
	silent := func(e rental.Event) bool { return w.told(e).Silent }
	if silent(ready) || !silent(ended(rental.ByUser)) || silent(ended(rental.ByHost)) {
		t.Error("the defaults are wrong")
	}
	w.says("/settings quiet 14:00-15:00")
	if !silent(ready) || !silent(ended(rental.ByStop)) {
		t.Error("it rings in quiet hours")
	}
	if silent(ended(rental.ByHost)) || silent(ended(rental.ByFunds)) {
		t.Error("lost money does not ring in quiet hours")
	}
	w.says("/settings quiet 22:00-14:02")
	if silent(ready) {
		t.Error("silent after the quiet hours")
	}
	w.says("/settings quiet 22:00-14:03")
	if !silent(ready) {
		t.Error("it rings in quiet hours across midnight")
	}
	w.says("/settings alerts ended:silent")
	if !silent(ended(rental.ByHost)) {
		t.Error("the user wanted it silent")
	}
	w.says("/settings alerts ready:off")
	if _, err := w.tell(ana.Direct(), ready); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("an alert that is off: %v", err)
	}
}

func TestOvertakenAlertsAreSkipped(t *testing.T) {
	w := newWorld(t).withKey()
	r := running(1939941)
	for _, e := range []rental.Event{
		{Kind: rental.IsReady, Order: 1939941, Rental: &r},
		{Kind: rental.Slow, Order: 1939941, Rental: &r},
		{Kind: rental.Slow},
		{Kind: rental.Progress, Intent: "gone"},
		{Kind: rental.NotFound, Intent: "gone"},
		{Kind: rental.RunwayShort, Runway: time.Hour},
		{Kind: rental.KeyRejected},
	} {
		if _, err := w.tell(ana.Direct(), e); !errors.Is(err, notify.ErrSkip) {
			t.Errorf("%s: %v", e.Kind, err)
		}
	}
	w.mem.ledgers = nil
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.Progress, Intent: "x"}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("a forgotten account: %v", err)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	add := func(args chat.Args) chat.View {
		return w.view(w.dispatch(w.request(ana, chat.Filled, "key", args.With("do", "add"))))
	}
	add(chat.Args{"key": " " + canaryKey + "\n"})
	if len(w.watch) != 1 || w.mem.keys[w.watch[0]].Reveal() != canaryKey {
		t.Fatalf("kept %v", w.watch)
	}
	add(chat.Args{"key": canaryKey}) // the same again
	if len(w.mem.order) != 1 {
		t.Errorf("%d accounts of one key", len(w.mem.order))
	}
	add(chat.Args{"key": strings.Repeat("B", 32), "account": string(w.watch[0])})
	if len(w.mem.order) != 1 || w.mem.ledgers[w.watch[0]].Account.Tail != "BBBB" {
		t.Error("not replaced")
	}
	for _, c := range "CDEFGH" {
		add(chat.Args{"key": strings.Repeat(string(c), 32)})
	}
	if len(w.mem.order) != 5 {
		t.Errorf("%d accounts", len(w.mem.order))
	}
	w.press(w.says("/key"), "Use Account 3")
	if w.mem.profiles[ana].Active != w.mem.order[2] {
		t.Error("the other account is not in use")
	}
	for _, err := range []error{&clore.Error{Code: clore.CodeKey}, clore.ErrUnavailable} {
		w.api.err = err
		before := len(w.mem.keys)
		if v := add(chat.Args{"key": strings.Repeat("Z", 32), "account": string(w.mem.order[0])}); v.Topic != "error" {
			t.Error(dump(v))
		}
		if len(w.mem.keys) != before || w.mem.keys[w.mem.order[0]].Tail() == "ZZZZ" {
			t.Error("an untested key was kept")
		}
	}
}

func TestKeyTypedInALine(t *testing.T) {
	w := newWorld(t)
	_, _, err := chat.ParseLine(w.c.Commands(), "/key "+canaryKey)
	if err == nil || strings.Contains(err.Error(), canaryKey) {
		t.Errorf("the line is answered with %v", err)
	}
	for _, args := range []chat.Args{{"do": canaryKey}, {"do": "add", "key": canaryKey}} {
		if v := w.view(w.dispatch(w.request(ana, chat.Typed, "key", args))); v.Topic != "error" {
			t.Error(dump(v))
		}
	}
	if len(w.mem.keys) != 0 {
		t.Error("kept")
	}
}

func TestForget(t *testing.T) {
	w := newWorld(t).withPreset()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	ask := w.says("/key delete")
	golden(t, "forget", ask, w.view(w.press(ask, "Delete everything")))
	if len(w.mem.keys) != 0 || len(w.mem.profiles) != 0 || len(w.watch) != 1 {
		t.Errorf("left: %v %v", w.mem.keys, w.mem.profiles)
	}
	if v := w.says("/settings pay CLORE"); v.Topic != "settings" {
		t.Fatal(dump(v))
	}
	w.press(w.says("/forget"), "Delete everything")
	if len(w.mem.profiles) != 0 {
		t.Error("settings are kept without a key")
	}
}
