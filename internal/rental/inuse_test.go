package rental_test

import (
	"errors"
	"testing"

	"github.com/clorebot/clorebot/internal/rental"
)

func TestRemovable(t *testing.T) {
	for name, test := range map[string]struct {
		ledger rental.Ledger
		want   rental.InUse // zero: nothing stands in the way
	}{
		"nothing":   {},
		"a rental":  {rental.Ledger{Rentals: []rental.Rental{{Stage: rental.Ready}}}, rental.InUse{Rentals: 1}},
		"cancelled": {rental.Ledger{Rentals: []rental.Rental{{Cancel: &rental.Cancellation{}}}}, rental.InUse{Rentals: 1}},
		"pending":   {intents(rental.Intent{State: rental.Pending}), rental.InUse{Waiting: 1}},
		"sending":   {intents(rental.Intent{State: rental.Sending}), rental.InUse{Unclear: 1}},
		"ambiguous": {intents(rental.Intent{State: rental.Ambiguous}), rental.InUse{Unclear: 1}},
		"accepted":  {intents(rental.Intent{State: rental.Accepted}), rental.InUse{Unclear: 1}},
		"missing":   {intents(rental.Intent{State: rental.Missing}), rental.InUse{Unclear: 1}},
		"given up":  {intents(rental.Intent{State: rental.Missing, Dismissed: true}), rental.InUse{}},
		"settled": {
			intents(rental.Intent{State: rental.Created}, rental.Intent{State: rental.Refused}, rental.Intent{State: rental.Withdrawn}),
			rental.InUse{},
		},
		"a mandate": {rental.Ledger{Mandates: []rental.Mandate{{ID: "m"}}}, rental.InUse{}},
	} {
		var got rental.InUse
		if err := test.ledger.Removable(); err != nil {
			use, ok := errors.AsType[*rental.InUse](err)
			if !ok {
				t.Fatalf("%s: %v", name, err)
			}
			got = *use
		}
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func intents(all ...rental.Intent) rental.Ledger { return rental.Ledger{Intents: all} }
