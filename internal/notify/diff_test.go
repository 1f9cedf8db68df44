package notify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

func noon(minutes int) time.Time {
	return time.Date(2026, 11, 24, 12, minutes, 0, 0, time.UTC)
}

var owner = chat.User{Platform: chat.Discord, ID: "42"}

// ledger is an account that was looked at before.
func ledger(change ...func(*rental.Ledger)) rental.Ledger {
	l := rental.Ledger{Account: account.Account{ID: "acc", User: owner}, Polled: noon(0)}
	for _, c := range change {
		c(&l)
	}
	return l
}

func intent(state rental.IntentState, change ...func(*rental.Intent)) func(*rental.Ledger) {
	n := rental.Intent{ID: "q1", User: owner, Account: "acc", State: state, Taken: noon(1)}
	for _, c := range change {
		c(&n)
	}
	return func(l *rental.Ledger) { l.Intents = append(l.Intents, n) }
}

// lost is a rental that was ready and called ended.
func lost(l *rental.Ledger) {
	was := ledger(renting(rental.Ready, ready)).Rentals[0]
	was.EndedAt = noon(8)
	l.Lost = append(l.Lost, rental.Lost{Rental: was})
}

func renting(stage rental.Stage, change ...func(*rental.Rental)) func(*rental.Ledger) {
	r := rental.Rental{
		Order: clore.Order{ID: 77, Server: 5, Created: noon(2)},
		User:  owner, Account: "acc", Intent: "q1", Stage: stage, Seen: noon(3), Since: noon(2),
	}
	for _, c := range change {
		c(&r)
	}
	return func(l *rental.Ledger) {
		if r.Stage == rental.Ended {
			l.Ended = append(l.Ended, r)
		} else {
			l.Rentals = append(l.Rentals, r)
		}
	}
}

func foreign(r *rental.Rental)  { r.Intent = "" }
func ready(r *rental.Rental)    { r.ReadyAt = noon(5) }
func down(r *rental.Rental)     { r.Probe.Down = noon(9) }
func unpolled(l *rental.Ledger) { l.Polled = time.Time{} }
func settled(n *rental.Intent)  { n.Settled = noon(4) }
func rejected(l *rental.Ledger) { l.Account.Rejected = noon(3) }
func cancelled(r *rental.Rental) {
	r.Cancel = &rental.Cancellation{Asked: noon(6), Reason: rental.ByUser}
}
func told(t rental.Told) func(*rental.Rental) { return func(r *rental.Rental) { r.Told = t } }

func lingering(r *rental.Rental) {
	r.Cancel = &rental.Cancellation{Asked: noon(6), Accepted: noon(6), Reason: rental.ByUser, Warned: true}
}

func short(left time.Duration) func(*rental.Ledger) {
	return shortIn(map[money.Currency]time.Duration{money.USD: left})
}

func shortIn(left map[money.Currency]time.Duration) func(*rental.Ledger) {
	return func(l *rental.Ledger) { l.Funds = rental.Funds{Checked: noon(7), Warned: left} }
}

