package telegram

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clorebot/clorebot/internal/chat"
)

// TestSplitEnds: whatever stands beside a piece that fills a message alone, the text comes to an
// end, in messages that fit.
func TestSplitEnds(t *testing.T) {
	whole := func(kind chat.SpanKind, n int) piece {
		tag := map[chat.SpanKind]string{chat.Block: "pre", chat.Code: "code"}[kind]
		return piece{kind: kind, open: "<" + tag + ">", text: strings.Repeat("a", n), end: "</" + tag + ">"}
	}
	for name, all := range map[string][]piece{
		"a joiner before":     {{text: "x\u200d"}, whole(chat.Block, 4095)},
		"a mark behind":       {whole(chat.Block, 4096), {text: "\u0301b c d"}},
		"non-joiners behind":  {whole(chat.Block, 4095), {text: "\u200c\u200cb"}},
		"nothing but a mark":  {whole(chat.Code, 4096), {text: "\u0301"}},
		"too long by itself":  {whole(chat.Block, 4097), {text: "b"}},
		"marks and no letter": {{text: strings.Repeat("\u0301", 9000)}},
	} {
		t.Run(name, func(t *testing.T) {
			if sheets := split(all, English()); len(sheets) < 2 {
				t.Errorf("%d messages", len(sheets))
			}
		})
	}
}

func TestSplitEndsAtRandom(t *testing.T) {
	alphabet := []rune("ab .\n/@&<>\u200d\u0301\u200c😀🇩🇪\r")
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var all []piece
		for range 1 + r.IntN(12) {
			n := []int{r.IntN(6), r.IntN(5000), 4000 + r.IntN(97)}[r.IntN(3)]
			some := alphabet[r.IntN(len(alphabet)):]
			var b strings.Builder
			for range n {
				b.WriteRune(some[r.IntN(len(some))])
			}
			p := piece{text: b.String()}
			switch r.IntN(4) {
			case 0:
				p.kind, p.open, p.end = chat.Code, "<code>", "</code>"
			case 1:
				p.kind, p.open, p.end = chat.Block, "<pre>", "</pre>"
			}
			if p.text != "" && (!p.whole() || fits([]piece{p})) {
				all = append(all, p)
			}
		}
		for _, sheet := range split(all, English()) {
			if !fits(sheet) {
				t.Errorf("seed %d: a message is too large", seed)
			}
		}
	}
}
