package rental_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// fight is a bid in a random world: strangers, rates, faults, deaths of the process, and a person
// who changes their mind.
type fight struct {
	*arena
	*testing.T
	random *rand.Rand
	bot    *bot
	// loose is set when the process is to die after the next bid that Clore takes.
	loose bool
}

// TestNoBidPassesItsCeiling looks at each set_spot_price of 1,000 random fights, and at what became
// of the bid at their ends.
func TestNoBidPassesItsCeiling(t *testing.T) {
	t.Parallel()
	fights := 1000
	if testing.Short() || racing {
		fights = 100
	}
	for seed := range fights {
		if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { newFight(t, uint64(seed)).run() }) {
			return
		}
	}
}

func newFight(t *testing.T, seed uint64) *fight {
	t.Helper()
	a, b := newArena(t, "1.2", usd("1.1"), clorecoin("90"))
	f := &fight{arena: a, T: t, random: rand.New(rand.NewPCG(seed, 5)), bot: b}
	a.vanish = f.coin()
	a.before = f.judge
	a.after = func() {
		if f.loose {
			f.loose = false
			panic(crash{"after set"})
		}
	}
	return f
}

func (f *fight) run() {
	moves := []func(){
		f.outbid, f.outbid, f.rate, f.renter, f.fault, f.disk, f.die, f.person, f.pilot, f.pilot, f.limit, f.freeze, f.stopTime,
	}
	for range f.within(4, 10) {
		moves[f.within(0, len(moves)-1)]()
		f.settle()
		f.work(time.Duration(f.within(5, 100)) * time.Second)
		if f.own() == nil {
			return
		}
	}
	f.calm()
}

func (f *fight) within(least, most int) int { return least + f.random.IntN(most-least+1) }

func (f *fight) coin() bool { return f.random.IntN(2) == 0 }

func (f *fight) money() money.Money {
	cents := f.within(90, 170)
	return money.Money{Amount: money.Amount(cents) * money.Coin / 100, Currency: money.USD}
}

func (f *fight) outbid() {
	m := f.money()
	if f.coin() {
		m.Amount, m.Currency = m.Amount*100, money.CLORE
	}
	f.strangers[f.within(0, 1)] = m
}

func (f *fight) rate() {
	f.rates[money.CLORE] = money.Amount(f.within(80, 130)) * money.Coin / 10_000
}

func (f *fight) renter() { f.rented = f.coin() }

func (f *fight) fault() {
	f.setFault = []fate{fine, lost, dropped, limited}[f.within(0, 3)]
	f.bookFault = f.within(0, 3) == 0
}

// disk lets commits fail.
func (f *fight) disk() {
	n := 0
	f.bot.books.before = func() error {
		if n++; n%3 == 0 {
			return errDisk
		}
		return nil
	}
}

func (f *fight) die() { f.loose = true }

func (f *fight) person() {
	m := f.money()
	_ = f.bot.books.Update(f.Context(), acc, func(l *rental.Ledger) error { return l.AskBid(spotOrder, m, rental.Person, f.clock) })
}

func (f *fight) pilot() {
	p := rental.Pilot{
		Mode:    []rental.Mode{rental.Hold, rental.Defend, rental.Save}[f.within(0, 2)],
		Ceiling: f.money(),
	}
	_ = f.bot.books.Update(f.Context(), acc, func(l *rental.Ledger) error { return l.SetPilot(spotOrder, p, f.clock) })
}

func (f *fight) limit() {
	var m rental.Limits
	cap := f.money().Amount
	switch f.within(0, 2) {
	case 0:
		m.Hour = cap.MulDiv(1, 24)
	case 1:
		m.Day = cap
	}
	f.change(func(l *rental.Ledger) { l.SetLimits(m) })
}

func (f *fight) freeze() {
	on := f.coin()
	f.change(func(l *rental.Ledger) {
		if l.Unfreeze(); on {
			l.Freeze(f.clock)
		}
	})
}