// cases say for each change what its user is told, in this order.
func cases() map[string]struct {
	prev, next rental.Ledger
	want       []rental.EventKind
} {
	type kinds = []rental.EventKind
	card := rental.Progress
	return map[string]struct {
		prev, next rental.Ledger
		want       []rental.EventKind
	}{
		"confirmed":       {ledger(), ledger(intent(rental.Pending)), kinds{card}},
		"being sent":      {ledger(intent(rental.Pending)), ledger(intent(rental.Sending)), kinds{card}},
		"unclear answer":  {ledger(intent(rental.Sending)), ledger(intent(rental.Ambiguous)), kinds{card}},
		"yes":             {ledger(intent(rental.Sending)), ledger(intent(rental.Accepted)), kinds{card}},
		"no":              {ledger(intent(rental.Sending)), ledger(intent(rental.Refused)), kinds{card, rental.NotPlaced}},
		"withdrawn":       {ledger(intent(rental.Pending)), ledger(intent(rental.Withdrawn)), kinds{card, rental.NotPlaced}},
		"not found":       {ledger(intent(rental.Ambiguous)), ledger(intent(rental.Missing)), kinds{card, rental.NotFound}},
		"listed":          {ledger(intent(rental.Accepted)), ledger(intent(rental.Created), renting(rental.Listed)), kinds{card}},
		"found late":      {ledger(intent(rental.Missing)), ledger(intent(rental.Created), renting(rental.Listed)), kinds{card, rental.Foreign}},
		"refused, but is": {ledger(intent(rental.Refused)), ledger(intent(rental.Created), renting(rental.Listed)), kinds{card, rental.Foreign}},
		"back from the dead": {
			ledger(intent(rental.Created, func(n *rental.Intent) { n.Closed = noon(8) })),
			ledger(intent(rental.Created), renting(rental.Starting)),
			kinds{card, rental.Foreign},
		},
		"runs after all": {
			ledger(lost, intent(rental.Created, func(n *rental.Intent) { n.Closed = noon(8) })),
			ledger(intent(rental.Created), renting(rental.Ready, ready)),
			kinds{card, rental.Foreign},
		},
		"runs after all, made elsewhere": {
			ledger(lost), ledger(renting(rental.Ready, foreign, ready)), kinds{rental.Foreign},
		},
		"dismissed": {
			ledger(intent(rental.Missing)),
			ledger(intent(rental.Missing, func(n *rental.Intent) { n.Dismissed = true })),
			kinds{card},
		},
		"pruned": {ledger(intent(rental.Refused)), ledger(), nil},
		"pruned beside its rental": {
			ledger(intent(rental.Created, settled), renting(rental.Ready, ready)),
			ledger(renting(rental.Ready, ready)), nil,
		},

		"starting":  {ledger(renting(rental.Listed)), ledger(renting(rental.Starting)), kinds{card}},
		"addressed": {ledger(renting(rental.Starting)), ledger(renting(rental.Addressed)), kinds{card}},
		"ready":     {ledger(renting(rental.Addressed)), ledger(renting(rental.Ready, ready)), kinds{card, rental.IsReady}},
		"listed and ready at once": {
			ledger(intent(rental.Accepted)), ledger(intent(rental.Created), renting(rental.Ready, ready)),
			kinds{card, rental.IsReady},
		},
		"moved":       {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Addressed)), kinds{card}},
		"down":        {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ready, ready, down)), kinds{card, rental.Unreachable}},
		"back":        {ledger(renting(rental.Ready, ready, down)), ledger(renting(rental.Ready, ready)), kinds{card, rental.Back}},
		"down, moved": {ledger(renting(rental.Ready, ready, down)), ledger(renting(rental.Addressed)), kinds{card}},
		"slow":        {ledger(renting(rental.Starting)), ledger(renting(rental.Starting, told(rental.Told{Slow: true}))), kinds{card, rental.Slow}},
		"stuck": {
			ledger(renting(rental.Starting, told(rental.Told{Slow: true}))),
			ledger(renting(rental.Starting, told(rental.Told{Slow: true, Stuck: true}))),
			kinds{card, rental.Stuck},
		},
		"dearer":         {ledger(renting(rental.Listed)), ledger(renting(rental.Listed, told(rental.Told{Dearer: true}))), kinds{rental.Dearer}},
		"dearer at once": {ledger(intent(rental.Accepted)), ledger(intent(rental.Created), renting(rental.Listed, told(rental.Told{Dearer: true}))), kinds{card, rental.Dearer}},
		"stop due":       {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ready, ready, told(rental.Told{StopDue: true}))), kinds{rental.StopDue}},
		"cancel asked":   {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ready, ready, cancelled)), kinds{card}},
		"cancel lingers": {ledger(renting(rental.Ready, ready, cancelled)), ledger(renting(rental.Ready, ready, lingering)), kinds{card, rental.CancelLingers}},
		"ended":          {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ended, ready)), kinds{card, rental.HasEnded}},
		"came and went":  {ledger(intent(rental.Accepted)), ledger(intent(rental.Created), renting(rental.Ended)), kinds{card, rental.HasEnded}},
		"ended, dearer":  {ledger(renting(rental.Listed)), ledger(renting(rental.Ended, told(rental.Told{Dearer: true}))), kinds{card, rental.Dearer, rental.HasEnded}},
		"spend only":     {ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ready, ready, func(r *rental.Rental) { r.Order.Spend.Amount = 9; r.Seen = noon(8) })), nil},

		"made elsewhere":        {ledger(), ledger(renting(rental.Listed, foreign)), kinds{rental.Foreign}},
		"there from the start":  {ledger(unpolled), ledger(renting(rental.Addressed, foreign)), nil},
		"made elsewhere, ready": {ledger(renting(rental.Addressed, foreign)), ledger(renting(rental.Ready, foreign, ready)), kinds{rental.IsReady}},
		"old one answers": {
			ledger(renting(rental.Addressed, foreign)),
			ledger(renting(rental.Ready, foreign, ready, func(r *rental.Rental) { r.Order.Created = noon(-600) })), nil,
		},
		"made elsewhere, down":  {ledger(renting(rental.Ready, foreign, ready)), ledger(renting(rental.Ready, foreign, ready, down)), kinds{rental.Unreachable}},
		"made elsewhere, ended": {ledger(renting(rental.Ready, foreign)), ledger(renting(rental.Ended, foreign)), kinds{rental.HasEnded}},
		"history of others":     {ledger(unpolled), ledger(renting(rental.Ended, foreign)), nil},

		"outbid":          {ledger(spot()), ledger(spot(outbid)), kinds{card, rental.Outbid}},
		"leads again":     {ledger(spot(outbid)), ledger(spot()), kinds{card, rental.Leading}},
		"outbid, again":   {ledger(spot(outbid)), ledger(spot(func(r *rental.Rental) { r.Outbid = noon(30) })), kinds{card, rental.Outbid}},
		"outbid and gone": {ledger(spot(outbid)), ledger(renting(rental.Ended, bids(4), outbid)), kinds{card, rental.HasEnded}},
		"bid granted":     {ledger(spot(wishes(5, rental.Person))), ledger(spot(bids(5))), kinds{card, rental.Leading}},
		"bid granted while outbid": {
			ledger(spot(outbid, wishes(5, rental.Person))), ledger(spot(outbid, bids(5))), kinds{card, rental.Leading},
		},
		"saved":              {ledger(spot(wishes(3, rental.Autopilot))), ledger(spot(bids(3))), kinds{card, rental.Leading}},
		"raised by itself":   {ledger(spot(outbid, wishes(5, rental.Autopilot))), ledger(spot(outbid, bids(5))), kinds{card}},
		"a step of many":     {ledger(spot(wishes(2, rental.Person))), ledger(spot(bids(3), wishes(2, rental.Person))), kinds{card}},
		"wish taken back":    {ledger(spot(wishes(5, rental.Person))), ledger(spot()), nil},
		"bid refused":        {ledger(spot(wishes(5, rental.Person))), ledger(spot(refused(8))), kinds{rental.BidStuck}},
		"bid refused again":  {ledger(spot(refused(8), wishes(5, rental.Person))), ledger(spot(refused(9))), kinds{rental.BidStuck}},
		"pilot refused":      {ledger(spot(wishes(5, rental.Autopilot))), ledger(spot(refused(8))), kinds{rental.BidStuck}},
		"pilot as before":    {ledger(spot(refused(8), wishes(5, rental.Autopilot))), ledger(spot(refused(19))), nil},
		"pilot stuck":        {ledger(spot(outbid, pilot(""))), ledger(spot(outbid, pilot(rental.LimitCeiling))), kinds{rental.BidStuck}},
		"pilot still stuck":  {ledger(spot(outbid, pilot(rental.LimitCeiling))), ledger(spot(outbid, pilot(rental.LimitCeiling))), nil},
		"pilot stuck by day": {ledger(spot(outbid, pilot(rental.LimitCeiling))), ledger(spot(outbid, pilot(rental.LimitDay))), kinds{rental.BidStuck}},

		"permission given":   {ledger(), ledger(mandate("")), nil},
		"being bought":       {ledger(mandate("")), ledger(mandate("", rental.Trying)), nil},
		"bought":             {ledger(mandate("", rental.Trying)), ledger(mandate("", rental.Bought)), kinds{rental.BoughtOne}},
		"bought the last":    {ledger(mandate("", rental.Trying)), ledger(mandate(rental.FinishDone, rental.Bought)), kinds{rental.BoughtOne}},
		"a purchase failed":  {ledger(mandate("", rental.Trying)), ledger(mandate("", rental.Failed)), nil},
		"too many failed":    {ledger(mandate("", rental.Trying)), ledger(mandate(rental.FinishTries, rental.Failed)), kinds{rental.MandateOver}},
		"permission expired": {ledger(mandate("")), ledger(mandate(rental.FinishExpired)), kinds{rental.MandateOver}},
		"taken back":         {ledger(mandate("")), ledger(mandate(rental.FinishUser)), nil},

		"most of a day's":     {ledger(), ledger(alarm("2026-11-24", 80, 0)), kinds{rental.LimitNear}},
		"all of a day's":      {ledger(alarm("2026-11-24", 80, 0)), ledger(alarm("2026-11-24", 100, 0)), kinds{rental.LimitNear}},
		"the next day":        {ledger(alarm("2026-11-24", 100, 0)), ledger(alarm("2026-11-25", 80, 0)), kinds{rental.LimitNear}},
		"said already":        {ledger(alarm("2026-11-24", 80, 80)), ledger(alarm("2026-11-24", 80, 80)), nil},
		"no answer":           {ledger(), ledger(outage(1, 0)), kinds{rental.CloreDown}},
		"still no answer":     {ledger(outage(1, 0)), ledger(outage(1, 0)), nil},
		"answers again":       {ledger(outage(1, 0)), ledger(outage(1, 9)), kinds{rental.CloreDown}},
		"no answer once more": {ledger(outage(1, 9)), ledger(outage(20, 0)), kinds{rental.CloreDown}},
		"both at once":        {ledger(), ledger(alarm("2026-11-24", 80, 100)), kinds{rental.LimitNear, rental.LimitNear}},
		"money for a day":     {ledger(), ledger(short(24 * time.Hour)), kinds{rental.RunwayShort}},
		"money for six hours": {ledger(short(24 * time.Hour)), ledger(short(6 * time.Hour)), kinds{rental.RunwayShort}},
		"money in another coin": {
			ledger(short(time.Hour)),
			ledger(shortIn(map[money.Currency]time.Duration{money.CLORE: 24 * time.Hour, money.USD: time.Hour})),
			kinds{rental.RunwayShort},
		},
		"money in two coins at once": {
			ledger(), ledger(shortIn(map[money.Currency]time.Duration{money.CLORE: time.Hour, money.USD: time.Hour})),
			kinds{rental.RunwayShort, rental.RunwayShort},
		},
		"topped up":    {ledger(short(6 * time.Hour)), ledger(short(24 * time.Hour)), nil},
		"key rejected": {ledger(), ledger(rejected), kinds{rental.KeyRejected}},
		"key replaced": {ledger(rejected), ledger(), nil},
	}
}

