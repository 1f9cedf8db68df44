package commands

import (
	"context"
	"strconv"

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
	// Above these a bid wants a typed word however well it is meant.
	wordHour  = money.Coin      // USD an hour
	wordTotal = 20 * money.Coin // USD planned in all
)

// oddBid is what is odd about a bid. The zero value is a bid that a tap may make.
type oddBid struct {
	usual money.Money // what would do, a day; zero when the bid is near that
	times int64       // how many times that it is
	dear  bool        // it is above the sums that want a word
}

// odd judges a bid against what would do, with the most that it may cost, in its coin.
func (k *contest) odd(bid, usual money.Money, total money.Amount) oddBid {
	var o oddBid
	if usual.Currency == bid.Currency && usual.Amount > 0 && bid.Amount/oddTimes > usual.Amount {
		o.usual, o.times = usual, int64(bid.Amount/usual.Amount)
	}
	const hours = 24
	all := k.worth(money.Money{Amount: total, Currency: bid.Currency})
	o.dear = k.worth(bid)/hours > wordHour || all > wordTotal
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

// bidWord is the word that agrees to an odd bid. It has what the bid is in USD a day, so that
// nobody types it who means another sum.
func (k *contest) bidWord(bid money.Money) string {
	usd := k.worth(bid)
	if usd <= 0 {
		return "BID"
	}
	return "BID " + strconv.FormatInt(int64(ceiling(usd, money.Coin)/money.Coin), 10)
}

// oddText says what is odd.
func (a *ask) oddText(k *contest, o oddBid) chat.Text {
	var text chat.Text
	if o.times > 0 {
		text = a.T("odd.times", "Lead", k.price(a, o.usual), "Times", a.Int(int(o.times)))
	}
	if o.dear {
		text = lines(text, a.T("odd.dear", "Hour", a.Amount(wordHour), "Sum", a.Amount(wordTotal)))
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
	v.Tone, v.Body = chat.Warning, lines(v.Body, a.oddText(k, o))
	row := v.Rows[0]
	for i := range row {
		if row[i].Action.Command != "take" {
			continue
		}
		word := k.bidWord(q.Terms.Price)
		id, err := c.proposeWith(ctx, a, Confirmation{Do: doTake, Account: q.Account, Word: word}, q.ID)
		if err != nil {
			return err
		}
		row[i] = a.wordButton(a.S("button.type_word", "Word", word), id)
		v.Body = lines(v.Body, a.T("odd.word", "Word", chat.C(word)))
	}
	return nil
}

// takeNow confirms a quote for which a word was typed.
func (c *Commands) takeNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var quote string
	if err := confirmed.agreedTo(&quote); err != nil {
		return nil, err
	}
	a.Args = chat.Args{"quote": quote}
	return c.take(ctx, a)
}

// oddRaise judges a raise; what saves money is never odd. Where the bids do not tell, the present
// one is what it is judged by.
func (a *ask) oddRaise(k *contest, to money.Money, read bool) oddBid {
	own := k.own.Order.Price
	if to.Amount <= own.Amount {
		return oddBid{}
	}
	return k.odd(to, k.leading(own, read), a.restCost(k, to))
}

// oddCeiling judges the most that an autopilot may bid. What the server costs on demand is a
// ceiling that is offered, so it is not odd.
func (c *Commands) oddCeiling(a *ask, k *contest, ceiling money.Money) oddBid {
	usual := k.own.Order.Price
	if b := k.own.Book; b != nil {
		if win, ok := b.Winning(k.coin, k.rates); ok && win.Amount > usual.Amount {
			usual = win
		}
	}
	o := k.odd(ceiling, usual, a.restCost(k, ceiling))
	for _, offered := range c.ceilings(k) {
		if ceiling.Amount <= offered.Amount {
			o.times = 0
		}
	}
	return o
}

// askBidWord has a card ask for the word of a confirmation where a tap would have agreed.
func (a *ask) askBidWord(k *contest, o oddBid, confirm *Confirmation, v *chat.View) {
	v.Tone = chat.Warning
	v.Body = lines(v.Body, a.oddText(k, o), a.T("odd.word", "Word", chat.C(confirm.Word)))
	v.Rows[0][0] = a.wordButton(a.S("button.type_word", "Word", confirm.Word), confirm.ID)
}
