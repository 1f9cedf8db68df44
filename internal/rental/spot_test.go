package rental_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

func clorecoin(s string) money.Money {
	m := usd(s)
	m.Currency = money.CLORE
	return m
}

// change alters the ledger as the desk does.
func (b *bot) change(t testing.TB, change func(*rental.Ledger) error) {
	t.Helper()
	if err := b.books.Update(t.Context(), acc, change); err != nil {
		t.Fatal(err)
	}
}

func (b *bot) pilot(t testing.TB, mode rental.Mode, ceiling string) {
	t.Helper()
	b.change(t, func(l *rental.Ledger) error {
		return l.SetPilot(spotOrder, rental.Pilot{Mode: mode, Ceiling: usd(ceiling)}, b.world.clock)
	})
}

func (b *bot) works(t testing.TB, d time.Duration) {
	t.Helper()
	if err := b.run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// spot returns the rental as the ledger has it.
func (b *bot) spot(t testing.TB) *rental.Rental {
	t.Helper()
	l, err := b.books.Ledger(t.Context(), acc)
	if err != nil {
		t.Fatal(err)
	}
	r := l.Rental(spotOrder)
	if r == nil {
		t.Fatal("the order is gone")
	}
	return r
}

func TestOutbidWhileListed(t *testing.T) {
	for name, blind := range map[string]bool{"by the book": false, "by the spend alone": true} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			b.works(t, 10*time.Minute)
			r := b.spot(t)
			if !r.Burning() || !r.Outbid.IsZero() {
				t.Fatalf("does not run: %+v", r)
			}
			began := r.Since
			a.bookFault = blind
			a.strangers[0] = usd("1.3")
			a.settle()
			b.works(t, 4*time.Minute)
			r = b.spot(t)
			if r.Outbid.IsZero() || r.Burning() || r.Stage != rental.Listed || !r.ReadyAt.IsZero() {
				t.Fatalf("not outbid: %+v", r)
			}
			b.works(t, 30*time.Minute)
			if r = b.spot(t); r.Told.Slow || r.Told.Stuck || r.Burning() {
				t.Fatalf("alarms about one that waits: %+v", r.Told)
			}
			a.strangers[0] = usd("1.1")
			a.settle()
			b.works(t, 3*time.Minute)
			r = b.spot(t)
			if !r.Outbid.IsZero() || !r.Burning() || !r.Since.After(began) || r.Stage != rental.Addressed {
				t.Fatalf("does not lead again: %+v", r)
			}
		})
	}
}

// One whose spend stands still although it leads has paused.
func TestPausedIsNotOutbid(t *testing.T) {
	a, b := newArena(t, "1.2", usd("1.1"))
	b.works(t, 5*time.Minute)
	spend := a.own().Spend
	for range 40 {
		b.works(t, 15*time.Second)
		a.meter()
		a.own().Spend = spend
	}
	if r := b.spot(t); !r.Outbid.IsZero() {
		t.Fatalf("outbid: %+v", r)
	}
}

func TestOutbidAndGone(t *testing.T) {
	for name, tt := range map[string]struct {
		happens func(*arena)
		want    rental.EndReason
	}{
		"a higher bid":    {func(a *arena) { a.strangers[0] = usd("1.3") }, rental.ByOutbid},
		"a renter":        {func(a *arena) { a.rented = true }, rental.ByOutbid},
		"the host is off": {func(a *arena) { a.end(spotOrder) }, rental.ByHost},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			a.vanish = true
			b.works(t, 5*time.Minute)
			if name == "the host is off" {
				a.strangers = nil
			}
			tt.happens(a)
			a.settle()
			b.works(t, 3*time.Minute)
			if len(b.books.history) != 1 || b.books.history[0].Reason != tt.want {
				t.Fatalf("history: %+v", b.books.history)
			}
		})
	}
}

