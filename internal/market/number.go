package market

import (
	"cmp"
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
	if reason = cmp.Or(reason, other); reason != "" {
		return mistake(value, reason, "")
	}
	r, ok := within(op.text, low, high)
	if !ok {
		return mistake(op, BadOperator, least(key.text))
	}
	both := p.q.Limits[f].and(r)
	if both.empty() || (bounded(op.text) && r.Max == 0) {
		return mistake(key, Contradiction, "")
	}
	if both != (Range{}) {
		p.q = p.q.With(f, both)
	}
	return nil
}

// unitWord appends the next tokens to a number as long as they are its unit: "0.35 usd /h".
func (p *parser) unitWord(value *string, isUnit func(string) bool) {
	for len(p.tokens) > 0 && !p.tokens[0].op {
		next := p.tokens[0].text
		if len(p.tokens) > 1 && p.tokens[1].op && isKey(next) {
			return // "hours>2 hours<9"
		}
		if _, unit := split(*value); digits(next) > 0 || !isUnit(unit+next) {
			return
		}
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
