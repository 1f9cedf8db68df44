package rental

import (
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// Plan is what an account is committed to: everything that was spent in this month and the last,
// and everything that its rentals and orders will cost until their planned ends. All amounts are
// USD with fees, never less than what Clore will charge at the present prices and rates.
type Plan struct {
	Items  []Item
	Days   map[time.Time]money.Amount // by the start of the day, UTC
	Months map[time.Time]money.Amount // by the start of the month, UTC
}

// Item is a rental, a waiting bid, or an order that is placed or may exist.
type Item struct {
	key     string
	Order   clore.OrderID // zero while there is none
	Price   money.Money   // per day
	Hour    money.Amount  // an hour, with the fee
	Total   money.Amount  // from its beginning to its end
	Ends    time.Time     // the planned end; far ahead when there is none
	Unknown bool          // its coin's worth is not known: the amounts are zero
}

const (
	// horizon is how far ahead costs are planned: longer than any rental at Clore lasts.
	horizon = 130 * day
	// openEnded is when something without a stop time is taken to end.
	openEnded = 10 * 365 * day
	// overrun is how long an end may take to have effect at Clore.
	overrun = 2 * time.Minute
)

// Plan returns what the account is committed to.
func (l *Ledger) Plan(now time.Time) Plan {
	p := Plan{Days: map[time.Time]money.Amount{}, Months: map[time.Time]money.Amount{}}
	for at, sum := range l.Spent {
		if d, err := time.Parse(time.DateOnly, at); err == nil {
			p.Days[d] = plus(p.Days[d], sum)
			p.Months[month(d)] = plus(p.Months[month(d)], sum)
		}
	}
	for i := range l.Rentals {
		l.planRental(&p, &l.Rentals[i], now)
	}
	for i := range l.Intents {
		if in := &l.Intents[i]; in.mayCost() {
			l.planIntent(&p, in, now)
		}
	}
	return p
}

// mayCost reports whether an intent without a rental may be, or become, an order.
func (in *Intent) mayCost() bool {
	return in.State.Open() || in.State == Missing && !in.Dismissed
}

// planRental adds what a rental will still cost. What it has cost is in Spent.
func (l *Ledger) planRental(p *Plan, r *Rental, now time.Time) {
	price := r.Order.Price
	if b := r.Bid; b != nil && b.Target.Amount > price.Amount {
		price = b.Target
	}
	usd, ok := l.usdPerDay(price, &r.Terms)
	it := Item{
		key: "o" + strconv.FormatInt(int64(r.Order.ID), 10), Order: r.Order.ID, Price: price, Unknown: !ok,
		Hour: withFee(usd, r.Order.Kind).MulDiv(1, 24), Total: r.Charged.USD,
	}
	fee := money.Amount(0)
	if r.owesStart() {
		fee = CreationFee
	}
	if r.waits() {
		p.wait(it, withFee(usd, r.Order.Kind), fee, r.willRun(now), now)
		return
	}
	from := later(r.Charged.At, r.Since)
	if from.IsZero() || from.After(now) {
		from = now
	}
	end := sooner(r.StopAt, r.limit())
	if r.Cancel != nil {
		end = now
	}
	p.run(it, withFee(usd, r.Order.Kind), fee, from, end, now)
}

// willRun returns for how long a waiting bid may run, 0 for without an end: one that has run
// before keeps its stop time.
func (r *Rental) willRun(now time.Time) time.Duration {
	switch {
	case r.StopSet.IsZero():
		return r.Terms.RunFor
	case r.StopAt.IsZero():
		return 0
	default:
		return max(time.Minute, r.StopAt.Sub(now))
	}
}

// RunOnceWon returns for how long a bid will run from when it wins; 0 when that is not so: it has
// won before, has a stop time, or has no planned end.
func (r *Rental) RunOnceWon() time.Duration {
	if r.Order.Kind != clore.Spot || !r.StopAt.IsZero() || !r.StopSet.IsZero() {
		return 0
	}
	return r.Terms.RunFor
}

// waits reports whether a bid is not running and may begin whenever it becomes the highest.
func (r *Rental) waits() bool { return r.Since.IsZero() && r.Cancel == nil }

// planIntent adds what an order will cost that is not known yet.
func (l *Ledger) planIntent(p *Plan, in *Intent, now time.Time) {
	t := &in.Terms
	usd, ok := l.usdPerDay(t.Price, t)
	it := Item{
		key: "i" + in.ID, Price: t.Price, Unknown: !ok, Hour: withFee(usd, t.Kind).MulDiv(1, 24),
	}
	if t.Kind == clore.Spot {
		p.wait(it, withFee(usd, t.Kind), CreationFee, t.RunFor, now)
		return
	}
	from := now
	if !in.Sent.IsZero() && in.Sent.Before(now) {
		from = in.Sent
	}
	run := t.RunFor
	if run == 0 {
		run = t.MaxRent // the host ends it then
	}
	var end time.Time
	if run > 0 {
		end = from.Add(run)
		if in.State != Pending {
			end = now.Add(run) // it may be listed late, and runs from then on
		}
	}
	p.run(it, withFee(usd, t.Kind), CreationFee, from, end, now)
}

// run adds something that costs perDay from a time to its end, and a fee at its start. Around
// midnight the fee counts on both days, so that the sum of the days is more than the total.
func (p *Plan) run(it Item, perDay, fee money.Amount, from, end, now time.Time) {
	if end.IsZero() {
		end = now.Add(openEnded)
	}
	it.Ends = end
	if end.Before(now) {
		end = now
	}
	end = end.Add(overrun)
	it.Total = plus(plus(it.Total, fee), perDay.MulDiv(int64(end.Sub(from)), int64(day)))
	p.Items = append(p.Items, it)
	p.add(from, fee)
	p.addFeeAfterMidnight(from, fee)
	if last := now.Add(horizon); end.After(last) {
		end = last
	}
	for from.Before(end) {
		next := midnight(from).AddDate(0, 0, 1)
		if next.After(end) {
			next = end
		}
		p.add(from, perDay.MulDiv(int64(next.Sub(from)), int64(day)))
		from = next
	}
}

// addFeeAfterMidnight adds a creation fee also to the next day, or month, when ten minutes after the
// beginning are in it: which of the two Clore books it on is not known.
func (p *Plan) addFeeAfterMidnight(from time.Time, fee money.Amount) {
	began, charged := midnight(from), midnight(from.Add(CreationFeeAfter))
	if charged.Equal(began) {
		return
	}
	p.Days[charged] = plus(p.Days[charged], fee)
	if !month(charged).Equal(month(began)) {
		p.Months[month(charged)] = plus(p.Months[month(charged)], fee)
	}
}

// wait adds something that may begin on any day, and then costs perDay for its planned time: each
// day counts with as much as can fall on it.
func (p *Plan) wait(it Item, perDay, fee money.Amount, runFor time.Duration, now time.Time) {
	it.Ends = now.Add(openEnded)
	whole := openEnded
	if runFor > 0 {
		whole, it.Ends = runFor+overrun, now.Add(runFor)
	}
	it.Total = plus(plus(it.Total, fee), perDay.MulDiv(int64(whole), int64(day)))
	p.Items = append(p.Items, it)
	a := plus(fee, perDay.MulDiv(int64(min(whole, day)), int64(day)))
	inMonth := plus(fee, perDay.MulDiv(int64(min(whole, 31*day)), int64(day)))
	first := midnight(now)
	for d := first; d.Before(first.Add(horizon)); d = d.AddDate(0, 0, 1) {
		p.Days[d] = plus(p.Days[d], a)
		if d.Day() == 1 || d.Equal(first) {
			p.Months[month(d)] = plus(p.Months[month(d)], inMonth)
		}
	}
}

func (p *Plan) add(at time.Time, sum money.Amount) {
	d := midnight(at)
	p.Days[d] = plus(p.Days[d], sum)
	p.Months[month(d)] = plus(p.Months[month(d)], sum)
}

func (p Plan) item(key string) *Item {
	for i := range p.Items {
		if p.Items[i].key == key {
			return &p.Items[i]
		}
	}
	return nil
}

// Today and ThisMonth return what was spent and is planned in the day and month of a time.
func (p Plan) Today(now time.Time) money.Amount { return p.Days[midnight(now)] }

// ThisMonth is like Today for the month.
func (p Plan) ThisMonth(now time.Time) money.Amount { return p.Months[month(now)] }

func midnight(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func month(t time.Time) time.Time {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}