// A bid that was never the highest is not outbid.
func TestWaitingIsNotOutbid(t *testing.T) {
	_, b := newArena(t, "1.2", usd("1.5"))
	b.works(t, 10*time.Minute)
	r := b.spot(t)
	if !r.Outbid.IsZero() || !r.Since.IsZero() {
		t.Fatalf("outbid: %+v", r)
	}
	if win, ok := r.Winning(nil); !ok || win != usd("1.51") {
		t.Errorf("what would lead: %v, %v", win, ok)
	}
}

func TestDefend(t *testing.T) {
	for name, tt := range map[string]struct {
		stranger money.Money
		ceiling  string
		want     string
		leads    bool
		stuck    rental.Limit
	}{
		"the smallest step": {usd("1.3"), "1.5", "1.31", true, ""},
		"between the steps": {usd("1.305"), "1.5", "1.31", true, ""},
		"another coin":      {clorecoin("130.5"), "1.5", "1.31", true, ""},
		"at the ceiling":    {usd("1.49"), "1.5", "1.5", true, ""},
		"above the ceiling": {usd("1.5"), "1.5", "1.2", false, rental.LimitCeiling},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			b.pilot(t, rental.Defend, tt.ceiling)
			b.works(t, 2*time.Minute)
			a.strangers[0] = tt.stranger
			a.settle()
			b.works(t, 2*time.Minute)
			if a.own().Price != usd(tt.want) || a.leads() != tt.leads {
				t.Errorf("bids %v, leads: %v", a.own().Price, a.leads())
			}
			r := b.spot(t)
			if r.Outbid.IsZero() != tt.leads || r.Pilot.Stuck != tt.stuck || r.Told.Dearer {
				t.Errorf("outbid %v, stuck %q, dearer %v", r.Outbid, r.Pilot.Stuck, r.Told.Dearer)
			}
		})
	}
}

func TestHoldRaisesNothing(t *testing.T) {
	a, b := newArena(t, "1.2", usd("1.3"))
	b.works(t, 20*time.Minute)
	if len(a.set) != 0 {
		t.Errorf("bids: %v", a.set)
	}
}

// A pilot that saves goes down in Clore's steps, as often as Clore allows, and still leads.
func TestSave(t *testing.T) {
	a, b := newArena(t, "1.5", usd("1.3"))
	b.pilot(t, rental.Save, "2")
	b.works(t, 2*time.Hour)
	if a.own().Price != usd("1.31") || !a.leads() {
		t.Fatalf("bids %v, leads: %v", a.own().Price, a.leads())
	}
	if len(a.set) != 4 { // 1.45, 1.4, 1.35, 1.31
		t.Errorf("bids: %v", a.set)
	}
	a.strangers = nil
	b.works(t, 3*time.Hour)
	if a.own().Price != usd("1") {
		t.Errorf("bids %v with nobody else", a.own().Price)
	}
}

// "Lower again in 7:40, do it then" is kept over a restart.
func TestLoweringLater(t *testing.T) {
	a, b := newArena(t, "1.5", usd("1.1"))
	b.works(t, time.Minute)
	a.lowered = a.clock.Add(-2 * time.Minute)
	b.change(t, func(l *rental.Ledger) error {
		return l.AskBid(spotOrder, usd("1.47"), rental.Person, a.clock)
	})
	b.works(t, time.Minute)
	r := b.spot(t)
	if r.Bid == nil || r.Bid.Error != string(clore.LowerLater) || len(a.set) != 0 {
		t.Fatalf("wish: %+v", r.Bid)
	}
	if in := r.Bid.Next.Sub(a.clock); in < 6*time.Minute || in > 8*time.Minute {
		t.Errorf("again in %v", in)
	}
	again := &bot{world: b.world, books: b.books, Agent: rental.NewAgent(b.AgentOptions)}
	again.works(t, 8*time.Minute)
	if a.own().Price != usd("1.47") || again.spot(t).Bid != nil {
		t.Errorf("bids %v", a.own().Price)
	}
}

