package rental_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

func TestTake(t *testing.T) {
	l := ledger()
	in, err := l.Take(quote("q"), at(89*time.Second))
	if err != nil || in.State != rental.Pending || in.ID != "q" || in.User != ana {
		t.Fatalf("Take = %+v, %v", in, err)
	}
	if _, err := l.Take(quote("q"), at(0)); !errors.Is(err, rental.ErrQuoteTaken) {
		t.Errorf("twice: %v", err)
	}
	if _, err := l.Take(quote("late"), at(90*time.Second)); !errors.Is(err, rental.ErrQuoteExpired) {
		t.Errorf("late: %v", err)
	}
	for i := range 19 {
		if _, err := l.Take(quote(fmt.Sprint(i)), t0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Take(quote("one too many"), t0); !errors.Is(err, rental.ErrManyIntents) {
		t.Errorf("too many: %v", err)
	}
	l.Account.Rejected = t0
	if _, err := l.Take(quote("r"), at(0)); !errors.Is(err, rental.ErrKeyRejected) {
		t.Errorf("rejected key: %v", err)
	}
}

func TestBeginSend(t *testing.T) {
	l := ledger()
	for _, id := range []string{"a", "b"} {
		if _, err := l.Take(quote(id), t0); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.BeginSend("x", 1, t0); !errors.Is(err, rental.ErrNoIntent) {
		t.Errorf("unknown: %v", err)
	}
	if err := l.BeginSend("a", 7, t0); err != nil {
		t.Fatal(err)
	}
	if in := l.Intent("a"); in.State != rental.Sending || in.MaxID != 7 || !in.Sent.Equal(t0) {
		t.Errorf("after BeginSend: %+v", in)
	}
	if err := l.BeginSend("a", 7, t0); !errors.Is(err, rental.ErrIntentState) {
		t.Errorf("twice: %v", err)
	}
	if err := l.BeginSend("b", 7, t0); !errors.Is(err, rental.ErrUnsettled) {
		t.Errorf("while another is being sent: %v", err)
	}
	l.Doubt("a", at(time.Second))
	if err := l.BeginSend("b", 7, t0); !errors.Is(err, rental.ErrUnsettled) {
		t.Errorf("while another is ambiguous: %v", err)
	}
	l.Accept("a", at(2*time.Second))
	if err := l.BeginSend("b", 7, t0); err != nil {
		t.Errorf("after the other was accepted: %v", err)
	}
}

// Each answer leads from each state to the one written here, or changes nothing.
func TestAnswers(t *testing.T) {
	answers := map[string]func(*rental.Ledger){
		"accept":   func(l *rental.Ledger) { l.Accept("q", at(time.Second)) },
		"refuse":   func(l *rental.Ledger) { l.Refuse("q", "server-offline", at(time.Second)) },
		"doubt":    func(l *rental.Ledger) { l.Doubt("q", at(time.Second)) },
		"restart":  func(l *rental.Ledger) { l.Restart(at(time.Second)) },
		"withdraw": func(l *rental.Ledger) { l.Withdraw("q", rental.ReasonDearer, "new", at(time.Second)) },
	}
	next := map[rental.IntentState]map[string]rental.IntentState{
		rental.Pending: {"withdraw": rental.Withdrawn},
		rental.Sending: {
			"accept": rental.Accepted, "refuse": rental.Refused,
			"doubt": rental.Ambiguous, "restart": rental.Ambiguous,
		},
		rental.Ambiguous: {"accept": rental.Accepted, "refuse": rental.Refused},
		rental.Accepted:  {}, rental.Created: {}, rental.Refused: {}, rental.Withdrawn: {}, rental.Missing: {},
	}
	for from, to := range next {
		for name, answer := range answers {
			t.Run(string(from)+" "+name, func(t *testing.T) {
				l := ledger()
				l.Intents = []rental.Intent{{ID: "q", State: from}}
				answer(&l)
				want, ok := to[name]
				if !ok {
					want = from
				}
				in := l.Intent("q")
				if in.State != want {
					t.Fatalf("state = %q, want %q", in.State, want)
				}
				if settled := !in.Settled.IsZero(); settled != (ok && !want.Open()) {
					t.Errorf("settled = %v in state %q", in.Settled, in.State)
				}
			})
		}
	}
}

func TestPrune(t *testing.T) {
	for name, tt := range map[string]struct {
		intent rental.Intent
		rental bool
		want   time.Duration // 0: never
	}{
		"pending":            {intent: rental.Intent{State: rental.Pending, Taken: t0}},
		"ambiguous":          {intent: rental.Intent{State: rental.Ambiguous, Answered: t0}},
		"refused":            {intent: rental.Intent{State: rental.Refused, Settled: t0}, want: time.Hour},
		"missing":            {intent: rental.Intent{State: rental.Missing, Settled: t0}, want: 24 * time.Hour},
		"created and living": {intent: rental.Intent{State: rental.Created, Settled: t0}, rental: true},
		"created and over": {
			intent: rental.Intent{State: rental.Created, Settled: t0, Closed: at(time.Hour)},
			want:   2 * time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := ledger()
			tt.intent.ID = "q"
			l.Intents = []rental.Intent{tt.intent}
			if tt.rental {
				l.Rentals = []rental.Rental{{Intent: "q", Order: clore.Order{ID: 1}}}
			}
			if tt.want == 0 {
				tt.want = 1000 * time.Hour
			} else {
				defer func() {
					l.Prune(at(tt.want))
					if len(l.Intents) != 0 {
						t.Error("still there")
					}
				}()
			}
			l.Prune(at(tt.want - 1))
			if len(l.Intents) != 1 {
				t.Error("gone too soon")
			}
		})
	}
}
