package commands

import (
	"context"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	// doTake is what the confirmation of a quote does whose bid wants a typed word.
	doTake = "take"
	// oddTimes is how many times what would lead a bid may be before it is taken for a slip:
	// Clore's site and API speak of bids a day, and who types such a one is 24 times too dear.
	oddTimes = 3
)

// oddBid is what is odd about a bid. The zero value is a bid that a tap may make.
type oddBid struct {
	usual money.Money  // what would do, a day; zero when the bid is near that
	times int64        // how many times that it is
	usd   money.Amount // what it is a day, as it is shown; 0 when that is not known
	stake stake        // what it may cost
	dear  bool         // that wants a word however well it is meant
}

// odd judges a bid against what would do, with the most that it may cost, in its coin.
func (a *ask) odd(k *contest, bid, usual money.Money, total money.Amount) oddBid {
	var o oddBid
	if usual.Currency == bid.Currency && usual.Amount > 0 && bid.Amount/oddTimes > usual.Amount {
		o.usual, o.times = usual, int64(bid.Amount/usual.Amount)
	}
	day, known := k.rates.USD(bid)
	o.usd = day
	o.stake = stake{hour: hourUp(day), total: k.worth(money.Money{Amount: total, Currency: bid.Currency}), unknown: !known}
	o.dear = a.dear(o.stake)
	return o
}

// leading returns what would lead, or what is known besides where the bids do not tell.
func (k *contest) leading(known money.Money, read bool) money.Money {
	if win, ok := k.book.Winning(k.coin, k.rates); read && ok {
		return win
	}
	return known
}

func (o oddBid) is() bool { return o.times > 0 || o.dear }

// word is the word that agrees to an odd bid. It has what the bid is in USD a day, as it is shown,
// so that nobody types it who means another sum.
func (o oddBid) word() string { return amountWord("BID", o.usd) }

// oddText says what is odd.
func (a *ask) oddText(k *contest, o oddBid) chat.Text {
	var text chat.Text
	if o.times > 0 {
		text = a.T("odd.times", "Lead", k.price(a, o.usual), "Times", a.Int(int(o.times)))
	}
	if o.dear {
		text = lines(text, a.dearText(o.stake))
	}
	return text
}

// perDay is a bid as it was meant by somebody who wrote one a day and left the unit out, if that
// is at least what the host asks for.
func (o oddBid) perDay(bid, floor money.Money) (money.Money, bool) {
	bid.Amount /= 24
	return bid, o.times > 0 && floor.Currency == bid.Currency && bid.Amount >= floor.Amount
}

// wantWord has a quote with an odd bid ask for a word where a tap would have rented.
func (c *Commands) wantWord(ctx context.Context, a *ask, k *contest, q *rental.Quote, o oddBid, v *chat.View) error {
	word := o.word()
	v.Tone, v.Body = chat.Warning, lines(v.Body, a.oddText(k, o))
	return c.askWord(ctx, a, q, word, a.wordLine("odd.word", word, o.usd), v)
}

// oddRaise judges a raise; what saves money is never odd. Where the bids do not tell, the present
// one is what it is judged by.
func (a *ask) oddRaise(k *contest, to money.Money, read bool) oddBid {
	own := k.own.Order.Price
	if to.Amount <= own.Amount {
		return oddBid{}
	}
	return a.odd(k, to, k.leading(own, read), a.restCost(k, to))
}

// oddCeiling judges the most that an autopilot may bid. What the server costs on demand is a
// ceiling that is offered, so it is not odd.
func (c *Commands) oddCeiling(a *ask, k *contest, most money.Money) oddBid {
	usual := k.own.Order.Price
	if b := k.own.Book; b != nil {
		if win, ok := b.Winning(k.coin, k.rates); ok && win.Amount > usual.Amount {
			usual = win
		}
	}
	o := a.odd(k, most, usual, a.restCost(k, most))
	o.usd = ceiling(o.usd, cent) // as a ceiling is shown
	for _, offered := range c.ceilings(k) {
		if most.Amount <= offered.Amount {
			o.times = 0
		}
	}
	return o
}

// askBidWord has a card ask for the word of a confirmation where a tap would have agreed.
func (a *ask) askBidWord(k *contest, o oddBid, confirm *Confirmation, v *chat.View) {
	v.Tone = chat.Warning
	v.Body = lines(v.Body, a.oddText(k, o), a.wordLine("odd.word", confirm.Word, o.usd))
	v.Rows[0][0] = a.wordButton(a.S("button.type_word", "Word", confirm.Word), confirm.ID, confirm.Word)
}
