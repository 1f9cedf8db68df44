package rental_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// permitted returns a bot with the mandate "m" in a world of servers 1 to 4, the cheapest first.
func permitted(t *testing.T, change ...func(*rental.Mandate)) *bot {
	t.Helper()
	w := newWorld()
	w.servers = map[clore.ServerID]*clore.Server{}
	for id, price := range map[clore.ServerID]string{1: "1", 2: "1.2", 3: "1.4", 4: "1.6"} {
		w.servers[id] = freeServer(id, price)
	}
	return newBot(w, newBooks(*allowed(t, change...)))
}

// answer lets the SSH server of each order on a server answer.
func (b *bot) answer(t *testing.T, on clore.ServerID) {
	t.Helper()
	b.world.deploy()
	b.pass(t, 20*time.Second)
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
		for i := range l.Rentals {
			if r := &l.Rentals[i]; r.Order.Server == on {
				h, port, _ := r.Order.SSH()
				l.Reached(r.Order.ID, rental.ProbeResult{Host: h, Port: port}, b.world.now())
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func (b *bot) mandate(t *testing.T) *rental.Mandate {
	t.Helper()
	m := b.ledger(t).Mandate("m")
	if m == nil {
		t.Fatal("the mandate is gone")
	}
	return m
}

// asked returns the servers that create_order was sent for.
func (w *world) asked() []clore.ServerID {
	var all []clore.ServerID
	for _, r := range w.sent {
		all = append(all, r.Server)
	}
	return all
}

// alive counts the orders that live.
func (w *world) alive() int {
	n := 0
	for _, o := range w.orders {
		if o.Ended.IsZero() && !o.starts.After(w.clock) {
			n++
		}
	}
	return n
}

func sent(t *testing.T, w *world, want ...clore.ServerID) {
	t.Helper()
	if got := w.asked(); !slices.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

func TestNextBestIsTried(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Label = " lora-run " })
	b.pass(t, 13*time.Minute)
	sent(t, b.world, 1, 2)
	if l := b.ledger(t); len(l.Rentals) != 1 || l.Rentals[0].Label != "lora-run" {
		t.Errorf("rentals: %+v", l.Rentals)
	}
	if b.world.alive() != 1 {
		t.Errorf("%d alive", b.world.alive())
	}
	b.answer(t, 2)
	m := b.mandate(t)
	if m.Why != rental.FinishDone || len(m.Purchases) != 2 || m.Purchases[0].State != rental.Failed {
		t.Errorf("mandate: %+v", m)
	}
	b.pass(t, 30*time.Minute)
	sent(t, b.world, 1, 2)
}

// One after the other, until as many run as were wanted.
func TestCountIsRented(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Count, m.Tries, m.Total = 3, 4, amount("3") })
	b.pass(t, 2*time.Minute)
	sent(t, b.world, 1, 2, 3)
	for id := range clore.ServerID(3) {
		b.answer(t, id+1)
	}
	if m := b.mandate(t); m.Why != rental.FinishDone || b.world.alive() != 3 {
		t.Errorf("%d alive: %+v", b.world.alive(), m)
	}
}

