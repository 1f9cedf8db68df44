package commands_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func (w *world) mandates() []rental.Mandate { return w.mem.ledgers["acct-1"].Mandates }

// permit allows what a line asks for and returns the mandate.
func (w *world) permit(line string) *rental.Mandate {
	w.t.Helper()
	if v := w.view(w.press(w.says(line), "Allow")); v.Topic != "allowed" {
		w.t.Fatalf("not allowed:\n%s", dump(v))
	}
	return &w.mandates()[len(w.mandates())-1]
}

func TestRentBestViews(t *testing.T) {
	w := newWorld(t).withPreset()
	card := w.says("/rent 4090 <0.35/h run:2h tries:3")
	golden(t, "bounds", card, w.view(w.press(card, "Allow")), w.says("/permissions"), w.says("/orders"),
		w.view(w.press(w.says("/permissions"), "Take back 1")), w.says("/rent 2x3090 tries:4 patience:20m pay:CLORE label:lora-run"))
	golden(t, "bounds-errors", w.says("/rent #88411 tries:3"), w.says("/rent 4090 tries:3 bid:0.1/h"), w.says("/rent 4090 tries:x"), w.says("/rent 4090 tries:17"),
		w.says("/rent 4090 tries:3 patience:1m"), w.says("/rent 4090 tries:3 run:none"), w.says("/rent 4090 cc=JP tries:3"),
		w.says("/permissions"))
}

// What is allowed is what the card said, once, by whom it was shown to, and while it is fresh.
func TestAllowsWhatWasShown(t *testing.T) {
	w := newWorld(t).withPreset()
	w.mem.grants = append(w.mem.grants, account.Grant{Platform: chat.Telegram, User: eve.ID, Role: account.Member})
	card := w.says("/rent 4090 <0.35/h run:2h tries:3 patience:10m")
	if v := w.view(w.pressAs(eve, card, "Allow")); v.Topic != "error" || len(w.mandates()) != 0 {
		t.Fatalf("somebody else's tap:\n%s", dump(v))
	}
	w.press(card, "Allow")
	if v := w.view(w.press(card, "Allow")); v.Topic != "error" || len(w.mandates()) != 1 {
		t.Fatalf("a second tap gave %d mandates:\n%s", len(w.mandates()), dump(v))
	}
	m := w.mandates()[0]
	// Two hours at 0.35 USD/h and twice twenty minutes of it, with 5 % and 0.10 USD for each order.
	if m.Hour != 350_000_000 || m.Total != 1_320_000_000 || m.Count != 1 || m.Tries != 3 ||
		m.RunFor != 2*time.Hour || m.Patience != 10*time.Minute || m.Query != "4090 <0.35/h" ||
		m.Until != w.now.Add(50*time.Minute) || m.Preset.Name != "jupyter" || m.Cause != rental.ForBest || m.Pay[0] != money.USD {
		t.Errorf("allowed: %+v", m)
	}
	late := w.says("/rent 4090 <0.35/h tries:3")
	w.now = w.now.Add(5*time.Minute + time.Second)
	if v := w.view(w.press(late, "Allow")); v.Topic != "error" || len(w.mandates()) != 1 {
		t.Errorf("a late tap:\n%s", dump(v))
	}
}

// Without a price in the search the bound follows from what there is.
func TestBestPriceWithoutALimit(t *testing.T) {
	w := newWorld(t).withPreset()
	m := w.permit("/rent 4090 tries:3")
	quote := w.says("/rent 4090")
	w.press(quote, "Rent")
	hour := w.intents()[0].Terms.USD / 24
	if m.Hour < hour || m.Hour > 2*hour+1 {
		t.Errorf("up to %v an hour, the best is %v", m.Hour, hour)
	}
	if v := w.says("/rent 4090 tries:1"); v.Topic != "quote" {
		t.Errorf("a single try is a quote:\n%s", dump(v))
	}
}

// A limit that stands in the way shows before anything is agreed to.
func TestBoundsBesideLimits(t *testing.T) {
	w := newWorld(t).withPreset()
	w.ledger(func(l *rental.Ledger) { l.SetLimits(rental.Limits{Day: money.Coin / 2}) })
	golden(t, "bounds-limits", w.says("/rent 4090 <0.35/h run:2h tries:3"))
	if v := w.says("/rent 4090 <0.10/h run:2h tries:3"); strings.Contains(dump(v), "limits") && strings.Contains(dump(v), "would not fit") {
		t.Errorf("what fits is warned of:\n%s", dump(v))
	}
}

func TestFrozenAllowsNothing(t *testing.T) {
	w := newWorld(t).withPreset()
	card := w.says("/rent 4090 tries:3")
	w.ledger(func(l *rental.Ledger) { l.Freeze(w.now) })
	if v := w.view(w.press(card, "Allow")); v.Topic != "error" || len(w.mandates()) != 0 {
		t.Errorf("allowed while frozen:\n%s", dump(v))
	}
}

