package words

import "github.com/clorebot/clorebot/internal/money"

// Amount writes an amount of USD without the unit: two decimals, and more of them only for
// amounts that would else read as nothing.
func (p *Printer) Amount(usd money.Amount) string {
	return p.numbers.amount(usd, 2, decimals(usd, 2))
}

// decimals returns how many decimals an amount is shown with: the given number, and one more for
// each power of ten that it is below a hundredth, up to six.
func decimals(a money.Amount, least int) int {
	if a < 0 {
		a = -a
	}
	n := least
	for limit := money.Coin / 100; a > 0 && a < limit && n < 6; limit /= 10 {
		n++
	}
	return n
}

// Rate writes a price an hour, in USD, without the unit: three decimals below ten.
func (p *Printer) Rate(usdPerHour money.Amount) string {
	most := 2
	if usdPerHour > -10*money.Coin && usdPerHour < 10*money.Coin {
		most = decimals(usdPerHour, 3)
	}
	return p.numbers.amount(usdPerHour, 2, most)
}

// PerHour writes a price an hour with its unit ("0.083 USD/h"), given the USD of a day.
func (p *Printer) PerHour(usdPerDay money.Amount) string {
	return p.S("unit.usd_hour", "Amount", p.Rate(p.numbers.round.parts(usdPerDay, 24)))
}

// Hourly turns a price a day into one an hour.
func Hourly(perDay money.Amount) money.Amount { return perDay.MulDiv(1, 24) }

// Money writes an amount with its currency: USD as [Printer.Amount] does, coins with the digits
// that their worth asks for.
func (p *Printer) Money(m money.Money) string {
	return p.Coins(m.Amount, m.Currency) + " " + m.Currency.Symbol()
}

// Coins writes an amount in the manner of its currency, without the unit.
func (p *Printer) Coins(a money.Amount, c money.Currency) string {
	switch c {
	case money.USD:
		return p.Amount(a)
	case money.BTC:
		return p.numbers.amount(a, 2, 8)
	default:
		return p.numbers.amount(a, 0, decimals(a, 2))
	}
}
