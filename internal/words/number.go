package words

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/clorebot/clorebot/internal/money"
)

// numbers writes numbers as a language does.
type numbers struct {
	printer *message.Printer
	point   string // between whole and fraction
	round   rounding
}

func newNumbers(tag language.Tag) numbers {
	printer := message.NewPrinter(tag)
	sample := printer.Sprint(number.Decimal(1.5))
	return numbers{printer: printer, point: strings.TrimSuffix(strings.TrimPrefix(sample, "1"), "5")}
}

func (n numbers) whole(i int64) string { return n.printer.Sprint(number.Decimal(i)) }

// amount writes an amount with as many decimals as asked; zeros at its end are dropped beyond
// the least number of them.
func (n numbers) amount(a money.Amount, least, most int) string {
	unit := int64(money.Coin)
	step := unit
	for range most {
		step /= 10
	}
	sign := ""
	rounded := int64(n.round.parts(a, step)) // in units of the last decimal shown
	if rounded < 0 {
		sign, rounded = "-", -rounded
	}
	whole, fraction := rounded/(unit/step), rounded%(unit/step)
	digits := make([]byte, most)
	for i := most - 1; i >= 0; i-- {
		digits[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	for len(digits) > least && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	text := sign + n.whole(whole)
	if len(digits) > 0 {
		text += n.point + string(digits)
	}
	return text
}

// Int writes a whole number with the language's separators.
func (p *Printer) Int(i int) string { return p.numbers.whole(int64(i)) }

// Decimal writes a measure with at most that many decimals.
func (p *Printer) Decimal(x float64, decimals int) string {
	return p.numbers.printer.Sprint(number.Decimal(x, number.MaxFractionDigits(decimals)))
}

// Percent writes a share of 1.
func (p *Printer) Percent(share float64) string {
	return p.numbers.printer.Sprint(number.Percent(share, number.MaxFractionDigits(1)))
}
