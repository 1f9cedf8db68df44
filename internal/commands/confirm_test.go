package commands_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/rental"
)

// worded is a world with one rental whose end waits for a typed word.
func worded(t *testing.T) *world {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
	w.mem.confirmations["c"] = commands.Confirmation{
		ID: "c", User: ana, Do: "cancel", Account: "acct-1", Order: 1939941, Word: "STOP 1", Expires: w.now.Add(5 * time.Minute),
	}
	return w
}

func (w *world) types(word string) chat.View {
	w.t.Helper()
	return w.view(w.dispatch(w.request(ana, chat.Filled, "confirm", chat.Args{"id": "c", "word": word})))
}

func (w *world) cancelled() bool {
	return w.mem.ledgers["acct-1"].Rentals[0].Cancel != nil
}

func TestTypedWord(t *testing.T) {
	for word, ok := range map[string]bool{
		"STOP 1": true, " stop  1 ": true, "“Stop 1”": true, "`STOP 1`.": true,
		"STOP 2": false, "STOP": false, "yes": false, "STOP 11": false, "1": false, "STOP1": false,
	} {
		w := worded(t)
		v := w.types(word)
		if w.cancelled() != ok || ok != (v.Topic == "cancelling") {
			t.Errorf("%q: cancelled %v, %s", word, w.cancelled(), dump(v))
		}
		if !ok && (v.Topic != "error" || !strings.Contains(dump(v), "STOP 1")) {
			t.Errorf("%q is refused without the word that is wanted: %s", word, dump(v))
		}
	}
}

// TestTypedWordAfterAnotherOne goes on from the refusal of a wrong word.
func TestTypedWordAfterAnotherOne(t *testing.T) {
	w := worded(t)
	again := w.types("yes").Controls()[0].Action
	cmd := chat.Find(w.c.Commands(), again.Command)
	p := chat.NewPrompt(cmd, again.Args, time.Time{})
	if param, asked := p.Next(); !asked || param.Name != "word" || param.Summary == "" {
		t.Fatalf("asks for %v", param)
	}
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = chat.LoadPrompt(w.c.Commands(), stored); err != nil { // the bot was restarted
		t.Fatal(err)
	}
	if err := p.Answer("stop 1"); err != nil {
		t.Fatal(err)
	}
	w.dispatch(w.request(ana, chat.Filled, cmd.Name, p.Args()))
	if !w.cancelled() {
		t.Error("the right word after a wrong one does nothing")
	}
}

// TestTypedWordIsBound tries what must not confirm: a tap, another person, a late word, a second one.
func TestTypedWordIsBound(t *testing.T) {
	w := worded(t)
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: eve.Platform, User: eve.ID, Role: account.Member})
	w.dispatch(w.request(ana, chat.Pressed, "do", chat.Args{"id": "c"}))
	w.dispatch(w.request(ana, chat.Pressed, "do", chat.Args{"id": "c", "word": "STOP 1"})) // "do" knows no word
	w.dispatch(w.request(eve, chat.Filled, "confirm", chat.Args{"id": "c", "word": "STOP 1"}))
	if w.cancelled() {
		t.Fatal("confirmed without its owner's word")
	}
	before := w.now
	w.now = w.now.Add(5 * time.Minute)
	if v := w.types("STOP 1"); v.Topic != "error" || w.cancelled() {
		t.Fatalf("too late: %s", dump(v))
	}
	w.now = before
	w.types("STOP 1")
	if v := w.types("STOP 1"); v.Topic != "error" || !w.cancelled() {
		t.Errorf("a second time: %s", dump(v))
	}
}
