package market

import (
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// MaxQuery is the longest query in bytes.
const MaxQuery = 500

// ParseQuery reads a query; see the package's description of the language. models are the names
// that suggestions may be taken from besides the well-known ones, such as [Snapshot.Names]. An
// error is always a [*QueryError].
func ParseQuery(s string, models ...string) (Query, error) {
	if len(s) > MaxQuery {
		return Query{}, &QueryError{Reason: TooLong, Offset: MaxQuery}
	}
	p := parser{tokens: tokens(s), models: models}
	for len(p.tokens) > 0 {
		if err := p.item(); err != nil {
			return Query{}, err
		}
	}
	q := p.finish()
	if len(q.String()) > MaxQuery {
		return Query{}, &QueryError{Reason: TooLong, Offset: len(s)}
	}
	return q, nil
}

// parser reads tokens from the front.
type parser struct {
	tokens []token
	q      Query
	open   bool // the last model may get more words: "rtx", "4090", "laptop"
	phrase []string
	memory float64 // of "24gb", GB
	models []string
}

// mistake returns the error for a token.
func mistake(t token, reason Reason, suggestion string) error {
	const shown = 64
	word := t.raw
	if len(word) > shown {
		word = strings.ToValidUTF8(word[:shown], "")
	}
	return &QueryError{Word: word, Offset: t.offset, Reason: reason, Suggestion: suggestion}
}

func (p *parser) pop() token {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// peekOp returns the operator that comes next, or "".
func (p *parser) peekOp() string {
	if len(p.tokens) > 0 && p.tokens[0].op {
		return p.tokens[0].text
	}
	return ""
}

// item reads one condition or word.
func (p *parser) item() error {
	t := p.pop()
	switch {
	case t.op && t.text == "!":
		p.endModel()
		return p.countries(t, true)
	case t.op && t.text == "=" && t.raw != ":":
		return mistake(t, BadOperator, "<=")
	case t.op:
		p.endModel()
		return p.price(t, t.text)
	case p.peekOp() != "" && isKey(t.text):
		p.endModel()
		return p.condition(t, p.pop())
	case p.bareLimit(t):
		p.endModel()
		return p.condition(t, token{text: least(t.text), op: true})
	default:
		return p.words(t)
	}
}

// isKey reports whether a word may stand before an operator. Others, as in "4090 <0.3", are
// words of their own.
func isKey(word string) bool {
	if _, _, ok := fieldOf(word); ok {
		return true
	}
	return slices.Contains(otherKeys(), word)
}

// bareLimit reports whether a key is followed by a number without an operator: "vram 48". In
// "a100 pcie 40gb" and "gpu 4090" it is none.
func (p *parser) bareLimit(t token) bool {
	_, _, ok := fieldOf(t.text)
	if !ok || len(p.tokens) == 0 || digits(p.tokens[0].text) == 0 {
		return false
	}
	if among(nameNoise, t.text) {
		return isCount(p.tokens[0].text)
	}
	return !p.open || !among(forms, t.text)
}

// least returns the operator that is meant when there is none.
func least(key string) string {
	if f, _, _ := fieldOf(key); f == GPUs {
		return "="
	}
	return ">="
}

func otherKeys() []string {
	return []string{
		"price", "cc", "country", "geo", "geolocation", "host", "owner", "pay", "coin", "currency",
		"sort", "order", "type", "kind",
	}
}

// condition reads what follows a key and its operator.
func (p *parser) condition(key, op token) error {
	if f, times, ok := fieldOf(key.text); ok {
		return p.limit(f, times, key, op)
	}
	switch key.text {
	case "price":
		return p.price(op, op.text)
	case "cc", "country", "geo", "geolocation":
		if op.text != "=" && op.text != "!=" {
			return mistake(op, BadOperator, "=")
		}
		return p.countries(op, op.text == "!=")
	}
	if op.text != "=" {
		return mistake(op, BadOperator, "=")
	}
	value, err := p.value(op)
	if err != nil {
		return err
	}
	switch key.text {
	case "host", "owner":
		return p.hosts(value)
	case "pay", "coin", "currency":
		return p.pay(value)
	case "type", "kind":
		if !p.flag(value.text) {
			return mistake(value, UnknownWord, nearest(value.text, []string{"spot", "on-demand"}))
		}
		return nil
	default:
		return p.sort(value)
	}
}

// value returns the word after an operator.
func (p *parser) value(op token) (token, error) {
	if len(p.tokens) == 0 || p.tokens[0].op {
		return token{}, mistake(op, MissingValue, "")
	}
	return p.pop(), nil
}

// list returns the words of a comma list after an operator; a comma at the end of a token, or
// at the start of the next, continues it.
func (p *parser) list(op token) ([]token, error) {
	t, err := p.value(op)
	if err != nil {
		return nil, err
	}
	all := pieces(t)
	for len(p.tokens) > 0 && !p.tokens[0].op &&
		(strings.HasSuffix(t.text, ",") || strings.HasPrefix(p.tokens[0].text, ",")) {
		t = p.pop()
		all = append(all, pieces(t)...)
	}
	if len(all) == 0 {
		return nil, mistake(t, MissingValue, "")
	}
	return all, nil
}

// pieces splits a token at commas.
func pieces(t token) []token {
	var all []token
	for offset := 0; offset <= len(t.text); {
		end := strings.IndexByte(t.text[offset:], ',')
		if end < 0 {
			end = len(t.text) - offset
		}
		if end > 0 && len(t.text) == len(t.raw) {
			all = append(all, token{
				text: t.text[offset : offset+end], raw: t.raw[offset : offset+end], offset: t.offset + offset,
			})
		}
		offset += end + 1
	}
	if len(all) == 0 && len(t.text) != len(t.raw) {
		return []token{t} // lower case has another length: no word of ours
	}
	return all
}

func (p *parser) countries(op token, not bool) error {
	list, err := p.list(op)
	if err != nil {
		return err
	}
	for _, t := range list {
		cc, ok := country(t.text)
		if !ok {
			return mistake(t, UnknownCountry, "")
		}
		p.addCountry(cc, not)
	}
	return nil
}

func (p *parser) addCountry(cc string, not bool) {
	to := &p.q.In
	if not {
		to = &p.q.NotIn
	}
	if !slices.Contains(*to, cc) {
		*to = append(*to, cc)
	}
}

func (p *parser) hosts(value token) error {
	for _, t := range pieces(value) {
		n, err := number(t.text)
		if err != nil || n != float64(int64(n)) || n < 1 {
			return mistake(t, BadNumber, "")
		}
		p.q.Hosts = append(p.q.Hosts, int64(n))
	}
	return nil
}

func (p *parser) pay(value token) error {
	for _, t := range pieces(value) {
		c, ok := coin(t.text)
		if !ok {
			return mistake(t, UnknownCurrency, nearest(t.text, coinWords()))
		}
		if !slices.Contains(p.q.Pay, c) {
			p.q.Pay = append(p.q.Pay, c)
		}
	}
	return nil
}

func (p *parser) sort(value token) error {
	s, ok := parseSort(value.text)
	if !ok {
		var keys []string
		for _, k := range SortKeys() {
			keys = append(keys, k.Word())
		}
		return mistake(value, UnknownSort, nearest(strings.TrimLeft(value.text, "-+"), keys))
	}
	p.q.Sort = s
	return nil
}

// flag reads a word that stands for itself.
func (p *parser) flag(word string) bool {
	switch word {
	case "spot", "bid", "interruptible":
		p.q.Kind = clore.Spot
	case "on-demand", "ondemand", "od", "demand":
		p.q.Kind = ""
	case "all", "any", "rented":
		p.q.All = true
	default:
		return false
	}
	return true
}

// finish orders what was read, so that equal queries are equal values.
func (p *parser) finish() Query {
	p.endModel()
	if p.memory > 0 {
		r := AtLeast(p.memory)
		if len(p.q.Models) > 0 {
			r = Exactly(p.memory) // "3060 12gb" names a variant
		}
		if old, ok := p.q.Limits[CardVRAM]; ok {
			r = r.and(old)
		}
		p.q = p.q.With(CardVRAM, r)
	}
	slices.Sort(p.q.In)
	slices.Sort(p.q.NotIn)
	slices.Sort(p.q.Hosts)
	p.q.Hosts = slices.Compact(p.q.Hosts)
	return p.q
}

func coinWords() []string { return []string{"usd", "clore", "btc", "bitcoin"} }

// coin reads the name of a currency.
func coin(word string) (money.Currency, bool) {
	switch word {
	case "$", "€", "usdt", "usdc":
		return money.USD, true
	case "₿":
		return money.BTC, true
	}
	c, err := money.ParseCurrency(word)
	return c, err == nil
}
