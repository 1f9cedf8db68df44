package market

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/clorebot/clorebot/internal/money"
)

// most bounds the numbers of a query; no machine has more of anything.
const most = 1e9

// number reads a plain decimal number.
func number(s string) (float64, error) {
	a, err := money.Parse(decimal(s))
	if err != nil || strings.ContainsAny(s, "e-") {
		return 0, money.ErrSyntax
	}
	n, err := strconv.ParseFloat(decimal(s), 64)
	if err != nil || n > most || a < 0 {
		return 0, money.ErrRange
	}
	return n, nil
}

// decimal accepts what people write for a decimal number: ".35", "0,35", "5.".
func decimal(s string) string {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	return strings.TrimSuffix(s, ".")
}

// split divides a value into its number and its unit, with a sign of currency on either side in
// the unit: "$0.35/h" is "0.35" and "$/h".
func split(s string) (num, unit string) {
	start := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r == '.' })
	if start < 0 {
		return "", s
	}
	end := len(s)
	if i := strings.IndexFunc(s[start:], func(r rune) bool { return !numeric(r) }); i >= 0 {
		end = start + i
	}
	num = strings.TrimRight(s[start:end], ",")
	return num, s[:start] + s[end:]
}

func numeric(r rune) bool { return unicode.IsDigit(r) && r < 128 || r == '.' || r == ',' }

// ends splits a range "24..48" or "24-48"; a value that is none has equal ends.
func ends(s string) (from, to string) {
	for _, sep := range []string{"..", "…", "–", "-"} {
		if a, b, ok := strings.Cut(s, sep); ok && a != "" && b != "" {
			return a, strings.TrimLeft(b, ".")
		}
	}
	return s, s
}

// limit reads the value of a condition on a field.
func (p *parser) limit(f Field, times float64, key, op token) error {
	value, err := p.value(op)
	if err != nil {
		return err
	}
	from, to := value.text, value.text
	if op.text == "=" {
		from, to = ends(value.text)
	}
	p.unitWord(&to, func(u string) bool { _, ok := f.unit(u); return ok })
	low, reason := f.value(from, times, false)
	high, other := f.value(to, times, true)
	if reason == "" {
		reason = other
	}
	if reason != "" {
		return mistake(value, reason, "")
	}
	var r Range
	switch op.text {
	case "=":
		r = Range{Min: low, Max: high}
	case ">", ">=":
		r = Range{Min: low, MinOpen: op.text == ">"}
	case "<=":
		r = Range{Max: high}
	case "<":
		r = Range{Max: low, MaxOpen: true} // "cuda<12" is before 12.0
	default:
		return mistake(op, BadOperator, ">=")
	}
	bounded := op.text != ">" && op.text != ">="
	r = p.q.Limits[f].and(r)
	if r.empty() || (bounded && r.Max == 0) {
		return mistake(key, Contradiction, "")
	}
	if r == (Range{}) {
		return nil
	}
	p.q = p.q.With(f, r)
	return nil
}

// unitWord appends the next token to a number when it is its unit: "0.35 usd/h", "48 gb".
func (p *parser) unitWord(value *string, isUnit func(string) bool) {
	if len(p.tokens) == 0 || p.tokens[0].op {
		return
	}
	next := p.tokens[0].text
	if len(p.tokens) > 1 && p.tokens[1].op && isKey(next) {
		return // "hours>2 hours<9"
	}
	if _, unit := split(*value); unit == "" && digits(next) == 0 && isUnit(next) {
		*value += next
		p.pop()
	}
}

// value reads a number of the field with its unit. upper is true for a bound from above.
func (f Field) value(s string, times float64, upper bool) (float64, Reason) {
	num, unit := split(s)
	n, err := number(num)
	if err != nil {
		return 0, BadNumber
	}
	factor, ok := f.unit(unit)
	if !ok {
		return 0, BadUnit
	}
	switch f {
	case CUDA:
		return cudaValue(decimal(num), upper)
	case Reliability:
		if n <= 1 && unit != "%" {
			n *= 100
		}
		if n > 100 {
			return 0, BadNumber
		}
	}
	n = round(n * times * factor)
	if n > most {
		return 0, BadNumber
	}
	return n, ""
}

