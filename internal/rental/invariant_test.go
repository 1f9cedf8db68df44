package rental_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// edges are the ways of an intent.
func edges() map[rental.IntentState][]rental.IntentState {
	return map[rental.IntentState][]rental.IntentState{
		rental.Pending:   {rental.Sending, rental.Withdrawn},
		rental.Sending:   {rental.Accepted, rental.Refused, rental.Ambiguous, rental.Created},
		rental.Ambiguous: {rental.Accepted, rental.Refused, rental.Created, rental.Missing},
		rental.Accepted:  {rental.Created, rental.Missing},
		rental.Missing:   {rental.Created},
		rental.Refused:   {rental.Created},
		rental.Created:   {},
		rental.Withdrawn: {},
	}
}

// wrong tells what is wrong with a ledger, or with a step from one to the next.
func wrong(prev, next *rental.Ledger, now time.Time) error {
	for _, check := range []func(prev, next *rental.Ledger, now time.Time) error{
		wrongIntents, wrongRentals, wrongEnded, wrongForm, wrongStep,
	} {
		if err := check(prev, next, now); err != nil {
			return err
		}
	}
	return nil
}

func wrongIntents(prev, next *rental.Ledger, now time.Time) error {
	unsettled := 0
	for i := range next.Intents {
		in := &next.Intents[i]
		if in.State == rental.Sending || in.State == rental.Ambiguous {
			unsettled++
		}
		if in.State == rental.Created && in.Order == 0 {
			return fmt.Errorf("intent %s was created without an order", in.ID)
		}
		if in.State.Open() != in.Settled.IsZero() {
			return fmt.Errorf("intent %s is %s and was settled at %v", in.ID, in.State, in.Settled)
		}
		was := prev.Intent(in.ID)
		if was != nil && was.State != in.State && !slices.Contains(edges()[was.State], in.State) {
			return fmt.Errorf("intent %s went from %s to %s", in.ID, was.State, in.State)
		}
	}
	if unsettled > 1 {
		return fmt.Errorf("%d intents are unsettled at once", unsettled)
	}
	for i := range prev.Intents {
		was := &prev.Intents[i]
		if next.Intent(was.ID) == nil && !slices.Contains(prev.Prunable(now), was.ID) {
			return fmt.Errorf("intent %s was forgotten in state %s", was.ID, was.State)
		}
	}
	return nil
}

func wrongRentals(prev, next *rental.Ledger, _ time.Time) error {
	orders, intents := map[clore.OrderID]bool{}, map[string]bool{}
	for i := range next.Rentals {
		r := &next.Rentals[i]
		if orders[r.Order.ID] || r.Intent != "" && intents[r.Intent] {
			return fmt.Errorf("order %d or intent %q has two rentals", r.Order.ID, r.Intent)
		}
		orders[r.Order.ID], intents[r.Intent] = true, true
		if in := next.Intent(r.Intent); r.Intent != "" &&
			(in == nil || in.State != rental.Created || in.Order != r.Order.ID) {
			return fmt.Errorf("order %d is said to be of intent %+v", r.Order.ID, in)
		}
		if (r.Stage == rental.Ready) == r.ReadyAt.IsZero() {
			return fmt.Errorf("order %d is %s, ready at %v", r.Order.ID, r.Stage, r.ReadyAt)
		}
		if rank(r.Stage) < 0 || rank(r.Stage) >= rank(rental.Ended) || r.User == (chat.User{}) {
			return fmt.Errorf("rental %+v", r)
		}
		if was := prev.Rental(r.Order.ID); was != nil && rank(r.Stage) < rank(was.Stage) {
			a, ap, _ := was.Order.SSH()
			if b, bp, _ := r.Order.SSH(); a == b && ap == bp {
				return fmt.Errorf("order %d went from %s to %s", r.Order.ID, was.Stage, r.Stage)
			}
		}
	}
	for i := range prev.Rentals {
		id := prev.Rentals[i].Order.ID
		over := slices.ContainsFunc(next.Ended, func(r rental.Rental) bool { return r.Order.ID == id })
		if !orders[id] && !over {
			return fmt.Errorf("order %d vanished", id)
		}
	}
	return nil
}

func wrongEnded(_, next *rental.Ledger, _ time.Time) error {
	for i := range next.Ended {
		r := &next.Ended[i]
		if r.Stage != rental.Ended || r.EndedAt.IsZero() || r.Reason == "" ||
			next.Rental(r.Order.ID) != nil {
			return fmt.Errorf("ended: %+v", r)
		}
	}
	return nil
}

// wrongForm checks that storing a ledger and reading it changes nothing.
func wrongForm(_, next *rental.Ledger, _ time.Time) error {
	raw, err := json.Marshal(next)
	if err != nil {
		return err
	}
	var again rental.Ledger
	if err := json.Unmarshal(raw, &again); err != nil {
		return err
	}
	if twice, _ := json.Marshal(again); string(twice) != string(raw) {
		return fmt.Errorf("stored as %s, read as %s", raw, twice)
	}
	return nil
}

func wrongStep(_, next *rental.Ledger, now time.Time) error {
	s := rental.Next(next, rental.Volatile{Polled: now}, rental.DefaultPace(), now)
	if (s.Do == rental.DoNothing) != s.At.IsZero() {
		return fmt.Errorf("step %+v", s)
	}
	if s.Do != rental.DoPlace {
		return nil
	}
	for i := range next.Intents {
		if st := next.Intents[i].State; st == rental.Sending || st == rental.Ambiguous {
			return fmt.Errorf("%s is to be placed while %s is %s", s.Intent, next.Intents[i].ID, st)
		}
	}
	return nil
}

func rank(s rental.Stage) int {
	return slices.Index([]rental.Stage{
		rental.Listed, rental.Starting, rental.Addressed, rental.Ready, rental.Ended,
	}, s)
}