func (f *fight) stopTime() {
	at := f.clock.Add(time.Duration(f.within(1, 20)) * time.Hour)
	_ = f.bot.books.Update(f.Context(), acc, func(l *rental.Ledger) error { return l.SetStop(spotOrder, at, f.clock) })
}

func (f *fight) change(change func(*rental.Ledger)) {
	_ = f.bot.books.Update(f.Context(), acc, func(l *rental.Ledger) error { change(l); return nil })
}

// work lets the bot work, through deaths of the process.
func (f *fight) work(d time.Duration) {
	for end := f.clock.Add(d); f.clock.Before(end); {
		if f.lives(end) {
			return
		}
		f.bot = &bot{world: f.world, books: f.bot.books, Agent: rental.NewAgent(f.bot.AgentOptions)}
	}
}

func (f *fight) lives(end time.Time) (lived bool) {
	defer func() {
		if v := recover(); v != nil {
			if _, died := v.(crash); !died {
				panic(v)
			}
		}
	}()
	if err := f.bot.run(f.Context(), end.Sub(f.clock)); err != nil {
		f.Fatal(err)
	}
	return true
}

// judge looks at a bid on its way to Clore, with an arithmetic of its own.
func (f *fight) judge(bid money.Amount) {
	o := f.own()
	if o == nil {
		return
	}
	l, err := f.bot.books.Ledger(f.Context(), acc)
	if err != nil {
		f.Fatal(err)
	}
	r := l.Rental(spotOrder)
	if bid < usd("1").Amount && r.Book != nil && r.Book.Floor.Amount > 0 {
		f.Fatalf("bid %v is below the floor", bid)
	}
	if bid <= o.Price.Amount {
		return
	}
	if p := r.Pilot; p != nil && p.Ceiling.Amount > 0 && bid > p.Ceiling.Amount {
		f.Fatalf("bid %v is above the ceiling %v", bid, p.Ceiling)
	}
	if !l.Frozen.IsZero() {
		f.Fatalf("bid %v while frozen", bid)
	}
	if r.Cancel != nil {
		f.Fatalf("bid %v for an order that is given up", bid)
	}
	day := bid + bid/80 // the renter pays half of 2.5 %
	if m := l.Limits; m.Hour > 0 && day/24 > m.Hour {
		f.Fatalf("bid %v is above %v an hour", bid, m.Hour)
	}
	if m := l.Limits; m.Day > 0 && (r.StopAt.IsZero() || r.StopAt.Sub(f.clock) > 48*time.Hour) && day > m.Day {
		f.Fatalf("bid %v is above %v a day", bid, m.Day)
	}
}

// calm ends the faults. A pilot that may then leads.
func (f *fight) calm() {
	f.setFault, f.bookFault, f.rented, f.loose, f.bot.books.before = fine, false, false, false, nil
	f.change(func(l *rental.Ledger) {
		l.SetLimits(rental.Limits{})
		l.Unfreeze()
	})
	f.settle()
	f.work(11 * time.Minute) // past the time for which a refused bid is not repeated
	o := f.own()
	if o == nil {
		return
	}
	l, err := f.bot.books.Ledger(f.Context(), acc)
	if err != nil {
		f.Fatal(err)
	}
	r := l.Rental(spotOrder)
	if r == nil || r.Pilot == nil || r.Pilot.Mode == rental.Hold || r.Cancel != nil {
		return
	}
	top := money.Amount(0)
	for _, s := range f.strangers {
		worth, _ := f.rates.USD(s)
		top = max(top, worth)
	}
	if !f.leads() && top+rental.BidStep(money.USD).Amount <= r.Pilot.Ceiling.Amount {
		f.Fatalf("bids %v against %v below a ceiling of %v: %+v", o.Price, top, r.Pilot.Ceiling, r)
	}
	if got := r.Terms.Price; got != o.Price || r.Told.Dearer {
		f.Fatalf("bids %v, agreed to %v, dearer %v", o.Price, got, r.Told.Dearer)
	}
}
