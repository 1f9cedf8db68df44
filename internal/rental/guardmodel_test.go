package rental_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// purse is what an account really spends, minute by minute, while people, bids and stop times pull
// at its ledger. It knows nothing of plans: it only counts what Clore would charge, and compares it
// with the limits.
type purse struct {
	l      rental.Ledger
	limits rental.Limits
	now    time.Time
	last   clore.OrderID
	taken  int
	live   []*charged
	all    []*charged
	over   []clore.Order // ended since the last list
	days   map[time.Time]money.Amount
	months map[time.Time]money.Amount
}

// charged is an order as Clore has it.
type charged struct {
	clore.Order
	runs    bool // a bid that waits costs nothing
	minutes int  // that it has run
	total   money.Amount
}

// perMinute makes prices that are exact in a minute: thousandths of a dollar.
const perMinute = money.Coin / 1000

func priceOf(thousandths int) money.Money {
	return money.Money{Amount: money.Amount(thousandths) * perMinute * 24 * 60, Currency: money.USD}
}

func TestNoLimitIsEverExceeded(t *testing.T) {
	for range 10 { // a thousand stories
		rapid.Check(t, spendAtRandom)
	}
}

func spendAtRandom(t *rapid.T) {
	some := func(name string, from, to int) money.Amount {
		return money.Amount(rapid.OneOf(rapid.Just(0), rapid.IntRange(from, to)).Draw(t, name)) * money.Coin / 10
	}
	p := &purse{
		l: ledger(), now: t0.Add(time.Duration(rapid.OneOf(rapid.IntRange(0, 48*60), rapid.IntRange(380, 402)).Draw(t, "begins")) * time.Minute), last: 1000,
		days: map[time.Time]money.Amount{}, months: map[time.Time]money.Amount{},
		limits: rental.Limits{
			Rental: some("rental", 2, 80), Day: some("day", 2, 120), Month: some("month", 20, 200),
			Hour: some("hour", 1, 8), Parallel: rapid.IntRange(0, 3).Draw(t, "parallel"),
		},
	}
	p.l.SetLimits(p.limits)
	t.Repeat(map[string]func(*rapid.T){
		"take": p.take, "take again": p.take, "extend": p.extend, "raise": p.raise, "win": p.win,
		"cancel": p.cancel, "freeze": p.freeze,
		"pass": func(t *rapid.T) { p.pass(rapid.IntRange(1, 300).Draw(t, "minutes")) },
		"wait": func(t *rapid.T) { p.pass(rapid.IntRange(1, 12).Draw(t, "minutes")) },
		"":     p.check,
	})
}

// take confirms a quote; it is sent up to two minutes later, and Clore may or may not make an order
// of it, whatever it says.
func (p *purse) take(t *rapid.T) {
	p.taken++
	q := quote(fmt.Sprint("q", p.taken))
	q.Expires = p.now.Add(time.Minute)
	q.Terms.Server = clore.ServerID(p.taken)
	q.Terms.Price = priceOf(rapid.IntRange(1, 12).Draw(t, "price"))
	q.Terms.USD, q.Terms.MaxRent = q.Terms.Price.Amount, 0
	q.Terms.RunFor = time.Duration(rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 40)).Draw(t, "hours")) * time.Hour
	if rapid.Bool().Draw(t, "spot") {
		q.Terms.Kind = clore.Spot
	}
	in, err := p.l.Take(q, p.now)
	if err != nil {
		return
	}
	p.pass(rapid.IntRange(0, 2).Draw(t, "delay"))
	if rapid.IntRange(0, 9).Draw(t, "frozen meanwhile") == 0 {
		p.l.Freeze(p.now)
	}
	if p.l.BeginSend(in.ID, p.last, p.now) != nil {
		return
	}
	if !p.l.Frozen.IsZero() {
		t.Fatal("something is bought while frozen")
	}
	if !rapid.Bool().Draw(t, "executed") {
		p.l.Refuse(in.ID, string(clore.ServerRented), p.now)
		return
	}
	p.last++
	o := &charged{runs: q.Terms.Kind == clore.OnDemand, Order: clore.Order{
		ID: p.last, Server: q.Terms.Server, Kind: q.Terms.Kind, Price: q.Terms.Price, CreationFee: usd("0.1"),
		Spend: usd("0"), Created: p.now, Online: true, GPUs: []string{"RTX 4090"},
	}}
	p.live, p.all = append(p.live, o), append(p.all, o)
	if rapid.Bool().Draw(t, "unclear") {
		p.l.Doubt(in.ID, p.now)
	} else {
		p.l.Accept(in.ID, p.now)
	}
}

