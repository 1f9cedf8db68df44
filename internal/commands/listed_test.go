package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// TestRowsOfTheLastList: a row means what its reader was shown, not what stands there by now.
func TestRowsOfTheLastList(t *testing.T) {
	w := newWorld(t).withKey()
	first, second := running(1939941), running(1939942)
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{first, second} })
	if v := w.says("/extend 1 6h"); !strings.Contains(dump(v), "of which list") {
		t.Errorf("before any list:\n%s", dump(v))
	}
	w.says("/orders")
	w.ledger(func(l *rental.Ledger) { l.Rentals = l.Rentals[1:] }) // the first has ended
	if v := w.says("/extend 1 6h"); v.Topic != "error" {
		t.Errorf("another one is in its place:\n%s", dump(v))
	}
	for _, line := range []string{"/extend 2 6h", "/label 2 two", "/cancel 2"} {
		if v := w.says(line); !strings.Contains(dump(v), "1939942") {
			t.Errorf("%s:\n%s", line, dump(v))
		}
	}
	if got := w.mem.ledgers["acct-1"].Rentals[0]; !got.StopAt.Equal(second.StopAt.Add(6*time.Hour)) || got.Label != "two" {
		t.Errorf("stops %v, label %q", got.StopAt, got.Label)
	}
	for _, line := range []string{"/cancel 3", "/cancel 9"} {
		if v := w.says(line); v.Topic != "error" {
			t.Errorf("%s:\n%s", line, dump(v))
		}
	}
	w.ledger(func(l *rental.Ledger) { l.Rentals[0].Label = "1" }) // a label goes first
	if v := w.says("/order 1"); !strings.Contains(dump(v), "1939942") {
		t.Errorf("a label:\n%s", dump(v))
	}
}

// TestRowsOfReceipts: the list of ended rentals has rows, too.
func TestRowsOfReceipts(t *testing.T) {
	w := newWorld(t).withKey()
	for _, id := range []clore.OrderID{1939930, 1939931} {
		r := running(id)
		r.Stage, r.EndedAt = rental.Ended, w.now.Add(-time.Hour)
		w.mem.history = append(w.mem.history, r)
	}
	list := w.says("/orders done")
	one := w.says("/order 1")
	var shown string
	for _, ctl := range list.Controls() {
		if id, ok := strings.CutPrefix(ctl.Label, "1 · "); ok {
			shown = id
		}
	}
	if shown == "" || !strings.Contains(one.Title, shown) {
		t.Errorf("row 1 is %q in\n%s\nand shows\n%s", shown, dump(list), dump(one))
	}
}

// TestServerNumbersWhereSearchesStand: a number of a server leads to that server, and what stands
// beside it is what is wrong, not the number.
func TestServerNumbersWhereSearchesStand(t *testing.T) {
	w := newWorld(t).withKey()
	for _, line := range []string{"/market #88411", "/market 88411"} {
		if v := w.says(line); v.Topic != "offer" || !strings.Contains(v.Title, "#88411") {
			t.Errorf("%s\n%s", line, dump(v))
		}
	}
	for line, want := range map[string]string{
		"/market #999999":    "#999999",
		"/rent #88411 foo:1": "`foo:1`",
		"/arm 99":            "no such watch",
	} {
		if v := w.says(line); v.Topic != "error" || !strings.Contains(dump(v), want) {
			t.Errorf("%s\n%s", line, dump(v))
		}
	}
	if v := w.says("/market #0"); strings.Contains(dump(v), "Did you mean") {
		t.Errorf("%s", dump(v))
	}
}

// TestLabelsThatMislead: one that would be cut, or taken for an order's number, is refused with words.
func TestLabelsThatMislead(t *testing.T) {
	w := newWorld(t).withKey()
	w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941), running(1939942)} })
	was := w.mem.ledgers["acct-1"].Rentals[0].Label
	for _, label := range []string{"1939942", "#7", strings.Repeat("x", 33)} {
		if v := w.says("/label 1939941 " + label); v.Topic != "error" || w.mem.ledgers["acct-1"].Rentals[0].Label != was {
			t.Errorf("%s:\n%s", label, dump(v))
		}
	}
	for _, label := range []string{"run 7", strings.Repeat("ä", 32)} {
		if w.says("/label 1939941 " + label); w.mem.ledgers["acct-1"].Rentals[0].Label != label {
			t.Errorf("%s: %q", label, w.mem.ledgers["acct-1"].Rentals[0].Label)
		}
	}
}
