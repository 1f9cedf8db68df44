package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// word types the word that a view asks for.
func (w *world) word(v chat.View, word string) chat.View {
	w.t.Helper()
	for _, ctl := range v.Controls() {
		if ctl.Action.Command == "confirm" {
			return w.view(w.dispatch(w.request(ana, chat.Filled, "confirm", ctl.Action.Args.With("word", word))))
		}
	}
	w.t.Fatalf("no word is asked for:\n%s", dump(v))
	return chat.View{}
}

// armed arms the watch of a line's search and returns its ID.
func armed(t *testing.T) (w *world, id string) {
	t.Helper()
	w, id = watching(t)
	if v := w.word(w.says("/arm 1 max:0.10 count:2 run:6h for:7d"), "arm"); v.Topic != "armed" {
		t.Fatal(dump(v))
	}
	return w, id
}

func TestArmViews(t *testing.T) {
	w, id := watching(t)
	noPrice := w.view(w.press(w.says("/watch"), "1 ·"))
	noPrice = w.view(w.press(noPrice, "Arm"))
	card := w.view(w.press(noPrice, "Up to 0.09"))
	two := w.view(w.press(card, "Rent 2"))
	long := w.view(w.press(two, "Each for 24h"))
	wrong := w.word(long, "yes")
	if w.mandates() != nil || w.watches.List(ana)[0].Mandate != "" {
		t.Fatal("armed without the word")
	}
	done := w.word(wrong, "Arm")
	views := []chat.View{noPrice, card, two, long, wrong, done, w.says("/watch"), w.says("/watch 4090"), w.says("/arm 1 max:1"), w.says("/permissions")}
	views = append(views, w.told(w.looks(cheaper(88412, 150))[0]))
	golden(t, "arm", stable(w, views...)...)
	golden(t, "arm-errors", w.says("/arm 2"), w.says("/arm x"))
	m, kept := w.mandates()[0], w.watches.List(ana)[0]
	if kept.Mandate != m.ID || kept.Account != "acct-1" || !kept.Armed.Equal(m.Until) || m.Watch != id || m.Cause != rental.ForWatch {
		t.Errorf("watch %+v, mandate %+v", kept, m)
	}
	if m.Count != 2 || m.Tries != 4 || m.RunFor != 24*time.Hour || m.Query != "4090" || m.Pay[0] != money.USD || m.Patience == 0 ||
		!m.Until.Equal(start.Add(3*24*time.Hour)) || m.Preset.Image == "" {
		t.Errorf("%+v", m)
	}
}

// TestArmBounds reads what can be asked for, and what is refused.
func TestArmBounds(t *testing.T) {
	w, _ := watching(t)
	arm := func(args chat.Args) chat.View {
		return w.view(w.dispatch(w.request(ana, chat.Typed, "arm", args.With("watch", "1"))))
	}
	for _, args := range []chat.Args{
		{},
		{"max": "0"},
		{"max": "-1"},
		{"max": "cheap"},
		{"max": "1", "count": "0"},
		{"max": "1", "count": "9"},
		{"max": "1", "for": "8d"},
		{"max": "1", "for": "30m"},
		{"max": "1", "total": "0"},
		{"max": "1", "total": "1000000"},
		{"max": "1", "run": "none"},
		{"max": "1", "run": "soon"},
		{"max": "1", "preset": "nope"},
	} {
		if v := arm(args); v.Topic != "error" || strings.Contains(dump(v), "my side") {
			t.Errorf("%v: %s", args, dump(v))
		}
	}
	w.word(arm(chat.Args{"max": "0.25", "total": "3.5", "for": "12h", "run": "2h", "count": "3", "preset": "cuda"}), "ARM")
	m := w.mandates()[0]
	if m.Hour != money.Coin/4 || m.Total != 35*money.Coin/10 || m.Count != 3 || m.RunFor != 2*time.Hour || m.Preset.Name != "cuda" ||
		!m.Until.Equal(start.Add(12*time.Hour)) {
		t.Errorf("%+v", m)
	}
}

// A price in the search is the bound, and the mandate never outlives the watch.
func TestArmTakesThePriceOfTheSearch(t *testing.T) {
	w := newWorld(t).withPreset()
	w.says("/watch 4090 <0.30/h for:2h")
	w.word(w.says("/arm 1"), "ARM")
	if m := w.mandates()[0]; m.Hour != 3*money.Coin/10 || !m.Until.Equal(start.Add(2*time.Hour)) {
		t.Errorf("%+v", m)
	}
}

// The end of the watch may be moved while its card asks for the word.
func TestArmEndsWithTheWatch(t *testing.T) {
	w, id := watching(t)
	card := w.says("/arm 1 max:0.10 for:7d")
	w.dispatch(w.request(ana, chat.Pressed, "watch-set", chat.Args{"id": id, "do": "life", "v": "1d"}))
	w.word(card, "ARM")
	if m, kept := w.mandates()[0], w.watches.List(ana)[0]; kept.ID != id || !m.Until.Equal(kept.Expires) || !kept.Armed.Equal(m.Until) {
		t.Errorf("the watch ends at %v, its permission at %v", kept.Expires, m.Until)
	}
}