func TestBidRefusals(t *testing.T) {
	a, b := newArena(t, "1.5", usd("1.1"))
	b.works(t, time.Minute)
	wish := func(target money.Money) error {
		return b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
			return l.AskBid(spotOrder, target, rental.Person, a.clock)
		})
	}
	b.pilot(t, rental.Hold, "1.8")
	var high *rental.OverCeiling
	if err := wish(usd("1.9")); !errors.As(err, &high) || high.Ceiling != usd("1.8") {
		t.Errorf("above the ceiling: %v", err)
	}
	if err := wish(clorecoin("200")); !errors.Is(err, rental.ErrBidCoin) {
		t.Errorf("another coin: %v", err)
	}
	b.change(t, func(l *rental.Ledger) error { l.Freeze(a.clock); return nil })
	var over *rental.OverLimit
	if err := wish(usd("1.6")); !errors.As(err, &over) || over.Limit != rental.LimitFrozen {
		t.Errorf("frozen: %v", err)
	}
	if err := wish(usd("1.48")); err != nil {
		t.Errorf("lowering while frozen: %v", err)
	}
	b.works(t, time.Minute)
	if a.own().Price != usd("1.48") {
		t.Errorf("bids %v", a.own().Price)
	}
	if err := wish(usd("0.5")); err != nil {
		var low *rental.LowBid
		if !errors.As(err, &low) || low.Floor != usd("1") {
			t.Errorf("below the floor: %v", err)
		}
	}
}

// Clore's floor ends a wish, and is told.
func TestBidBelowFloor(t *testing.T) {
	a, b := newArena(t, "1.02")
	b.works(t, time.Minute)
	b.change(t, func(l *rental.Ledger) error {
		l.Rental(spotOrder).Book = nil // the floor is not known
		return l.AskBid(spotOrder, usd("0.99"), rental.Person, a.clock)
	})
	b.works(t, time.Minute)
	r := b.spot(t)
	if r.Bid != nil || r.NoBid == nil || r.NoBid.Reason != string(clore.AmountTooLow) {
		t.Errorf("wish %+v, came to %+v", r.Bid, r.NoBid)
	}
}

// Whether an unclear bid was taken or not, it ends where it was wished, and nobody is told of a
// price that was not agreed.
func TestUnclearBid(t *testing.T) {
	for name, f := range map[string]fate{"taken": lost, "not taken": dropped, "limited": limited} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			b.works(t, time.Minute)
			a.setFault = f
			b.change(t, func(l *rental.Ledger) error {
				return l.AskBid(spotOrder, usd("1.4"), rental.Person, a.clock)
			})
			b.works(t, 20*time.Second)
			a.setFault = fine
			b.works(t, 3*time.Minute)
			r := b.spot(t)
			if a.own().Price != usd("1.4") || r.Bid != nil || r.Terms.Price != usd("1.4") || r.Told.Dearer {
				t.Errorf("bids %v; wish %+v, agreed %v, dearer %v", a.own().Price, r.Bid, r.Terms.Price, r.Told.Dearer)
			}
		})
	}
}

func fallback(a *arena) rental.Mandate {
	return rental.Mandate{
		ID: "m", Query: "1x4090", Hour: usd("1").Amount, Total: usd("10").Amount, Count: 1, Tries: 2,
		RunFor: time.Hour, Preset: terms().Preset, Until: a.clock.Add(48 * time.Hour),
	}
}

// With something to fall back on, an order that is lost at its ceiling is given up.
func TestFallback(t *testing.T) {
	for name, mode := range map[string]rental.Mode{"at the ceiling": rental.Defend, "at once": rental.Hold} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			b.pilot(t, mode, "1.3")
			b.change(t, func(l *rental.Ledger) error { return l.SetFallback(spotOrder, fallback(a), a.clock) })
			b.works(t, 2*time.Minute)
			if a.own() == nil || b.spot(t).Pilot.Fallback != "m" {
				t.Fatal("given up while it leads")
			}
			a.strangers[0] = usd("2")
			a.settle()
			b.works(t, 3*time.Minute)
			if a.own() != nil || len(b.books.history) != 1 || b.books.history[0].Reason != rental.ByOutbid {
				t.Fatalf("history: %+v", b.books.history)
			}
			l, _ := b.books.Ledger(t.Context(), acc)
			if m := l.Mandate("m"); m.Lost.IsZero() || !m.Active() {
				t.Errorf("mandate: %+v", m)
			}
		})
	}
}

