package commands

import (
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// price writes a price per day in the order that is the same everywhere: USD an hour, USD a day,
// and what is really paid if that is another coin. Without a rate there is the coin alone.
func (a *ask) price(p money.Money, usd money.Amount) string {
	switch {
	case p.Currency == money.USD:
		return a.S("price.usd", "Hour", a.PerHour(p.Amount), "Day", a.Amount(p.Amount))
	case usd > 0:
		return a.S("price.coin", "Hour", a.PerHour(usd), "Day", a.Amount(usd), "Coins", a.Money(p))
	default:
		return a.S("price.no_rate", "Coins", a.Money(p))
	}
}

// shortPrice is what stands on a button that spends money.
func (a *ask) shortPrice(p money.Money, usd money.Amount) string {
	if p.Currency == money.USD {
		usd = p.Amount
	}
	if usd > 0 {
		return a.PerHour(usd)
	}
	return a.S("price.coin_day", "Coins", a.Money(p))
}

// worth returns the USD of an amount by the market's present rates, 0 when there is none.
func (c *Commands) worth(m money.Money) money.Amount {
	usd, _ := c.rates().USD(m)
	return usd
}

// rates are those of the newest market, none when there is none.
func (c *Commands) rates() money.Rates {
	if s := c.Board.Peek(); s != nil {
		return s.Rates()
	}
	return nil
}

// rentalUSD returns the USD a day of a rental: by the rate of when it was rented, so that a card
// does not move with the market, else by the present one.
func (c *Commands) rentalUSD(r *rental.Rental) money.Amount {
	price, terms := r.Order.Price, r.Terms
	if price.Currency == money.USD {
		return price.Amount
	}
	if terms.Price.Currency == price.Currency && terms.Price.Amount > 0 && terms.USD > 0 {
		return terms.USD.MulDiv(int64(price.Amount), int64(terms.Price.Amount))
	}
	return c.worth(price)
}

// spent writes what a rental has cost so far at most.
func (a *ask) spent(r *rental.Rental) string {
	cost := r.Spent(a.now)
	return a.AtMost().Money(money.Money{Amount: cost.Total, Currency: r.Order.Price.Currency})
}

// hardware names what is rented, for rentals that were not made here by the order's own words.
func (a *ask) hardware(r *rental.Rental) string {
	if r.Terms.Hardware != "" {
		return clip(r.Terms.Hardware, maxHardware)
	}
	return a.cards(r.Order.GPUs, r.Order.GPUMemory)
}

// cards writes a list of cards: "2× RTX 4090 24 GB".
func (a *ask) cards(gpus []string, memory int) string {
	if len(gpus) == 0 {
		return a.S("hardware.unknown")
	}
	name := gpus[0]
	for _, g := range gpus {
		if g != name {
			name = a.S("hardware.mixed")
			break
		}
	}
	text := a.Int(len(gpus)) + "× " + clip(name, maxLabel)
	if memory > 0 {
		text += " " + a.S("unit.gb", "N", memory)
	}
	return text
}

// lines joins texts, one a line; empty ones are left out.
func lines(texts ...chat.Text) chat.Text {
	var out chat.Text
	for _, t := range texts {
		if len(t) == 0 {
			continue
		}
		if out != nil {
			out = append(out, chat.P("\n"))
		}
		out = append(out, t...)
	}
	return out
}

// plain makes a text of a string, none of an empty one.
func plain(s string) chat.Text {
	if s == "" {
		return nil
	}
	return chat.Text{chat.P(s)}
}

// field makes a field of a string.
func field(name, value string) chat.Field { return chat.Field{Name: name, Value: plain(value)} }
