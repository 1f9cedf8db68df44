package rental_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

// steadyPace has no spread, so that times can be written down.
func steadyPace() rental.Pace {
	p := rental.DefaultPace()
	p.Spread = 0
	return p
}

func TestNext(t *testing.T) {
	polled := func(d time.Duration) rental.Volatile { return rental.Volatile{Polled: at(d)} }
	fresh := ledger()
	pending := ledger()
	_, _ = pending.Take(quote("q"), t0)
	doubtful := sending(t)
	doubtful.Doubt("q", at(time.Second))
	_, _ = doubtful.Take(quote("second"), at(2*time.Second))
	missing := sending(t)
	missing.Doubt("q", at(time.Second))
	for _, d := range []time.Duration{2, 3, 122} {
		observe(missing, completed(d*time.Second))
	}
	rejected := ledger()
	rejected.Account.Rejected = t0
	_, _ = pending.Take(quote("r"), t0)
	cancelled := ready(t)
	_ = cancelled.AskCancel(1001, rental.ByUser, "", at(10*time.Minute))
	cancelled.Funds.Checked = at(10 * time.Minute)
	gone := ready(t)
	_ = gone.AskCancel(1001, rental.ByUser, "", at(10*time.Minute))
	observe(gone, list(10*time.Minute))
	calm := ready(t)
	calm.Fund(wallets("1000"), at(2*time.Minute))
	broke := ready(t)
	broke.Fund(wallets("0.02"), at(2*time.Minute))

	for name, tt := range map[string]struct {
		ledger   *rental.Ledger
		volatile rental.Volatile
		now      time.Duration
		want     rental.Step
	}{
		"the first look": {
			&fresh, rental.Volatile{}, 0, rental.Step{Do: rental.DoPoll, At: t0},
		},
		"nothing at all": {
			&fresh, polled(0), time.Second, rental.Step{Do: rental.DoNothing},
		},
		"a rejected key": {
			&rejected, rental.Volatile{}, 0, rental.Step{Do: rental.DoNothing},
		},
		"placing comes before looking": {
			&pending,
			rental.Volatile{},
			time.Second,
			rental.Step{Do: rental.DoPlace, Intent: "q", At: t0},
		},
		"placing again later": {
			&pending,
			rental.Volatile{Polled: t0, PlaceAt: at(4 * time.Second)},
			time.Second,
			rental.Step{Do: rental.DoPlace, Intent: "q", At: at(4 * time.Second)},
		},
		"giving up what is too old comes first": {
			&pending, polled(0), 3 * time.Minute,
			rental.Step{Do: rental.DoTick, At: at(3 * time.Minute)},
		},
		"nothing is placed while in doubt": {
			doubtful, polled(0), 10 * time.Second, rental.Step{Do: rental.DoPoll, At: at(time.Second)},
		},
		"a missing order is watched for": {
			missing, polled(122 * time.Second), 123 * time.Second,
			rental.Step{Do: rental.DoPoll, At: at(137 * time.Second)},
		},
		"cancelling comes before looking": {
			cancelled, polled(0), 11 * time.Minute,
			rental.Step{Do: rental.DoCancel, Order: 1001, At: at(10 * time.Minute)},
		},
		"an order that is not listed is not cancelled": {
			gone, polled(10 * time.Minute), 10 * time.Minute,
			rental.Step{Do: rental.DoPoll, At: at(10*time.Minute + time.Second)},
		},
		"a steady rental": {
			calm, polled(3 * time.Minute), 3 * time.Minute,
			rental.Step{Do: rental.DoPoll, At: at(4 * time.Minute)},
		},
		"the wallets": {
			calm, polled(17 * time.Minute), 17 * time.Minute,
			rental.Step{Do: rental.DoFunds, At: at(17 * time.Minute)},
		},
		"the wallets after something new": {
			calm,
			rental.Volatile{Polled: at(3 * time.Minute), Spender: true},
			3 * time.Minute,
			rental.Step{Do: rental.DoFunds, At: at(3 * time.Minute)},
		},
		"looking closer when the money ends": {
			broke, polled(3 * time.Minute), 3 * time.Minute,
			rental.Step{Do: rental.DoPoll, At: at(3*time.Minute + 15*time.Second)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := rental.Next(tt.ledger, tt.volatile, steadyPace(), at(tt.now))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNextPollGaps(t *testing.T) {
	foreign := ledger()
	observe(&foreign, list(0, order(1001)))
	spot := ready(t)
	spot.Rental(1001).Order.Kind = clore.Spot
	short := ready(t)
	short.Rental(1001).Order.MaxRental = time.Hour
	for name, tt := range map[string]struct {
		ledger *rental.Ledger
		now    time.Duration
		want   time.Duration
	}{
		"starting":                    {running(t), time.Minute, time.Second},
		"starting for four minutes":   {running(t), 270 * time.Second, 3 * time.Second},
		"starting for a quarter hour": {running(t), 16 * time.Minute, 15 * time.Second},
		"ready":                       {ready(t), 20 * time.Minute, time.Minute},
		"spot":                        {spot, 20 * time.Minute, 15 * time.Second},
		"near its longest time":       {short, 50 * time.Minute, 15 * time.Second},
		"made elsewhere, young":       {&foreign, time.Minute, time.Second},
		"made elsewhere, never ready": {&foreign, time.Hour, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			tt.ledger.Funds.Checked = at(tt.now)
			tt.ledger.Tick(at(tt.now)) // not what this is about
			v := rental.Volatile{Polled: at(tt.now), Funded: at(tt.now)}
			got := rental.Next(tt.ledger, v, steadyPace(), at(tt.now))
			if got.Do != rental.DoPoll || got.At.Sub(at(tt.now)) != tt.want {
				t.Errorf("Next = %+v, want a look in %v", got, tt.want)
			}
		})
	}
}

// Looks at steady rentals are spread by a tenth, the same for the same account and time.
func TestNextSpread(t *testing.T) {
	l := ready(t)
	l.Funds.Checked = at(time.Hour)
	rapid.Check(t, func(t *rapid.T) {
		l.Account.ID = account.ID(rapid.String().Draw(t, "account"))
		now := at(time.Hour + time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(t, "at")))
		v := rental.Volatile{Polled: now}
		step := rental.Next(l, v, rental.DefaultPace(), now)
		if gap := step.At.Sub(now); step.Do != rental.DoPoll || gap < 54*time.Second || gap > 66*time.Second {
			t.Fatalf("gap = %v", gap)
		}
		if again := rental.Next(l, v, rental.DefaultPace(), now); again != step {
			t.Fatalf("%v, then %v", step, again)
		}
	})
}