// What is rented in the place of a lost bid keeps its stop time, and is not rented for a few minutes.
func TestFallbackKeepsThePlannedEnd(t *testing.T) {
	for lost, want := range map[time.Duration]time.Duration{
		2 * time.Hour: time.Hour, 5*time.Hour + 20*time.Minute: 40 * time.Minute, 5*time.Hour + 52*time.Minute: 0,
	} {
		w := newWorld()
		w.servers[7] = freeServer(7, "2.2")
		l := ledger()
		o := order(1001)
		o.Kind, o.Server, o.Spend = clore.Spot, 99, usd("0.1")
		observe(&l, list(time.Second, o))
		stop := at(6 * time.Hour)
		m := mandate("m")
		m.Cause, m.After, m.Until, m.RunFor = rental.ForFallback, 1001, stop, time.Hour
		m.Total, m.Hour = usd("10").Amount, usd("1").Amount
		if err := errors.Join(l.SetStop(1001, stop, at(time.Second)), l.SetFallback(1001, m, at(time.Minute)),
			l.AskCancel(1001, rental.ByOutbid, "", at(lost-time.Minute))); err != nil {
			t.Fatal(err)
		}
		observe(&l, list(lost-40*time.Second))
		observe(&l, list(lost-5*time.Second))
		l.Ended, w.clock = nil, at(lost)
		b := newBot(w, newBooks(l))
		if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoBuy, Mandate: "m"}); err != nil {
			t.Fatal(err)
		}
		got, _ := b.books.Ledger(t.Context(), acc)
		if len(got.Intents) == 0 && want == 0 {
			continue
		}
		if len(got.Intents) != 1 || got.Intents[0].Terms.RunFor > want || got.Intents[0].Terms.RunFor < want-time.Minute {
			t.Errorf("lost after %v: %+v, want one for %v", lost, got.Intents, want)
		}
	}
}

// A bid is not given up for a fallback that may not buy, and one that is taken back is forgotten.
func TestFallbackThatMayNotBuy(t *testing.T) {
	for name, change := range map[string]func(*rental.Ledger, time.Time) error{
		"frozen":          func(l *rental.Ledger, now time.Time) error { l.Freeze(now); return nil },
		"taken back":      func(l *rental.Ledger, now time.Time) error { return l.Revoke("m", now) },
		"another pilot":   func(l *rental.Ledger, now time.Time) error { return l.SetPilot(spotOrder, rental.Pilot{}, now) },
		"expired":         func(*rental.Ledger, time.Time) error { return nil },
		"another instead": func(l *rental.Ledger, now time.Time) error { return l.SetFallback(spotOrder, rental.Mandate{}, now) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newArena(t, "1.2", usd("1.1"))
			b.change(t, func(l *rental.Ledger) error { return l.SetFallback(spotOrder, fallback(a), a.clock) })
			b.works(t, time.Minute)
			switch name {
			case "expired":
				b.works(t, 49*time.Hour)
			case "another instead":
				if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error { return change(l, a.clock) }); !errors.Is(err, rental.ErrBounds) {
					t.Fatalf("without bounds: %v", err)
				}
				if p := b.spot(t).Pilot; p.Fallback != "m" {
					t.Fatalf("a refused one took the place of the first: %+v", p)
				}
				return
			default:
				b.change(t, func(l *rental.Ledger) error { return change(l, a.clock) })
			}
			a.strangers[0] = usd("2")
			a.settle()
			b.works(t, 5*time.Minute)
			r := b.spot(t)
			if a.own() == nil || r.Cancel != nil || r.Outbid.IsZero() {
				t.Fatalf("given up: %+v", r)
			}
			if stands := r.Pilot.Fallback != ""; stands != (name == "frozen") {
				t.Errorf("pilot: %+v", r.Pilot)
			}
			l, _ := b.books.Ledger(t.Context(), acc)
			if m := l.Mandate("m"); m != nil && m.Active() != (name == "frozen") {
				t.Errorf("mandate: %+v", m)
			}
		})
	}
}
