package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// The words that agree to large sums, each followed by whole USD.
const (
	rentWord   = "RENT"
	allowWord  = "ALLOW"
	extendWord = "EXTEND"
)

// unstopped is for how long the cost of something is shown that nothing is known to end.
const unstopped = 24 * time.Hour

// stake is what a tap would commit, in USD.
type stake struct {
	hour    money.Amount // the price an hour, without the fee
	total   money.Amount // what it may come to in all, with fees, until it stops or the host ends it
	was     money.Amount // how much of the total is committed already
	open    bool         // nothing is known to end it: total is of a day
	unknown bool         // the worth of the coin is not known
}

// dear reports whether a tap is too little to agree to so much. Every path by which a person
// commits money asks it. What is not known is not taken for little.
func (a *ask) dear(s stake) bool {
	most := a.wordAbove()
	return s.unknown || s.open || s.hour > most/account.WordHours || crosses(s.was, s.total, most)
}

// crosses reports whether a sum grows beyond a multiple of most. Of many small steps each such
// one wants a word, and those between do not: so nothing beyond most is added without any.
func crosses(was, total, most money.Amount) bool {
	return max(0, total-1)/most > max(0, was-1)/most
}

// wordAbove is the USD planned in all above which a word is asked for.
func (a *ask) wordAbove() money.Amount {
	if a.profile.WordAbove > 0 {
		return a.profile.WordAbove
	}
	return account.DefaultWordAbove
}

// dearText says why a tap is too little.
func (a *ask) dearText(s stake) chat.Text {
	if s.unknown {
		return a.T("dear.unknown")
	}
	if s.open {
		return a.T("dear.open")
	}
	most := a.wordAbove()
	return a.T("odd.dear", "Hour", a.Amount(most/account.WordHours), "Sum", a.Amount(most))
}

// amountWord is a word with a sum in whole USD, so that nobody types it who means another one. It
// agrees with the sum as it is shown, in hundredths, rounded up.
func amountWord(verb string, usd money.Amount) string {
	if usd <= 0 {
		return verb
	}
	shown := usd.MulDiv(1, int64(cent)) * cent
	return verb + " " + strconv.FormatInt(int64(max(money.Coin, ceiling(shown, money.Coin))/money.Coin), 10)
}

// wordLine tells which word to type, and what its number is: the text has a place for the sum.
func (a *ask) wordLine(text, word string, usd money.Amount) chat.Text {
	if usd <= 0 {
		text = "dear.word.plain"
	}
	return a.T(text, "Word", chat.C(word), "Sum", a.Amount(usd))
}

// quoteStake is what a quote commits. Without a stop time it runs until the host ends it, as the
// guard counts it.
func quoteStake(q *rental.Quote) stake {
	t := q.Terms
	day, known := q.Rates.USD(t.Price)
	if !known {
		day, known = t.USD, t.USD > 0
	}
	run := t.RunFor
	if run == 0 {
		run = t.MaxRent
	}
	cost := rental.Cost(money.Money{Amount: day, Currency: money.USD}, t.Kind, stakeTime(run), nil)
	return stake{hour: hourUp(day), total: cost.Total, open: run <= 0, unknown: !known}
}

func stakeTime(run time.Duration) time.Duration {
	if run <= 0 {
		return unstopped
	}
	return run
}

// wordFor returns the word for a quote of that stake, with the line that tells it.
func (a *ask) wordFor(s stake) (word string, line chat.Text) {
	text := "dear.word"
	if s.open {
		text = "dear.word.day"
	}
	s.total = ceiling(s.total, cent) // as the total is shown
	if s.unknown {
		s.total = 0
	}
	word = amountWord(rentWord, s.total)
	return word, a.wordLine(text, word, s.total)
}

// guardQuote has a quote on demand ask for a word where a tap would have rented, if it commits much.
func (c *Commands) guardQuote(ctx context.Context, a *ask, q *rental.Quote, v *chat.View) error {
	s := quoteStake(q)
	if q.Terms.Kind == clore.Spot || !a.dear(s) {
		return nil // bids are judged with those that they meet
	}
	word, line := a.wordFor(s)
	return c.askWord(ctx, a, q, word, lines(a.dearText(s), line), v)
}

// askWord puts a word in the place of the tap that takes a quote. A view without that stays as it is.
func (c *Commands) askWord(ctx context.Context, a *ask, q *rental.Quote, word string, text chat.Text, v *chat.View) error {
	row := v.Rows[0]
	for i := range row {
		if row[i].Action.Command != "take" {
			continue
		}
		id, err := c.proposeWith(ctx, a, Confirmation{Do: doTake, Account: q.Account, Word: word}, q.ID)
		if err != nil {
			return err
		}
		row[i] = a.wordButton(a.S("button.type_word", "Word", word), id, word)
		v.Tone, v.Body = chat.Warning, lines(v.Body, text)
	}
	return nil
}

// askTake answers a tap on a quote that commits too much for one: alerts hold such taps, and
// messages from before the setting was changed.
func (c *Commands) askTake(ctx context.Context, a *ask, q *rental.Quote) (chat.Response, error) {
	t := q.Terms
	v := chat.View{
		Topic: "dear", Title: a.S("quote.title", "Server", serverText(t.Server), "Hardware", clip(t.Hardware, maxHardware)),
		Fields: []chat.Field{
			field(a.S("quote.price"), a.price(t.Price, t.USD)),
			field(a.S("quote.total"), a.total(*q)),
		},
		Rows: [][]chat.Control{{
			chat.Button("", "take", nil), chat.Button(a.S("button.not_now"), "market", nil),
		}},
	}
	s := quoteStake(q)
	word, line := a.wordFor(s)
	if err := c.askWord(ctx, a, q, word, lines(a.dearText(s), line), &v); err != nil {
		return nil, err
	}
	return a.show(v)
}

// takeNow confirms a quote for which a word was typed.
func (c *Commands) takeNow(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var quote string
	if err := confirmed.agreedTo(&quote); err != nil {
		return nil, err
	}
	a.Args = chat.Args{"quote": quote}
	return c.takeQuote(ctx, a)
}

// mandateWord returns the word that allows a mandate of a large sum, with what the card says of
// it; "" when a tap will do.
func (a *ask) mandateWord(m *rental.Mandate) (word string, text chat.Text) {
	s := stake{hour: m.Hour.MulDiv(int64(m.Count), 1), total: m.Total}
	if !a.dear(s) {
		return "", nil
	}
	shown := ceiling(m.Total, cent)
	word = amountWord(allowWord, shown)
	return word, lines(a.dearText(s), a.wordLine("dear.word", word, shown))
}

// allowButton agrees to a mandate: with a tap, or with its word if there is one.
func (a *ask) allowButton(m *rental.Mandate, id, word string) chat.Control {
	if word != "" {
		return a.wordButton(a.S("button.type_word", "Word", word), id, word)
	}
	return chat.Button(a.S("button.allow", "Sum", a.AtMost().Amount(m.Total)), "do", chat.Args{"id": id}).Styled(chat.Good)
}