func TestDiff(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			got := notify.Diff(c.prev, c.next)
			var kinds []rental.EventKind
			for _, e := range got {
				kinds = append(kinds, e.Kind)
				if e.User != owner || e.Account != "acc" || e.Key == "" || e.At.IsZero() {
					t.Errorf("incomplete: %+v", e)
				}
			}
			if diff := cmp.Diff(c.want, kinds); diff != "" {
				t.Errorf("kinds (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(got, notify.Diff(c.prev, c.next)); diff != "" {
				t.Errorf("a second time it is different:\n%s", diff)
			}
			if again := notify.Diff(c.next, c.next); len(again) != 0 {
				// Ended rentals leave the ledger with the commit.
				if len(c.next.Ended) == 0 {
					t.Errorf("told without a change: %v", again)
				}
			}
		})
	}
}

// What an event carries is what its message needs.
func TestEventContents(t *testing.T) {
	why := func(n *rental.Intent) { n.Reason, n.Requote, n.Settled = "bot: dearer", "q2", noon(4) }
	for _, e := range notify.Diff(ledger(intent(rental.Pending)), ledger(intent(rental.Withdrawn, why))) {
		if e.Kind == rental.NotPlaced && (e.Reason != "bot: dearer" || e.Quote != "q2" || e.Intent != "q1") {
			t.Errorf("not placed: %+v", e)
		}
		if e.Kind == rental.Progress && e.Card != rental.CardOf("q1") {
			t.Errorf("progress: %+v", e)
		}
	}
	price := money.Money{Amount: 3 * money.Coin, Currency: money.USD}
	dear := renting(rental.Listed, told(rental.Told{Dearer: true}), func(r *rental.Rental) { r.Order.Price = price })
	for _, e := range notify.Diff(ledger(renting(rental.Listed)), ledger(dear)) {
		if e.Price != price || e.Rental == nil || e.Order != 77 {
			t.Errorf("dearer: %+v", e)
		}
	}
	lost := notify.Diff(ledger(renting(rental.Ready, ready)), ledger(renting(rental.Ready, ready, down)))[1]
	back := notify.Diff(ledger(renting(rental.Ready, ready, down)), ledger(renting(rental.Ready, ready)))[1]
	if lost.Card == "" || lost.Card != back.Card || lost.Key == back.Key {
		t.Errorf("back does not take the place of unreachable: %q %q", lost.Card, back.Card)
	}
	next := ledger(renting(rental.Ended, cancelled))
	ended := notify.Diff(ledger(renting(rental.Ready)), next)[1]
	next.Ended[0].Cancel.Reason = rental.ByHost
	if ended.Rental.Cancel.Reason != rental.ByUser {
		t.Error("the event shares what it tells of with the ledger")
	}
}

