package rental_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// harmless are the methods of Ledger and Desk that cannot make an account spend more than before:
// they read, end, narrow, or note what Clore did. Whoever adds a method puts it here, or on a path
// in paths or deskPaths.
func harmless() map[string]string {
	return map[string]string{
		"Ledger": `Intent Ahead On Rental Of OwnedBy Mandate MandateOf Live Removable Burn Runway Runways Short ShortIn Plan Usage Fits Prunable
			Accept Refuse Doubt Withdraw Restart Prune Observe Reached Tick Fund Dismiss CallOff
			AskCancel CancelAccepted CancelFailed SetLabel SetLimits Freeze Unfreeze Revoke RevokeWatch EndWithWatch
			SetBid BidTaken BidFailed SetPilot ObserveBook Unheard NoAnswer`,
		"Desk": `Quote Amend Cancel CancelAll Label NoteBid SetPilot SawBids Dismiss CallOff Revoke RevokeWatch Credentials
			Limit Freeze Unfreeze`,
	}
}

// deskPaths are the ways to spend through the desk, from the household of a path of the ledger.
func deskPaths() map[string]struct {
	from string
	do   func(t *testing.T, o *office) error
} {
	type do = func(t *testing.T, o *office) error
	return map[string]struct {
		from string
		do   do
	}{
		"Confirm": {"a tap", func(t *testing.T, o *office) error {
			q := guardQuote("q", nil)
			if err := o.books.SaveQuote(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			_, err := o.Confirm(t.Context(), "q", ana)
			return err
		}},
		"StopAt": {"a later stop", func(t *testing.T, o *office) error {
			return o.StopAt(t.Context(), ana, acc, 1001, o.ledger(t).Rental(1001).StopAt, at(5*time.Hour))
		}},
		"Bid": {"a raise", func(t *testing.T, o *office) error {
			return o.Bid(t.Context(), ana, acc, 1001, usd("3"))
		}},
		"Allow": {"a new permission", func(t *testing.T, o *office) error {
			return o.Allow(t.Context(), ana, acc, mandate("m"))
		}},
		"SetFallback": {"a new fallback", func(t *testing.T, o *office) error {
			return o.SetFallback(t.Context(), ana, acc, 1001, mandate("m"))
		}},
	}
}

func TestEveryMethodIsJudged(t *testing.T) {
	spends := map[string][]string{}
	for _, p := range paths() {
		spends["Ledger"] = append(spends["Ledger"], p.of)
	}
	for name := range deskPaths() {
		spends["Desk"] = append(spends["Desk"], name)
	}
	for _, v := range []any{&rental.Ledger{}, &rental.Desk{}} {
		of := reflect.TypeOf(v)
		kind := of.Elem().Name()
		safe := strings.Fields(harmless()[kind])
		var all []string
		for m := range of.Methods() {
			name := m.Name
			all = append(all, name)
			if slices.Contains(spends[kind], name) == slices.Contains(safe, name) {
				t.Errorf("%s.%s must be on a path that the guard is tested on, or among the harmless", kind, name)
			}
		}
		for _, name := range append(safe, spends[kind]...) {
			if !slices.Contains(all, name) {
				t.Errorf("there is no %s.%s", kind, name)
			}
		}
	}
}

func TestDeskIsGuarded(t *testing.T) {
	for name, p := range deskPaths() {
		t.Run(name, func(t *testing.T) {
			from := paths()[p.from]
			open := newOffice(from.household(t))
			open.now = at(guardAt)
			if err := p.do(t, open); err != nil {
				t.Fatalf("without limits: %v", err)
			}
			limits := map[rental.Limit]func(*rental.Ledger){rental.LimitFrozen: func(l *rental.Ledger) { l.Freeze(t0) }}
			if len(from.more) > 0 {
				limits[rental.LimitDay] = func(l *rental.Ledger) { l.SetLimits(rental.Limits{Day: 1}) }
			}
			for kind, limit := range limits {
				l := from.household(t)
				limit(l)
				o := newOffice(l)
				o.now = at(guardAt)
				before := string(encode(*o.ledger(t)))
				err := p.do(t, o)
				over := (*rental.OverLimit)(nil)
				if !errors.As(err, &over) || over.Limit != kind {
					t.Errorf("%s: %v", kind, err)
				}
				if after := string(encode(*o.ledger(t))); after != before || o.kicked != 0 {
					t.Errorf("%s: a refusal changed\n%s\nto\n%s", kind, before, after)
				}
			}
		})
	}
}

// TestUnknownWorthIsNotSpent refuses a coin without a rate while a limit is an amount.
func TestUnknownWorthIsNotSpent(t *testing.T) {
	coin := guardQuote("q", func(t *rental.Terms) { t.Price, t.USD = clorecoin("100"), 0 })
	for _, tt := range []struct {
		name   string
		limits rental.Limits
		rates  money.Rates
		want   rental.Limit
	}{
		{"no limit", rental.Limits{}, nil, ""},
		{"no limit in USD", rental.Limits{Parallel: 5}, nil, ""},
		{"no rate", rental.Limits{Day: 1000 * money.Coin}, nil, rental.LimitRate},
		{"a rate", rental.Limits{Day: 1000 * money.Coin}, money.Rates{money.CLORE: money.Coin / 50}, ""},
		{"a rate and a low limit", rental.Limits{Day: money.Coin / 10}, money.Rates{money.CLORE: money.Coin / 50}, rental.LimitDay},
	} {
		l := ledger()
		l.SetLimits(tt.limits)
		q := coin
		q.Rates = tt.rates
		_, err := l.Take(q, at(guardAt))
		over := (*rental.OverLimit)(nil)
		if errors.As(err, &over) && over.Limit != tt.want || over == nil && tt.want != "" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestPilotIsGuarded lets the autopilot see that it is outbid: where the limits forbid the bid that
// would lead it wishes none, and says so.
func TestPilotIsGuarded(t *testing.T) {
	for name, limit := range map[string]func(*rental.Ledger){
		"":                func(*rental.Ledger) {},
		string(perHour):   func(l *rental.Ledger) { l.SetLimits(rental.Limits{Hour: usd("2.5").Amount / 24}) },
		string(perDay):    func(l *rental.Ledger) { l.SetLimits(rental.Limits{Day: 1}) },
		"frozen":          func(l *rental.Ledger) { l.Freeze(t0) },
		string(perRental): func(l *rental.Ledger) { l.SetLimits(rental.Limits{Rental: 1}) },
	} {
		l := path{ready: hasLead}.household(t)
		if err := l.SetPilot(1001, rental.Pilot{Mode: rental.Defend, Ceiling: usd("5")}, t0); err != nil {
			t.Fatal(err)
		}
		limit(l)
		look := rental.Look{At: at(guardAt), Market: &clore.SpotMarket{Exists: true, Online: true, Floor: clore.Prices{usd("1")}, Offers: []clore.SpotOffer{
			{Order: 7, Active: true, Bid: usd("3")}, {Order: 1001, Bid: usd("2"), Mine: true},
		}}}
		l.ObserveBook(1001, look, at(guardAt))
		r := l.Rental(1001)
		if string(r.Pilot.Stuck) != name || (r.Bid == nil) != (name != "") {
			t.Errorf("%q: stuck by %q, wishes %+v", name, r.Pilot.Stuck, r.Bid)
		}
	}
}