// With several wanted, each is known before the next is bought, and no try is beyond their number.
func TestOneAtATime(t *testing.T) {
	l := allowed(t, func(m *rental.Mandate) { m.Count, m.Tries = 2, 2 })
	buy(t, l)
	bars(t, l, t0, rental.ErrNotNow)
	place(t, l)
	bars(t, l, at(2*time.Second), rental.ErrNotNow)
	l.Observe(list(5*time.Second, order(1001)), at(5*time.Second))
	bars(t, l, at(6*time.Second), nil)

	l = rented(t, func(m *rental.Mandate) { m.Count, m.Tries = 2, 2 })
	l.Tick(at(13 * time.Minute))
	observe(l, completed(13*time.Minute, expired(1001, 13*time.Minute)))
	if _, err := l.Buy("m", found("q2", 7, at(14*time.Minute)), at(14*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := l.BeginSend("q2", 1001, at(14*time.Minute)); err != nil {
		t.Fatal(err)
	}
	l.Accept("q2", at(14*time.Minute))
	second := order(1002)
	second.Server, second.Created = 7, at(14*time.Minute)
	l.Observe(list(15*time.Minute, second), at(15*time.Minute))
	bars(t, l, at(16*time.Minute), rental.ErrNotNow)
}

// Nothing is bought before the orders were looked at since the start.
func TestLooksBeforeItBuys(t *testing.T) {
	b := permitted(t)
	b.world.fate = func(call string) fate {
		if call == "list" {
			return dropped
		}
		return fine
	}
	for range 30 {
		if _, err := b.step(t.Context(), at(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if len(b.world.calls) == 1 && b.world.calls[0] != "list" {
			t.Fatalf("calls: %v", b.world.calls)
		}
	}
	sent(t, b.world)
}

// Offers above the price are none: the bot looks once a minute and waits.
func TestWaitsForAPrice(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Hour = amount("0.05") }) // 1.2 USD a day
	for _, s := range b.world.servers {
		s.OnDemand[0].Amount *= 2
	}
	b.pass(t, 10*time.Minute)
	looks := 0
	for _, c := range b.world.calls {
		if c == "best" {
			looks++
		}
	}
	if sent(t, b.world); looks < 9 || looks > 11 || b.mandate(t).Held != "" {
		t.Errorf("%d looks, held by %q", looks, b.mandate(t).Held)
	}
	b.world.servers[3].OnDemand[0].Amount = amount("1.1")
	b.pass(t, 2*time.Minute)
	sent(t, b.world, 3)
}

// What holds it up is noted, once, and it goes on when that is over.
func TestHeldByALimit(t *testing.T) {
	b := permitted(t)
	set := func(change func(*rental.Ledger)) {
		if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error { change(l); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(func(l *rental.Ledger) { l.SetLimits(rental.Limits{Day: amount("0.01")}) })
	b.pass(t, 5*time.Minute)
	commits := b.books.commits
	b.pass(t, 10*time.Minute)
	if m := b.mandate(t); m.Held != rental.LimitDay || b.books.commits != commits {
		t.Errorf("held by %q, %d commits of waiting", m.Held, b.books.commits-commits)
	}
	sent(t, b.world)
	set(func(l *rental.Ledger) { l.SetLimits(rental.Limits{}) })
	b.pass(t, 2*time.Minute)
	if m := b.mandate(t); m.Held != "" {
		t.Errorf("still held by %q", m.Held)
	}
	sent(t, b.world, 1)
}

// While frozen nothing is even looked for.
func TestFrozenTriesNothing(t *testing.T) {
	b := permitted(t)
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error { l.Freeze(t0); return nil }); err != nil {
		t.Fatal(err)
	}
	b.pass(t, time.Hour)
	if slices.Contains(b.world.calls, "best") || len(b.world.sent) > 0 {
		t.Errorf("calls: %v", b.world.calls)
	}
}

// It ends when it said it would, though nothing else wakes the bot.
func TestEndsInTime(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Until = at(90*time.Minute + 7*time.Second) })
	clear(b.world.servers)
	b.pass(t, 3*time.Hour)
	if m := b.mandate(t); m.Why != rental.FinishExpired || !m.Over.Equal(m.Until) {
		t.Errorf("over at %v because of %q", m.Over, m.Why)
	}
	b.pass(t, 25*time.Hour)
	if b.ledger(t).Mandate("m") != nil {
		t.Error("it is kept for ever")
	}
}

// A server that Clore says is taken may be taken by the very order that was asked for: it is seen
// before another one is ordered.
func TestTakenByItself(t *testing.T) {
	b := permitted(t)
	b.world.guarded = false
	first := true
	b.world.fate = func(call string) fate {
		if call == "create" && first {
			first = false
			b.world.execute(clore.OrderRequest{Server: 1, Kind: clore.OnDemand, Currency: usd("1").Currency, Limit: amount("1")}, 0)
			o := b.world.orders[0]
			o.visible = o.starts.Add(8 * time.Second) // as late as Clore was seen to list one
			return taken
		}
		return fine
	}
	b.pass(t, 5*time.Minute)
	sent(t, b.world, 1)
	if m := b.mandate(t); len(m.Purchases) != 1 || m.Purchases[0].State != rental.Trying || b.world.alive() != 1 {
		t.Errorf("%d alive: %+v", b.world.alive(), m)
	}
}

// What is being rented by hand is left alone: its server is not free any more.
func TestBesideAPerson(t *testing.T) {
	b := permitted(t)
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
		_, err := l.Take(found("hand", 1, t0), t0)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.pass(t, time.Minute)
	sent(t, b.world, 1, 2)
	for _, in := range b.ledger(t).Intents {
		if in.State != rental.Created {
			t.Errorf("%s is %s: %s", in.ID, in.State, in.Reason)
		}
	}
}

// With nothing in the wallet of one coin, what costs another one is bought, and soon.
func TestEmptyWalletIsNotAskedAgain(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Tries = 3 })
	s := b.world.servers[1]
	s.OnDemand, s.Coins = clore.Prices{clorecoin("1")}, []money.Currency{money.CLORE}
	b.world.fate = func(call string) fate {
		if n := len(b.world.sent); call == "create" && b.world.sent[n-1].Currency == money.CLORE {
			return poor
		}
		return fine
	}
	b.pass(t, 5*time.Minute)
	sent(t, b.world, 1, 2)
}

