package words

import "github.com/clorebot/clorebot/internal/money"

// rounding is where amounts go that have more decimals than are shown.
type rounding int

const (
	nearest rounding = iota
	up               // towards more: what is shown is never less than the amount
	down             // towards less
)

// AtMost returns a printer for sentences that say "at most": it writes no amount as less than it is.
func (p *Printer) AtMost() *Printer { return p.rounded(up) }

// AtLeast returns a printer for sentences that say "at least": it writes no amount as more than it
// is.
func (p *Printer) AtLeast() *Printer { return p.rounded(down) }

func (p *Printer) rounded(r rounding) *Printer {
	q := *p
	q.numbers.round = r
	return &q
}

// parts returns an amount divided by n, rounded.
func (r rounding) parts(a money.Amount, n int64) money.Amount {
	whole, rest := a/money.Amount(n), a%money.Amount(n)
	switch {
	case r == up && rest > 0:
		return whole + 1
	case r == down && rest < 0:
		return whole - 1
	case r == nearest:
		return a.MulDiv(1, n)
	default:
		return whole
	}
}