func (p *purse) one(t *rapid.T) *charged {
	if len(p.live) == 0 {
		return nil
	}
	return rapid.SampledFrom(p.live).Draw(t, "order")
}

func (p *purse) extend(t *rapid.T) {
	if o := p.one(t); o != nil {
		to := p.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
		if rapid.IntRange(0, 4).Draw(t, "never") == 0 {
			to = time.Time{}
		}
		_ = p.l.SetStop(o.ID, to, p.now)
	}
}

func (p *purse) raise(t *rapid.T) {
	o := p.one(t)
	if o == nil || o.Kind != clore.Spot {
		return
	}
	by := rapid.SampledFrom([]rental.Bidder{rental.Person, rental.Autopilot}).Draw(t, "by")
	if p.l.AskBid(o.ID, priceOf(rapid.IntRange(1, 16).Draw(t, "bid")), by, p.now) != nil {
		return
	}
	bid, err := p.l.BeginBid(o.ID, p.now)
	if err != nil {
		return
	}
	o.Price = bid
	if rapid.Bool().Draw(t, "answered") { // else the next list shows it
		p.l.BidTaken(o.ID, bid, p.now)
	}
}

// win lets a bid run.
func (p *purse) win(t *rapid.T) {
	if o := p.one(t); o != nil {
		o.runs = true
	}
}

func (p *purse) cancel(t *rapid.T) {
	if o := p.one(t); o != nil {
		_ = p.l.AskCancel(o.ID, rental.ByUser, "", p.now)
	}
}

func (p *purse) freeze(*rapid.T) {
	if p.l.Frozen.IsZero() {
		p.l.Freeze(p.now)
	} else {
		p.l.Unfreeze()
	}
}

// pass lets minutes go by. Clore's list comes each minute, and what is to be cancelled ends a
// minute after that was due.
func (p *purse) pass(minutes int) {
	for range minutes {
		for _, o := range p.live {
			p.charge(o)
		}
		p.now = p.now.Add(time.Minute)
		kept := p.live[:0:0]
		for _, o := range p.live {
			if r := p.l.Rental(o.ID); r != nil && r.Cancel != nil && r.Cancel.Asked.Before(p.now) {
				o.Expired, o.Ended = true, p.now
				p.over = append(p.over, o.Order)
				continue
			}
			kept = append(kept, o)
		}
		p.live = kept
		orders := p.over
		for _, o := range p.live {
			orders = append(orders, o.Order)
		}
		p.l.Observe(rental.Poll{At: p.now, Orders: orders, Completed: true}, p.now)
		p.l.Tick(p.now)
		p.l.Prune(p.now)
		p.over, p.l.Ended = nil, nil
	}
}

// charge adds the cost of a minute: the price, the renter's fee, and the creation fee after ten.
func (p *purse) charge(o *charged) {
	if !o.runs {
		return
	}
	base := o.Price.Amount / (24 * 60)
	o.Spend.Amount += base
	cost := base + rental.RenterFee(base, o.Kind)
	if o.minutes++; o.minutes == 10 {
		cost += rental.CreationFee
	}
	o.total += cost
	y, m, d := p.now.Date()
	p.days[time.Date(y, m, d, 0, 0, 0, 0, time.UTC)] += cost
	p.months[time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)] += cost
}

func (p *purse) check(t *rapid.T) {
	m := p.limits
	exceeds := func(sum, most money.Amount) bool { return most > 0 && sum > most }
	for _, o := range p.all {
		perDay := o.Price.Amount + rental.RenterFee(o.Price.Amount, o.Kind)
		if exceeds(o.total, m.Rental) || exceeds(perDay.MulDiv(1, 24), m.Hour) {
			t.Fatalf("order %d at %v a day has cost %v, limits %+v", o.ID, perDay, o.total, m)
		}
	}
	for at, sum := range p.days {
		if exceeds(sum, m.Day) {
			t.Fatalf("%s cost %v, limit %v", at.Format(time.DateOnly), sum, m.Day)
		}
	}
	for at, sum := range p.months {
		if exceeds(sum, m.Month) {
			t.Fatalf("%s cost %v, limit %v", at.Format("2006-01"), sum, m.Month)
		}
	}
	if m.Parallel > 0 && len(p.live) > m.Parallel {
		t.Fatalf("%d orders at once, limit %d", len(p.live), m.Parallel)
	}
}