// cudaValue reads a version; one without a minor part is the last of its kind as an upper bound.
func cudaValue(s string, upper bool) (float64, Reason) {
	major, minor, dotted := strings.Cut(s, ".")
	if len(major) > 3 || len(minor) > 2 || minor == strconv.Itoa(lastMinor) {
		return 0, BadNumber
	}
	v := CUDAVersion(major + "." + minor)
	if !dotted && upper {
		v = CUDAVersion(major) + lastMinor
	}
	return v, ""
}

// round drops what binary fractions add: 98.7 is not 98.69999999999999.
func round(x float64) float64 {
	const fine = 1e6
	return math.Round(x*fine) / fine
}

// percent returns a share as percent.
func percent(share float64) float64 { return round(share * 100) }

// price reads the value of a condition on the price.
func (p *parser) price(op token, sign string) error {
	value, err := p.value(op)
	if err != nil {
		return err
	}
	from, to := value.text, value.text
	if sign == "=" || sign == "<=" || sign == "<" {
		from, to = ends(value.text)
	}
	isUnit := func(u string) bool { _, _, ok := priceUnit(u); return ok }
	p.unitWord(&to, isUnit)
	p.unitWord(&to, isUnit) // "0.35 usd /h"
	high, c, reason := readPrice(to)
	if reason != "" {
		return mistake(value, reason, "")
	}
	low := high
	if from != to && from != value.text {
		_, unit := split(to)
		num, own := split(from)
		if own == "" {
			own = unit
		}
		if low, _, reason = readPrice(num + own); reason != "" {
			return mistake(value, reason, "")
		}
		sign = "="
	}
	r := PriceRange{Currency: c}
	switch sign {
	case "=":
		r.Min, r.Max = low, high
	case "<", "<=":
		r.Max, r.MaxOpen = high, sign == "<"
	case ">", ">=":
		r.Min, r.MinOpen = high, sign == ">"
	default:
		return mistake(op, BadOperator, "<=")
	}
	return p.addPrice(r, value)
}

func (p *parser) addPrice(r PriceRange, value token) error {
	if old := p.q.Price; old != (PriceRange{}) {
		if old.Currency != r.Currency {
			return mistake(value, Contradiction, "")
		}
		r = old.and(r)
	}
	if r.empty() || (r.Max == 0 && r.Min == 0 && !r.MinOpen) {
		return mistake(value, Contradiction, "")
	}
	p.q.Price = r
	return nil
}

// readPrice reads a price with its unit, per day.
func readPrice(s string) (perDay money.Amount, c money.Currency, reason Reason) {
	num, unit := split(s)
	if strings.ContainsAny(num, "e-") {
		return 0, "", BadNumber
	}
	a, err := money.Parse(decimal(num))
	if err != nil || a > most*money.Coin/hours/100 {
		return 0, "", BadNumber
	}
	c, per, ok := priceUnit(unit)
	if !ok {
		return 0, "", BadUnit
	}
	return a * money.Amount(per), c, ""
}

// priceUnit reads "usd/h", "$", "/day"; an hour when no time is given. per is what makes a price
// per day of the number.
func priceUnit(unit string) (c money.Currency, per int, ok bool) {
	name, span, slashed := strings.Cut(unit, "/")
	if !slashed {
		if n, s, found := strings.Cut(unit, "per"); found {
			name, span, slashed = n, s, true
		}
	}
	if name != "" && name != "$" && name != "€" {
		if c, ok = coin(name); !ok {
			return "", 0, false
		}
	}
	if c == money.USD {
		c = ""
	}
	switch {
	case !slashed || span == "h" || span == "hr" || span == "hour" || span == "hours":
		return c, hours, true
	case span == "d" || span == "day" || span == "days":
		return c, 1, true
	default:
		return "", 0, false
	}
}
