package telegram

import (
	"math"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// Each is one character to whoever reads it.
var clusters = []string{
	"👨‍👩‍👧‍👦", "🇺🇦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "1️⃣", "❤️‍🔥", "e\u0301", "n\u0303\u0323", "한", "\u1112\u1161\u11ab", "กำ", "नि", "❤︎",
}

func TestClustersAreWhole(t *testing.T) {
	for _, c := range clusters {
		var seen cluster
		for i, r := range c + c {
			if joins := seen.joins(r); joins == (i == 0 || i == len(c)) {
				t.Errorf("%q: at byte %d joins: %v", c+c, i, joins)
			}
		}
	}
}

// TestTextIsNotSplitWithinACluster has each end of a message fall at each place of each cluster.
func TestTextIsNotSplitWithinACluster(t *testing.T) {
	for _, c := range clusters {
		for pad := range units(c) + 1 {
			text := strings.Repeat("x", maxVisible-pad) + strings.Repeat(c, 50)
			sheets := split([]piece{{text: text}}, English())
			var back strings.Builder
			for n, s := range sheets {
				part := visible(s)
				if rest := strings.ReplaceAll(strings.TrimLeft(part, "x"), c, ""); rest != "" {
					t.Errorf("%q, %d before the end: message %d has %q", c, pad, n, rest)
				}
				back.WriteString(part)
			}
			if back.String() != text || len(sheets) < 2 {
				t.Errorf("%q: %d messages, of %d bytes %d are left", c, len(sheets), len(text), back.Len())
			}
			for most := range 2*units(c) + 2 {
				short := strings.TrimSuffix(cut("ab"+strings.Repeat(c, 9), most), "…")
				if rest := strings.ReplaceAll(strings.TrimPrefix(short, "ab"), c, ""); rest != "" && rest != "a" {
					t.Errorf("%q is cut to %q", c, short)
				}
			}
		}
	}
}

// TestClusterAcrossPieces has a mark stand in another form than its letter.
func TestClusterAcrossPieces(t *testing.T) {
	head, tail := parted([]piece{{text: "abce"}, {open: "<b>", text: "\u0301d", end: "</b>"}}, 4)
	if visible(head) != "abc" || visible(tail) != "e\u0301d" {
		t.Errorf("got %q and %q", visible(head), visible(tail))
	}
}

// TestEndlessCluster has one character be longer than a message, as a joke or an attack: the text
// goes on all the same.
func TestEndlessCluster(t *testing.T) {
	for _, text := range []string{
		"e" + strings.Repeat("\u0301", 3*maxVisible), strings.Repeat("x ", 100) + strings.Repeat("👩\u200d", 2*maxVisible), strings.Repeat("\u200d", 2*maxVisible),
	} {
		sheets := split([]piece{{text: text}}, English())
		n := 0
		for _, s := range sheets {
			if len(s) == 0 || units(visible(s)) > maxVisible {
				t.Errorf("a message of %d", units(visible(s)))
			}
			n += units(visible(s))
		}
		if most := units(text); n < most-2 || n > most {
			t.Errorf("%d of %d units in %d messages", n, most, len(sheets))
		}
		if short := cut(text, 40); units(short) < 20 {
			t.Errorf("cut to %q", short)
		}
	}
}

// TestSheetsOfClusters sends what people see through a view, as commands do.
func TestSheetsOfClusters(t *testing.T) {
	w := &writer{left: math.MaxInt, say: English(), own: noCommand}
	w.text(chat.Text{chat.P(strings.Repeat("👨‍👩‍👧‍👦", 400)), chat.B(strings.Repeat("🇺🇦", 300))})
	for _, s := range split(w.out, English()) {
		if rest := strings.NewReplacer("👨‍👩‍👧‍👦", "", "🇺🇦", "").Replace(visible(s)); rest != "" {
			t.Errorf("broken: %q", rest)
		}
	}
}
