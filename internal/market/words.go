package market

import (
	"slices"
	"strconv"
	"strings"

	"github.com/clorebot/clorebot/internal/money"
)

// words reads a token that stands in no condition: models, flags, countries, counts.
func (p *parser) words(t token) error {
	if p.bareCount(t) {
		return nil
	}
	if perDay, c, reason := readPrice(t.text); reason == "" && strings.ContainsAny(t.text, "./$€") {
		p.endModel()
		return p.addPrice(PriceRange{Bounds[money.Amount]{Max: perDay}, c}, t) // "0.35/h" alone
	}
	for _, w := range pieces(t) {
		if err := p.word(w); err != nil {
			return err
		}
		if len(w.text) != len(t.text) {
			p.endModel()
		}
	}
	return nil
}

// bareCount reads "2 x 4090" and "2 gpus".
func (p *parser) bareCount(t token) bool {
	if len(p.tokens) == 0 || !isCount(t.text) || !among(" x × gpu gpus card cards ", p.tokens[0].text) {
		return false
	}
	p.pop()
	return p.setCount(t.text)
}

func isCount(s string) bool {
	return len(s) > 0 && len(s) <= 2 && digits(s) == len(s) && s[0] != '0'
}

func (p *parser) setCount(s string) bool {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return false
	}
	p.endModel()
	p.q = p.q.With(GPUs, Exactly(float64(n)))
	return true
}

func (p *parser) word(t token) error {
	text := t.text
	if p.flag(text) {
		p.endModel()
		return nil
	}
	if before, after, ok := counted(text); ok && p.counts(before, after) {
		if after == "" {
			return nil
		}
		text = after
	} else if before, after, ok := countedAfter(text); ok {
		text = before
		defer p.setCount(after)
	}
	return p.model(token{text: text, raw: t.raw, offset: t.offset})
}

func (p *parser) counts(n, rest string) bool {
	if rest == "" || modelLike(rest) || among(families+traits, rest) || rest == mixedWord {
		return p.setCount(n)
	}
	return false
}

// counted splits "2x4090" and "2x".
func counted(s string) (count, rest string, ok bool) {
	s = strings.Replace(s, "×", "x", 1)
	count, rest, ok = strings.Cut(s, "x")
	return count, rest, ok && isCount(count)
}

// countedAfter splits "4090x2" and "x2".
func countedAfter(s string) (rest, count string, ok bool) {
	s = strings.Replace(s, "×", "x", 1)
	i := strings.LastIndexByte(s, 'x')
	if i < 0 || !isCount(s[i+1:]) {
		return "", "", false
	}
	rest = s[:i]
	return rest, s[i+1:], rest == "" || modelLike(rest) && coreOf(s) != s
}

const mixedWord = "mixed"

// modelLike reports whether a word has the number of a card in it: three digits or four, or
// letters and digits as in "t4" and "a100".
func modelLike(word string) bool {
	c := readCard(word)
	n := len(c.core)
	letters := strings.TrimRight(c.core, "0123456789")
	_, _, key := fieldOf(letters)
	switch {
	case n == 0 || key || letters == "x" && n <= 3: // "rel98", "x2"
		return false
	case digits(c.core) == n:
		return n >= 3 && n <= 4
	default:
		return n <= 7
	}
}