// A new kind of event, state or stage has to be decided upon: in cases, and here.
func TestEveryKindIsDecidedUpon(t *testing.T) {
	seen := map[rental.EventKind]bool{}
	states, stages := map[rental.IntentState]bool{}, map[rental.Stage]bool{}
	for _, c := range cases() {
		for _, e := range notify.Diff(c.prev, c.next) {
			seen[e.Kind] = true
		}
		for _, n := range c.next.Intents {
			states[n.State] = true
		}
		for _, r := range slices.Concat(c.next.Rentals, c.next.Ended) {
			stages[r.Stage] = true
		}
	}
	for _, s := range constants(t, "EventKind") {
		if k := rental.EventKind(s); k == rental.WatchHit || k == rental.WatchOver {
			continue // they follow from a snapshot, not from a ledger
		}
		if !seen[rental.EventKind(s)] {
			t.Errorf("no case leads to the event %q", s)
		}
	}
	for _, s := range constants(t, "IntentState") {
		if !states[rental.IntentState(s)] {
			t.Errorf("no case leads to the state %q", s)
		}
	}
	for _, s := range constants(t, "Stage") {
		if !stages[rental.Stage(s)] {
			t.Errorf("no case leads to the stage %q", s)
		}
	}
}

// constants returns the values of the string constants of a type in package rental.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	var values []string
	for _, name := range []string{"../rental/event.go", "../rental/terms.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := v.Type.(*ast.Ident); ok && id.Name == typ {
				s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, s)
			}
			return true
		})
	}
	if len(values) < 3 {
		t.Fatalf("constants of %s not found", typ)
	}
	return values
}
