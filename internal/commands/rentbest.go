package commands

import (
	"context"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	// defaultPatience is how long a rental may take to answer: twice what most need, and when
	// one that was rented with a tap is called stuck.
	defaultPatience = 12 * time.Minute
	leastPatience   = 5 * time.Minute
	mostPatience    = 2 * time.Hour
	// betweenTries is what a try may take beside the patience: placing it, and ending it.
	betweenTries = 5 * time.Minute
)

// bestOptions make "rent" take the next best when one does not answer.
func (c *Commands) bestOptions() []chat.Param {
	return []chat.Param{c.option("tries", "param.rent.tries"), c.option("patience", "param.rent.patience")}
}

// retrying is how "rent the best, and the next if it fails" is bounded.
type retrying struct {
	tries    int
	patience time.Duration
}

// readBest reads how often to try; a single try is an ordinary quote.
func (c *Commands) readBest(a *ask) (retrying, error) {
	b := retrying{tries: 1, patience: defaultPatience}
	if text := a.arg("tries"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > rental.MaxMandateTries {
			return b, c.wrong("best.bad_tries", "Most", rental.MaxMandateTries)
		}
		b.tries = n
	}
	if text := a.arg("patience"); text != "" {
		d, err := readSpan(text)
		if err != nil || d < leastPatience || d > mostPatience {
			return b, c.wrong("best.bad_patience", "Least", a.Duration(leastPatience), "Most", a.Duration(mostPatience))
		}
		b.patience = d
	}
	return b, nil
}

// rentBest shows the bounds within which the best match is rented, and the next one when it does
// not answer. Unless it may cost much, one tap agrees to them, not a typed word: somebody is there and
// has just asked for it, and the button itself says how much it may cost in all.
func (c *Commands) rentBest(ctx context.Context, a *ask, s *market.Snapshot, acct account.Account, b retrying) (chat.Response, error) {
	if id, ok := serverNumber(a.arg("what")); ok {
		return nil, c.wrong("best.one_server").with(chat.Button(a.S("button.quote"), "rent", chat.Args{"what": serverText(id)}))
	}
	if a.arg("bid") != "" {
		return nil, c.wrong("best.no_bid")
	}
	w, err := c.readWish(a, s)
	if err != nil {
		return nil, err
	}
	if w.server == 0 {
		return c.foundNothing(a, s)
	}
	if w.run == 0 {
		return nil, c.wrong("best.no_end").with(a.endButtons()...)
	}
	if w.preset, err = c.startWith(a); err != nil {
		return nil, err
	}
	q, err := c.rentQuery(a, s)
	if err != nil {
		return nil, err
	}
	return c.offerMandate(ctx, a, acct, a.bestMandate(s, q, w, b))
}

// endButtons ask the same with a time at which it stops.
func (a *ask) endButtons() []chat.Control {
	var row []chat.Control
	for _, text := range runChoices() {
		ctl := chat.Button(text, a.Command, a.Args.With("run", text))
		if _, err := ctl.Action.Encode(); err == nil && text != untilStopped {
			row = append(row, ctl)
		}
	}
	return row
}

// cent is a hundredth of a USD.
const cent = money.Coin / 100

// bestMandate makes the bounds of a wish: the price that was asked for, and money for all tries.
func (a *ask) bestMandate(s *market.Snapshot, q market.Query, w wish, b retrying) rental.Mandate {
	pay := market.PayFirst(w.pay)
	if len(q.Pay) > 0 {
		pay = q.Pay
	}
	if a.arg("pay") != "" {
		pay = []money.Currency{w.pay}
	}
	q.Pay, q.Sort = nil, market.Sort{}
	m := rental.Mandate{
		Cause: rental.ForBest, Query: q.String(), Pay: pay, Count: 1, Tries: b.tries, Patience: b.patience,
		RunFor: w.run, Preset: w.preset, SSHKey: w.login, Label: w.label,
		Until: a.now.Add(min(rental.MaxBestFor, confirmFor+time.Duration(b.tries)*(b.patience+betweenTries))),
	}
	q.Pay = pay
	m.Hour = highest(q, s.Find(q).Offers, b.tries)
	m.Total = ceiling(m.Enough(q.Kind), cent) // what is shown is what is allowed
	return m
}

// highest returns the price in USD an hour up to which is rented: the one that was asked for, else
// what the tries would cost now with a quarter on top, but no more than twice the best.
func highest(q market.Query, offers []market.Offer, tries int) money.Amount {
	if hour := askedHour(q); hour > 0 {
		return hour
	}
	var first, last money.Amount
	for _, o := range offers {
		if tries == 0 {
			break
		}
		if !o.Sound() {
			continue
		}
		if first == 0 {
			first = o.USD
		}
		last = o.USD
		tries--
	}
	return hourUp(min(2*first, last+last/4))
}

// askedHour returns the most USD an hour that a search asks for, 0 when it names none in USD.
func askedHour(q market.Query) money.Amount {
	if coin := q.Price.Currency; coin != "" && coin != money.USD {
		return 0
	}
	return hourUp(q.Price.Max)
}

// hourUp returns what a price a day is an hour, rounded up.
func hourUp(day money.Amount) money.Amount {
	const hours = 24
	return (day + hours - 1) / hours
}
