package market

import (
	"strings"

	"github.com/clorebot/clorebot/internal/money"
)

// price reads the value of a condition on the price.
func (p *parser) price(op token, sign string) error {
	value, err := p.value(op)
	if err != nil {
		return err
	}
	from, to := value.text, value.text
	if sign == "=" {
		from, to = ends(value.text)
	}
	isUnit := func(u string) bool { _, _, ok := priceUnit(u); return ok }
	p.unitWord(&to, isUnit)
	high, c, reason := readPrice(to)
	low := high
	if reason == "" && from != value.text {
		low, reason = sameUnit(from, to)
	}
	if reason != "" {
		return mistake(value, reason, "")
	}
	b, ok := within(sign, low, high)
	if !ok {
		return mistake(op, BadOperator, "<=")
	}
	if bounded(sign) && high == 0 {
		return mistake(value, Contradiction, "")
	}
	return p.addPrice(PriceRange{b, c}, value)
}

// sameUnit reads the lower end of a range, which has the unit of the upper one: "2..8/d".
func sameUnit(from, to string) (money.Amount, Reason) {
	num, own := split(from)
	_, unit := split(to)
	if own != "" && own != "$" && own != "€" && own != unit {
		return 0, BadUnit
	}
	perDay, _, reason := readPrice(num + unit)
	return perDay, reason
}

func (p *parser) addPrice(r PriceRange, value token) error {
	if old := p.q.Price; old != (PriceRange{}) {
		if old.Currency != r.Currency {
			return mistake(value, Contradiction, "")
		}
		r.Bounds = old.and(r.Bounds)
	}
	if r.empty() || r.Bounds == (Bounds[money.Amount]{}) {
		return mistake(value, Contradiction, "")
	}
	p.q.Price = r
	return nil
}

// ParsePrice reads a price as the query language writes it, "0.12", "2.90 USD/day" or "95clore/d":
// USD an hour where nothing else is said. The result is per day; false means that it is none.
func ParsePrice(text string) (money.Money, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if len(text) > maxPriceText {
		return money.Money{}, false
	}
	perDay, c, reason := readPrice(text)
	if reason != "" || perDay <= 0 {
		return money.Money{}, false
	}
	if c == "" {
		c = money.USD
	}
	return money.Money{Amount: perDay, Currency: c}, true
}

// maxPriceText is longer than any price that makes sense.
const maxPriceText = 40

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
	if name = strings.TrimLeft(name, "$€"); name != "" {
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