// bestMandate is one that is at work: the first server failed, the second is on its way.
func tryingMandate(w *world) rental.Mandate {
	return rental.Mandate{
		ID: "m1", Cause: rental.ForBest, Query: "rtx4090 <0.35/h", Hour: 350_000_000, Total: money.Coin + money.Coin/4,
		Count: 1, Tries: 3, RunFor: 2 * time.Hour, Patience: 12 * time.Minute, Made: w.now, Until: w.now.Add(time.Hour),
		Preset: account.Preset{Name: "jupyter", Image: "cloreai/jupyter"}, Pay: []money.Currency{money.USD},
		Purchases: []rental.Purchase{
			{Intent: "q0", Server: 88410, USD: 120_000_000, State: rental.Failed, At: w.now},
			{Intent: "q1", Server: 88411, USD: 500_000_000, At: w.now},
		},
	}
}

func TestMandateAlerts(t *testing.T) {
	w := newWorld(t).withKey()
	m := tryingMandate(w)
	m.Purchases[1].State = rental.Bought
	m.Over, m.Why = w.now, rental.FinishDone
	r := running(1939941)
	bought := rental.Event{Kind: rental.BoughtOne, Mandate: &m, Rental: &r, Order: r.Order.ID, Intent: r.Intent}
	views := []chat.View{w.told(bought)}
	bought.Rental, bought.Intent = nil, "q1"
	views = append(views, w.told(bought))
	for _, why := range []rental.Finish{rental.FinishExpired, rental.FinishTries, rental.FinishMoney} {
		m.Why, m.Purchases[1].State = why, rental.Failed
		views = append(views, w.told(rental.Event{Kind: rental.MandateOver, Mandate: &m}))
	}
	m.Why, m.Cause, m.Watch, m.Held = rental.FinishExpired, rental.ForWatch, "w1", rental.LimitDay
	views = append(views, w.told(rental.Event{Kind: rental.MandateOver, Mandate: &m}))
	golden(t, "mandate-alerts", views...)
}

// While the next one is tried, a failure is told as a step, and what was not sent not at all.
func TestFailedTriesAreTold(t *testing.T) {
	w := newWorld(t).withKey()
	refused, withdrawn := intent(rental.Refused), intent(rental.Withdrawn)
	refused.Mandate, withdrawn.Mandate, refused.ID, withdrawn.ID = "m1", "m1", "q1", "q0"
	w.ledger(func(l *rental.Ledger) {
		l.Intents, l.Mandates = []rental.Intent{refused, withdrawn}, []rental.Mandate{tryingMandate(w)}
	})
	next := w.told(rental.Event{Kind: rental.NotPlaced, Intent: refused.ID, Reason: string(clore.ServerOffline)})
	if _, err := w.tell(ana.Direct(), rental.Event{Kind: rental.NotPlaced, Intent: "q0", Reason: rental.ReasonRented}); !errors.Is(err, notify.ErrSkip) {
		t.Errorf("what was not sent: %v", err)
	}
	card := w.told(rental.Event{Kind: rental.Progress, Intent: refused.ID})
	r := running(1939941)
	r.Stage, r.Reason, r.EndedAt = rental.Ended, rental.ByRetry, w.now
	r.Cancel = &rental.Cancellation{Reason: rental.ByRetry, Issue: "SSH port refused the connection 14 times from 10:02 to 10:14 UTC."}
	ended := w.told(rental.Event{Kind: rental.HasEnded, Rental: &r, Order: r.Order.ID})
	golden(t, "mandate-tries", next, card, ended, w.says("/permissions"))
	w.ledger(func(l *rental.Ledger) { l.Mandates[0].Over, l.Mandates[0].Why = w.now, rental.FinishUser })
	if v := w.told(rental.Event{Kind: rental.NotPlaced, Intent: refused.ID}); !strings.Contains(dump(v), "Rent next best") {
		t.Errorf("nothing more is tried, and no next best is offered:\n%s", dump(v))
	}
}

// The bounds of what came to nothing can be agreed to once more, and only those of a search.
func TestTryAgain(t *testing.T) {
	w := newWorld(t).withKey()
	m := tryingMandate(w)
	m.Over, m.Why = w.now, rental.FinishTries
	w.ledger(func(l *rental.Ledger) { l.Mandates = []rental.Mandate{m} })
	over := w.told(rental.Event{Kind: rental.MandateOver, Mandate: &m})
	w.now = w.now.Add(time.Hour)
	card := w.view(w.press(over, "Try again"))
	if card.Topic != "bounds" {
		t.Fatal(dump(card))
	}
	w.press(card, "Allow")
	if n := len(w.mandates()); n != 2 {
		t.Fatalf("%d mandates", n)
	}
	got := w.mandates()[1]
	if got.ID == m.ID || !got.Active() || len(got.Purchases) != 0 || got.Total != m.Total || !got.Until.After(w.now) {
		t.Errorf("again: %+v", got)
	}
	w.ledger(func(l *rental.Ledger) { l.Mandates = nil })
	if v := w.view(w.press(over, "Try again")); v.Topic != "error" {
		t.Errorf("of a forgotten one:\n%s", dump(v))
	}
	if v := w.view(w.dispatch(w.request(eve, chat.Pressed, "takeback", chat.Args{"id": got.ID}))); v.Topic == "permissions" {
		t.Errorf("a stranger:\n%s", dump(v))
	}
}
