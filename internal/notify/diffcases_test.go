package notify_test

import (
	"testing"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// spot is a rental with a bid of 4 a day.
func spot(change ...func(*rental.Rental)) func(*rental.Ledger) {
	all := append([]func(*rental.Rental){bids(4)}, change...)
	return renting(rental.Addressed, all...)
}

func bids(n int64) func(*rental.Rental) {
	return func(r *rental.Rental) { r.Order.Kind, r.Order.Price = clore.Spot, usd(n) }
}

func wishes(n int64, by rental.Bidder) func(*rental.Rental) {
	return func(r *rental.Rental) { r.Bid = &rental.Bid{Target: usd(n), Asked: noon(7), By: by} }
}

func outbid(r *rental.Rental) { r.Outbid = noon(6) }

func refused(minute int) func(*rental.Rental) {
	return func(r *rental.Rental) {
		r.NoBid = &rental.NoBid{Target: usd(5), Reason: "amount_too_low", At: noon(minute)}
	}
}

func pilot(stuck rental.Limit) func(*rental.Rental) {
	return func(r *rental.Rental) { r.Pilot = &rental.Pilot{Mode: rental.Defend, Ceiling: usd(9), Stuck: stuck} }
}

// mandate is a permission with a purchase for each of the states.
func mandate(why rental.Finish, states ...rental.PurchaseState) func(*rental.Ledger) {
	m := rental.Mandate{ID: "m", Cause: rental.ForWatch, Watch: "w", Made: noon(1), Until: noon(50), Why: why}
	if why != "" {
		m.Over = noon(9)
	}
	for _, s := range states {
		m.Purchases = append(m.Purchases, rental.Purchase{Intent: "q1", Server: 5, State: s, At: noon(2)})
	}
	return func(l *rental.Ledger) { l.Mandates = append(l.Mandates, m) }
}

func alarm(date string, percent, month int) func(*rental.Ledger) {
	return func(l *rental.Ledger) {
		l.Limits = rental.Limits{Day: 10 * money.Coin, Month: 100 * money.Coin}
		l.Alarm = rental.Alarm{
			Day: date, DayPercent: percent, DaySum: 8 * money.Coin, DayPlan: 9 * money.Coin,
			Month: date[:7], MonthPercent: month, MonthSum: 99 * money.Coin, At: noon(11),
		}
	}
}

// outage began and, unless over is 0, ended at a minute.
func outage(began, over int) func(*rental.Ledger) {
	return func(l *rental.Ledger) {
		l.Outage.Since = noon(began)
		if over > 0 {
			l.Outage.Over = noon(over)
		}
	}
}

func TestBidEventContents(t *testing.T) {
	lost := notify.Diff(ledger(spot()), ledger(spot(outbid)))[1]
	if lost.Price != usd(4) || lost.Card == "" || lost.Rental == nil {
		t.Errorf("outbid: %+v", lost)
	}
	back := notify.Diff(ledger(spot(outbid)), ledger(spot()))[1]
	if back.Card != lost.Card || back.Key == lost.Key {
		t.Errorf("leading does not take the place of outbid: %q %q", lost.Card, back.Card)
	}
	no := notify.Diff(ledger(spot(wishes(5, rental.Person))), ledger(spot(refused(8))))[0]
	if no.Price != usd(5) || no.Reason != "amount_too_low" {
		t.Errorf("refused: %+v", no)
	}
	stuck := notify.Diff(ledger(spot(outbid, pilot(""))), ledger(spot(outbid, pilot(rental.LimitCeiling))))[0]
	if stuck.Price != usd(4) || stuck.Reason != string(rental.LimitCeiling) {
		t.Errorf("stuck: %+v", stuck)
	}
}

func TestMandateEventContents(t *testing.T) {
	bought := notify.Diff(
		ledger(mandate("", rental.Trying), renting(rental.Addressed)),
		ledger(mandate("", rental.Bought), renting(rental.Ready, ready)),
	)
	e := bought[len(bought)-1]
	if e.Kind != rental.BoughtOne || e.Order != 77 || e.Rental == nil || e.Intent != "q1" || e.Watch != "w" || e.Mandate == nil {
		t.Errorf("bought: %+v", e)
	}
}

func TestAlarmEventContents(t *testing.T) {
	e := notify.Diff(ledger(), ledger(alarm("2026-11-24", 80, 0)))[0]
	want := rental.LimitState{Limit: rental.LimitDay, Percent: 80, Cap: 10 * money.Coin, Spent: 8 * money.Coin, Planned: 9 * money.Coin}
	if e.Limit == nil || *e.Limit != want {
		t.Errorf("%+v", e.Limit)
	}
}

// One message an outage: that it is over takes the place of that it began, and a user with several
// accounts reads neither twice.
func TestOutageEventContents(t *testing.T) {
	gone, back := outage(1, 0), outage(1, 13)
	tell := func(prev, next rental.Ledger) rental.Event {
		all := notify.Diff(prev, next)
		if len(all) != 1 || all[0].Kind != rental.CloreDown || all[0].Outage == nil {
			t.Fatalf("told %+v", all)
		}
		return all[0]
	}
	other := func(l *rental.Ledger) { l.Account.ID = "another" }
	down, up := tell(ledger(), ledger(gone)), tell(ledger(gone), ledger(back))
	if down.Card != up.Card || down.Key == up.Key || !up.At.Equal(noon(13)) || !up.Outage.Since.Equal(noon(1)) {
		t.Errorf("%+v\n%+v", down, up)
	}
	if also := tell(ledger(other), ledger(other, gone)); also.Key != down.Key || also.Card != down.Card {
		t.Errorf("told again for another account: %+v", also)
	}
	if again := tell(ledger(back), ledger(outage(30, 0))); again.Card == down.Card {
		t.Errorf("the next outage is taken for the last: %+v", again)
	}
	if all := notify.Diff(ledger(back), ledger(back)); len(all) > 0 {
		t.Errorf("told %+v", all)
	}
}