// model reads a word that can only belong to a model, or to nothing we know.
func (p *parser) model(t token) error {
	if t.text == "" {
		return nil
	}
	c := readCard(t.text)
	switch {
	case memory(t.text) != "":
		p.memory, _ = strconv.ParseFloat(memory(t.text), 64)
	case among(nameNoise, t.text) || among(" and or on in for ", t.text):
	case t.text == mixedWord:
		p.startModel(t.text)
		p.endModel()
	case strings.HasPrefix(t.text, "titan") && c.core == "":
		p.startModel(t.text)
	case len(p.phrase) > 0 && p.open && p.detail(t.text, c):
		p.phrase = append(p.phrase, t.text)
	case fieldWithout(t.text) != "":
		return mistake(t, MissingOperator, fieldWithout(t.text))
	case c.core != "" && modelLike(t.text) && p.knows(c):
		p.addCore(t.text)
	case among(families, t.text) || len(p.phrase) == 0 && t.text == "pro":
		p.addFamily(t.text)
	default:
		if cc, ok := country(t.text); ok {
			p.endModel()
			p.addCountry(cc, false)
			return nil
		}
		return mistake(t, UnknownWord, p.meant(t.text, c))
	}
	return nil
}

// meant returns what a word nobody knows was probably meant to be.
func (p *parser) meant(word string, c card) string {
	for i, trait := range c.traits {
		if !among(traits, trait) {
			c.traits[i] = nearest(trait, strings.Fields(traits))
		}
	}
	if c.core == "" || slices.Contains(c.traits, "") || c.word() == word {
		return nearest(word, p.vocabulary())
	}
	return c.word()
}

// fieldWithout returns what "vram48" was to be, or "".
func fieldWithout(word string) string {
	name := strings.TrimRight(word, "0123456789.,%")
	f, times, ok := fieldOf(name)
	if !ok || among(nameNoise, word) {
		return ""
	}
	rest := word[len(name):]
	if _, reason := f.value(rest, times, false); reason != "" {
		rest = ""
	}
	return name + least(name) + rest
}

// knows reports whether the unknown parts of a name are ones that the market has, so that a
// slip such as "4090lapotp" is noticed.
func (p *parser) knows(c card) bool {
	const short = 2
	for _, trait := range c.traits {
		if len(trait) > short && !among(traits, trait) && !p.hasTrait(trait) {
			return false
		}
	}
	return true
}

func (p *parser) hasTrait(trait string) bool {
	return slices.ContainsFunc(p.models, func(m string) bool {
		return slices.Contains(readCard(m).traits, trait)
	})
}

// detail reports whether a word can follow a model: "4090 laptop", "titan v", "p104 100".
func (p *parser) detail(word string, c card) bool {
	if among(traits+forms, word) || word == "mobile" || word == "notebook" {
		return true
	}
	soFar := readCard(strings.Join(p.phrase, " "))
	if soFar.core == "" && slices.Contains(soFar.families, "titan") {
		return len(word) <= 2
	}
	return len(c.traits) == 1 && p.hasTrait(word)
}

// addCore adds a word with the number of a card: to the family before it, or as a new model.
func (p *parser) addCore(word string) {
	if readCard(strings.Join(p.phrase, " ")).core != "" || !p.open {
		p.endModel()
	}
	p.phrase = append(p.phrase, word)
	p.open = true
}

func (p *parser) addFamily(word string) {
	if readCard(strings.Join(p.phrase, " ")).core != "" {
		p.endModel()
	}
	p.phrase = append(p.phrase, word)
	p.open = true
}

func (p *parser) startModel(word string) {
	p.endModel()
	p.phrase, p.open = []string{word}, true
}

// endModel closes the model that is being read.
func (p *parser) endModel() {
	if len(p.phrase) > 0 {
		word := readCard(strings.Join(p.phrase, " ")).word()
		if word != "" && !slices.Contains(p.q.Models, word) {
			p.q.Models = append(p.q.Models, word)
		}
	}
	p.phrase, p.open = nil, false
}

// vocabulary lists the words for suggestions.
func (p *parser) vocabulary() []string {
	list := []string{"spot", "all", "on-demand", "laptop", "super"}
	for _, f := range Fields() {
		list = append(list, string(f))
	}
	list = append(list, otherKeys()...)
	for _, m := range p.models {
		list = append(list, readCard(m).word())
	}
	for _, s := range readSpecs() {
		list = append(list, s.card.word(), s.card.core)
	}
	return list
}
