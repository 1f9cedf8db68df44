package market

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// card is the name of a GPU taken apart. Hosts' machines and people write the same card in many
// ways: "RTX 3060 Ti", "3060ti", "Tesla V100SXM232GB", "v100 sxm2".
type card struct {
	families []string // "rtx", "quadro", sorted
	core     string   // "4090", "a100"; empty for a Titan
	// traits make another card of the same core: "ti", "laptop", "ada". They must agree.
	traits []string
	// forms are ways to build the same card: "sxm4", "pcie". They matter when asked for.
	forms []string
}

// mixed is the model of a machine with different cards.
const mixed = "Mixed"

const (
	families  = " rtx gtx gt tesla quadro titan rx cmp instinct arc "
	forms     = " sxm sxm2 sxm3 sxm4 sxm5 pcie nvl hbm2 hbm2e hbm3 hbm3e sff "
	traits    = " ti super laptop maxq ada pro xt xtx hx d s x g "
	nameNoise = " nvidia geforce amd radeon intel gpu gpus card cards graphics generation edition " +
		"workstation server blackwell design with lhr corporation "
)

// among reports whether a word is in one of the lists above.
func among(list, word string) bool {
	return word != "" && !strings.Contains(word, " ") && strings.Contains(list, " "+word+" ")
}

// readCard takes a name apart. What it cannot place becomes a trait, so that two names with
// different unknown parts stay different cards.
func readCard(name string) card {
	var c card
	name = strings.ReplaceAll(strings.ToLower(name), "max-q", "maxq")
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !alphanumeric(r) }) {
		c.add(word)
	}
	slices.Sort(c.families)
	slices.Sort(c.traits)
	slices.Sort(c.forms)
	c.families = slices.Compact(c.families)
	c.traits = slices.Compact(c.traits)
	c.forms = slices.Compact(c.forms)
	return c
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf
}

// add reads one word of a name, piece by piece: "rtx4070tisuper" has four.
func (c *card) add(word string) {
	for word != "" {
		piece := c.next(word)
		word = word[len(piece):]
		c.place(piece)
	}
}

// next returns the piece that the rest of a word begins with.
func (c *card) next(word string) string {
	if among(nameNoise, word) || among(traits, word) || among(forms, word) || memory(word) != "" {
		return word
	}
	if c.core == "" {
		if f := longest(families, word); f != "" {
			return f
		}
		if core := coreOf(word); core != "" {
			return core
		}
	}
	if digits(word) == len(word) {
		return word
	}
	if m := memoryPrefix(word); m != "" {
		return m
	}
	list := traits
	if c.core != "" {
		list = forms + traits
	}
	if p := longest(list, word); p != "" && (len(p) > 1 || len(p) == len(word)) {
		return p
	}
	return word
}

// place puts a piece where it belongs.
func (c *card) place(piece string) {
	switch {
	case among(nameNoise, piece), memory(piece) != "":
	case piece == "mobile", piece == "notebook":
		c.traits = append(c.traits, "laptop")
	case piece == "s" && c.core != "" && digits(c.core) == len(c.core):
		c.traits = append(c.traits, "super") // 1660s; but an L40S is no L40 Super
	case among(families, piece):
		c.families = append(c.families, piece)
	case c.core == "" && coreOf(piece) == piece:
		c.core = piece
	case c.core != "" && digits(piece) == len(piece):
		c.core += piece // P104-100
	case among(forms, piece):
		c.forms = append(c.forms, piece)
	default:
		c.traits = append(c.traits, piece)
	}
}

// digits counts the digits that a word begins with.
func digits(word string) int {
	n := 0
	for n < len(word) && word[n] >= '0' && word[n] <= '9' {
		n++
	}
	return n
}

// coreOf returns the start of a word that can be the number of a card: up to three letters and
// then digits. Forms such as "sxm4" are none.
func coreOf(word string) string {
	i := 0
	for i < len(word) && word[i] >= 'a' && word[i] <= 'z' {
		i++
	}
	n := digits(word[i:])
	if i > 3 || n == 0 || among(forms, word[:i+n]) || (i > 1 && among(forms+traits, word[:i])) {
		return ""
	}
	return word[:i+n]
}

// longest returns the longest entry of a list that the word begins with.
func longest(list, word string) string {
	best := ""
	for f := range strings.FieldsSeq(list) {
		if len(f) > len(best) && strings.HasPrefix(word, f) {
			best = f
		}
	}
	return best
}

// memory returns the number of a word such as "24gb".
func memory(word string) string {
	if m := memoryPrefix(word); m == word {
		return strings.TrimSuffix(m, "gb")
	}
	return ""
}

func memoryPrefix(word string) string {
	n := digits(word)
	if n == 0 || n > 3 || !strings.HasPrefix(word[n:], "gb") {
		return ""
	}
	return word[:n+2]
}

// word returns the canonical spelling in a query: "rtx4090-laptop".
func (c card) word() string {
	head := strings.Join(c.families, "") + c.core
	parts := slices.Concat([]string{head}, c.traits, c.forms)
	if head == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, "-")
}

// is reports whether a card n of the market is what was asked for.
func (c card) is(n card) bool {
	return c.core == n.core && (c.core != "" || len(c.families) > 0 || len(c.traits) > 0) &&
		slices.Equal(c.traits, n.traits) && subset(c.families, n.families) && c.formsIn(n)
}

// formsIn reports whether n has all the forms asked for; "sxm" is every SXM.
func (c card) formsIn(n card) bool {
	for _, f := range c.forms {
		has := func(g string) bool { return strings.HasPrefix(g, f) }
		if !slices.ContainsFunc(n.forms, has) {
			return false
		}
	}
	return true
}

func subset(some, all []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return true
}

// resembles reports whether the name n contains what was asked for, for names that the table of
// families and traits does not do justice to. A laptop's card is never meant by accident.
func (c card) resembles(n card) bool {
	const least = 3
	asked, name := squeeze(c.word()), squeeze(n.word())
	laptop := slices.Contains(n.traits, "laptop") && !slices.Contains(c.traits, "laptop")
	return len(asked) >= least && !laptop && strings.Contains(name, asked)
}

func squeeze(word string) string { return strings.ReplaceAll(word, "-", "") }

// wanted returns which of the market's cards are meant by a list of names; nil means all.
func wanted(names []string, cards []card) []bool {
	if len(names) == 0 {
		return nil
	}
	want := make([]bool, len(cards))
	for _, name := range names {
		for i, is := range meant(readCard(name), cards) {
			want[i] = want[i] || is
		}
	}
	return want
}

// meant returns which of the market's cards are meant by one that was asked for.
func meant(asked card, cards []card) []bool {
	want := make([]bool, len(cards))
	sameCore := false
	for i, n := range cards {
		want[i] = asked.is(n)
		sameCore = sameCore || (n.core != "" && n.core == asked.core)
	}
	for i, n := range cards {
		want[i] = want[i] || (!sameCore && asked.resembles(n))
	}
	return want
}

// distance is the number of letters to change, add, leave out or swap between two words.
func distance(a, b string) int {
	before, row := []int(nil), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(next[j]+1, row[j+1]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}

// nearest returns the word of a list that was probably meant: at most two letters off, and one
// for a short word; empty when there is none.
func nearest(word string, list []string) string {
	const short, far = 4, 2
	best, least := "", far+1
	if len(word) <= short {
		least = far
	}
	for _, w := range list {
		if d := distance(word, w); d > 0 && d < least && d < len(word) {
			best, least = w, d
		}
	}
	return best
}