func TestDisarm(t *testing.T) {
	for name, end := range map[string]func(*world, string){
		"disarm":    func(w *world, _ string) { w.press(w.says("/watch 4090"), "Disarm") },
		"take back": func(w *world, _ string) { w.press(w.says("/permissions"), "Take back") },
		"remove": func(w *world, _ string) {
			w.press(w.view(w.press(w.says("/watch 4090"), "Stop watching…")), "Stop watching")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, id := armed(t)
			if v := w.says("/watch 4090"); !strings.Contains(dump(v), "armed: up to 0.1") {
				t.Fatal(dump(v))
			}
			end(w, id)
			if m := w.mandates(); len(m) != 1 || m[0].Active() {
				t.Fatalf("%+v", m)
			}
			if name == "remove" {
				if len(w.watches.List(ana)) != 0 {
					t.Error("the watch is left")
				}
				return
			}
			if v := w.says("/watch 4090"); strings.Contains(dump(v), "armed:") || !strings.Contains(dump(v), "Arm: rent") {
				t.Error(dump(v))
			}
			if v := w.word(w.says("/arm 1 max:0.10"), "ARM"); v.Topic != "armed" || len(w.mandates()) != 2 {
				t.Errorf("cannot be armed again: %s", dump(v))
			}
		})
	}
}

// TestArmOnce: two cards of one watch give one permission, and only to whom they were shown.
func TestArmOnce(t *testing.T) {
	w, id := watching(t)
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	one, two := w.says("/arm 1 max:0.10"), w.says("/arm 1 max:0.20")
	if v := w.view(w.dispatch(w.request(eve, chat.Filled, "confirm", one.Rows[0][0].Action.Args.With("word", "ARM")))); v.Topic != "error" {
		t.Error(dump(v))
	}
	if v := w.view(w.dispatch(w.request(eve, chat.Pressed, "arm", chat.Args{"watch": id, "max": "1"}))); v.Topic != "error" {
		t.Error(dump(v))
	}
	w.word(one, "ARM")
	for _, v := range []chat.View{one, two} {
		if v := w.word(v, "ARM"); v.Topic != "error" {
			t.Error(dump(v))
		}
	}
	if m := w.mandates(); len(m) != 1 || m[0].Hour != money.Coin/10 {
		t.Errorf("%+v", m)
	}
}

// TestArmRefused: a permission that cannot be given leaves no trace on the watch.
func TestArmRefused(t *testing.T) {
	w, id := watching(t)
	card := w.says("/arm 1 max:0.10")
	w.ledger(func(l *rental.Ledger) { l.Freeze(w.now) })
	if v := w.word(card, "ARM"); v.Topic != "error" {
		t.Error(dump(v))
	}
	w.ledger(func(l *rental.Ledger) { l.Unfreeze() })
	late := w.says("/arm 1 max:0.10")
	if _, err := w.watches.Remove(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	if v := w.word(late, "ARM"); v.Topic != "error" {
		t.Errorf("armed although it is not there: %s", dump(v))
	}
	if m := w.mandates(); len(m) != 0 {
		t.Errorf("%+v", m)
	}
	nobody := newWorld(t)
	nobody.says("/watch 4090")
	if v := nobody.says("/arm 1 max:0.10"); v.Topic != "error" || !strings.Contains(dump(v), "Add key") {
		t.Errorf("without a key: %s", dump(v))
	}
}

func TestArmSuggestsWatches(t *testing.T) {
	w, id := watching(t)
	got := w.c.Complete(t.Context(), w.request(ana, chat.Typed, "arm", nil), "watch", "40")
	if len(got) != 1 || got[0].Value != id || got[0].Label != "1 · 4090" {
		t.Errorf("%+v", got)
	}
	if got := w.c.Complete(t.Context(), w.request(ana, chat.Typed, "arm", nil), "watch", "h100"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestArmSaysWhatItBuysAtOnce: what is there already is bought, too, and only what is cheap enough.
func TestArmSaysWhatItBuysAtOnce(t *testing.T) {
	w, id := watching(t)
	for max, want := range map[string]string{"0.01": "Nothing matches", "0.10": "already", "0.084": "already"} {
		card := w.says("/arm 1 max:" + max)
		if s := dump(card); !strings.Contains(s, want) || want == "already" && !strings.Contains(s, "#88411") {
			t.Errorf("%s: %s", max, s)
		}
	}
	done := w.word(w.says("/arm 1 max:0.10"), "ARM")
	if !strings.Contains(dump(done), "I rent *#88411*") {
		t.Error(dump(done))
	}
	snoozed := w.dispatch(w.request(ana, chat.Pressed, "watch-set", chat.Args{"id": id, "do": "snooze", "v": "8h"}))
	if n, ok := snoozed.(chat.Notice); ok && !strings.Contains(n.Text, "rents all the same") {
		t.Error(n.Text)
	}
	if v := w.says("/watch 4090"); !strings.Contains(dump(v), "rents all the same") {
		t.Error(dump(v))
	}
}