// Where nothing else may be paid with, it waits for money.
func TestEmptyWalletIsWaitedFor(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Tries, m.Pay = 3, []money.Currency{money.USD} })
	b.world.fate = func(call string) fate {
		if call == "create" {
			return poor
		}
		return fine
	}
	b.pass(t, 14*time.Minute)
	sent(t, b.world, 1)
}

// The cheapest of what the money is enough for, and the end when it is enough for none.
func TestTotalEndsIt(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Total = amount("0.12") })
	b.pass(t, 5*time.Minute)
	sent(t, b.world)
	if m := b.mandate(t); m.Why != rental.FinishMoney {
		t.Errorf("mandate: %+v", m)
	}
	b = permitted(t, func(m *rental.Mandate) { m.Cause, m.Watch, m.Total = rental.ForWatch, "w", amount("0.12") })
	b.Ripe(acc, "m")
	b.pass(t, 5*time.Minute)
	if m := b.mandate(t); !m.Active() {
		t.Errorf("a watch waits for a cheaper one: %+v", m)
	}
}

// An armed watch buys when it has a match, and only then.
func TestRipe(t *testing.T) {
	b := permitted(t, func(m *rental.Mandate) { m.Cause, m.Watch = rental.ForWatch, "w" })
	b.pass(t, 10*time.Minute)
	sent(t, b.world)
	b.Ripe(acc, "m")
	b.pass(t, 10*time.Second)
	sent(t, b.world, 1)
}

// A restart at any step changes nothing of what is bought. (One after each step is a bot that only
// ever begins.)
func TestMandateSurvivesRestarts(t *testing.T) {
	for every := 2; every <= 12; every++ {
		t.Run(fmt.Sprint(every), func(t *testing.T) {
			b := permitted(t, func(m *rental.Mandate) { m.Total = amount("3") }) // an ended order costs 0.50
			end := at(30 * time.Minute)
			for n := 1; b.world.clock.Before(end); n++ {
				if _, err := b.step(t.Context(), end); err != nil {
					t.Fatal(err)
				}
				if n%every == 0 {
					b = newBot(b.world, b.books)
				}
				if b.world.alive() > 1 {
					t.Fatalf("%d alive", b.world.alive())
				}
				b.world.clock = b.world.clock.Add(100 * time.Millisecond) // a start takes time
			}
			sent(t, b.world, 1, 2, 3)
			if len(b.mandate(t).Purchases) != 3 {
				t.Errorf("mandate: %+v", b.mandate(t))
			}
		})
	}
}
