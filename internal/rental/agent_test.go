package rental_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// confirmed returns a bot with a pending intent "q".
func confirmed(t *testing.T, change ...func(*rental.Terms)) *bot {
	t.Helper()
	l := ledger()
	q := quote("q")
	for _, c := range change {
		c(&q.Terms)
	}
	if _, err := l.Take(q, t0); err != nil {
		t.Fatal(err)
	}
	return newBot(newWorld(), newBooks(l))
}

func (b *bot) ledger(t *testing.T) *rental.Ledger {
	t.Helper()
	l, err := b.books.Ledger(t.Context(), acc)
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

func (b *bot) pass(t *testing.T, d time.Duration) {
	t.Helper()
	if err := b.run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func (b *bot) askCancel(t *testing.T, order clore.OrderID) {
	t.Helper()
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
		return l.AskCancel(order, rental.ByUser, "", b.world.now())
	}); err != nil {
		t.Fatal(err)
	}
}

func TestAgentRents(t *testing.T) {
	b := confirmed(t)
	b.pass(t, 10*time.Second)
	r := b.ledger(t).Of("q")
	if r == nil || r.Stage != rental.Listed {
		t.Fatalf("rental = %+v", r)
	}
	want := clore.OrderRequest{
		Server: server, Kind: clore.OnDemand, Currency: money.USD, Image: "cloreai/jupyter",
		Limit: amount("2"), Ports: map[int]string{22: "tcp"},
	}
	got := b.world.sent[0]
	if len(got.SSHPassword) != 24 {
		t.Errorf("password of %d characters", len(got.SSHPassword))
	}
	stored, _ := b.books.Secret(t.Context(), ana, rental.PasswordField("q"))
	if stored.Reveal() != got.SSHPassword {
		t.Error("another password is stored than was sent")
	}
	got.SSHPassword, got.Before = "", nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := []string{"market", "list", "create", "list"}; !slices.Equal(b.world.calls[:4], want) {
		t.Errorf("calls = %v", b.world.calls)
	}
	b.world.deploy()
	b.pass(t, 2*time.Second)
	if got := b.ledger(t).Of("q").Stage; got != rental.Addressed {
		t.Errorf("stage = %q", got)
	}
	if len(b.world.sent) != 1 {
		t.Errorf("%d creates", len(b.world.sent))
	}
}

// The highest ID is that of any order of the account, on whatever server.
func TestAgentRemembersTheHighestOrder(t *testing.T) {
	b := confirmed(t)
	b.world.execute(clore.OrderRequest{Server: 5, Currency: money.USD}, -time.Minute)
	highest := b.world.last
	if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPlace, Intent: "q"}); err != nil {
		t.Fatal(err)
	}
	if in := b.ledger(t).Intent("q"); in.MaxID != highest || in.State != rental.Accepted {
		t.Errorf("intent = %+v, want MaxID %d", in, highest)
	}
}

func TestAgentRentsWithAKeyOrABid(t *testing.T) {
	b := confirmed(t, func(t *rental.Terms) {
		t.SSHKey = account.SSHKey{Name: "laptop", Line: "ssh-ed25519 AAAA"}
		t.Kind = clore.Spot
	})
	b.pass(t, 10*time.Second)
	got := b.world.sent[0]
	if got.SSHKey != "ssh-ed25519 AAAA" || got.SSHPassword != "" || got.Bid != amount("2") || got.Limit != 0 {
		t.Errorf("request = %+v", got)
	}
}

// Nothing is sent when the market is not what was agreed.
func TestAgentWithdraws(t *testing.T) {
	for name, tt := range map[string]struct {
		market func(*world)
		spot   bool
		want   string
	}{
		"gone":      {market: func(w *world) { w.servers = nil }, want: rental.ReasonUnlisted},
		"rented":    {market: func(w *world) { w.servers[server].Rented = true }, want: rental.ReasonRented},
		"gigaspot":  {market: func(w *world) { w.servers[server].GigaSPOT = true }, want: rental.ReasonGigaSPOT},
		"coin":      {market: func(w *world) { w.servers[server].Coins = []money.Currency{money.BTC} }, want: rental.ReasonCoin},
		"no price":  {market: func(w *world) { w.servers[server].OnDemand = nil }, want: rental.ReasonNoPrice},
		"dearer":    {market: func(w *world) { w.servers[server].OnDemand[0] = usd("2.01") }, want: rental.ReasonDearer},
		"low bid":   {market: func(w *world) { w.servers[server].SpotFloor[0] = usd("2.5") }, spot: true, want: rental.ReasonDearer},
		"own order": {market: func(w *world) { w.execute(clore.OrderRequest{Server: server, Currency: money.USD}, -time.Minute) }, want: rental.ReasonYours},
	} {
		t.Run(name, func(t *testing.T) {
			b := confirmed(t, func(t *rental.Terms) {
				if tt.spot {
					t.Kind = clore.Spot
				}
			})
			tt.market(b.world)
			b.pass(t, 10*time.Second)
			in := b.ledger(t).Intent("q")
			if in.State != rental.Withdrawn || in.Reason != tt.want || len(b.world.sent) != 0 {
				t.Fatalf("intent = %+v, %d sent", in, len(b.world.sent))
			}
			if (in.Requote != "") != (tt.want == rental.ReasonDearer) {
				t.Errorf("requote = %q", in.Requote)
			}
		})
	}
}

func TestAgentRequotes(t *testing.T) {
	b := confirmed(t, func(t *rental.Terms) { t.RunFor = 6 * time.Hour })
	b.world.servers[server].OnDemand[0] = usd("3")
	b.pass(t, 10*time.Second)
	q, err := b.books.Quote(t.Context(), b.ledger(t).Intent("q").Requote, ana)
	if err != nil {
		t.Fatal(err)
	}
	if q.Terms.Price != usd("3") || q.Terms.USD != amount("3") || q.Cost.Total != amount("0.8875") || q.Account != acc {
		t.Errorf("new quote = %+v", q)
	}
}

func TestAgentAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		fate   fate
		want   rental.IntentState
		reason string
		after  rental.IntentState // three minutes later
	}{
		"yes":            {fine, rental.Accepted, "", rental.Created},
		"lost":           {lost, rental.Ambiguous, "", rental.Created},
		"dropped":        {dropped, rental.Ambiguous, "", rental.Missing},
		"late":           {late, rental.Ambiguous, "", rental.Created},
		"rate":           {limited, rental.Refused, rental.ReasonBusy, rental.Refused},
		"no connection":  {unsent, rental.Refused, rental.ReasonNotSent, rental.Refused},
		"host offline":   {offline, rental.Refused, string(clore.ServerOffline), rental.Refused},
		"a rejected key": {badKey, rental.Refused, rental.ReasonKey, rental.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b := confirmed(t)
			b.world.fate = func(call string) fate {
				if call == "create" {
					return tt.fate
				}
				return fine
			}
			err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPlace, Intent: "q"})
			if clore.IsCode(err, clore.CodeKey) != (tt.fate == badKey) {
				t.Errorf("error = %v", err)
			}
			in := b.ledger(t).Intent("q")
			if in.State != tt.want || in.Reason != tt.reason {
				t.Fatalf("intent = %+v", in)
			}
			b.pass(t, 3*time.Minute)
			if got := b.ledger(t).Intent("q").State; got != tt.after {
				t.Errorf("after three minutes: %q, want %q", got, tt.after)
			}
			if len(b.world.sent) != 1 {
				t.Errorf("sent %d times", len(b.world.sent))
			}
		})
	}
}

// An order that went out unannounced is not sent again.
func TestAgentUnannounced(t *testing.T) {
	for name, f := range map[string]fate{"yes": fine, "lost": lost, "late": late} {
		t.Run(name, func(t *testing.T) {
			b := confirmed(t)
			b.world.careless = true
			b.world.fate = func(call string) fate {
				if call == "create" {
					return f
				}
				return fine
			}
			b.pass(t, time.Minute)
			if got := b.ledger(t).Intent("q").State; got != rental.Created || len(b.world.sent) != 1 {
				t.Errorf("state = %q, %d sent", got, len(b.world.sent))
			}
		})
	}
}

// What fails before the request goes out is tried again, for a while.
func TestAgentTriesAgain(t *testing.T) {
	for _, call := range []string{"market", "list"} {
		t.Run(call, func(t *testing.T) {
			b := confirmed(t)
			b.world.fate = func(c string) fate {
				if c == call && b.world.clock.Before(at(20*time.Second)) {
					return dropped
				}
				return fine
			}
			b.pass(t, time.Minute)
			if got := b.ledger(t).Intent("q").State; got != rental.Created {
				t.Errorf("state = %q", got)
			}
			if n := len(b.world.calls); n > 60 {
				t.Errorf("%d calls in a minute", n)
			}
		})
		t.Run(call+" for too long", func(t *testing.T) {
			b := confirmed(t)
			b.world.fate = func(c string) fate {
				if c == call {
					return dropped
				}
				return fine
			}
			b.pass(t, 4*time.Minute)
			in := b.ledger(t).Intent("q")
			if in.State != rental.Withdrawn || in.Reason != rental.ReasonTooOld || len(b.world.sent) != 0 {
				t.Errorf("intent = %+v", in)
			}
		})
	}
}

// Without the commit before it nothing is sent, and an answer that cannot be committed is found
// out later.
func TestAgentFullDisk(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		b := confirmed(t)
		b.books.before = func() error { return errDisk }
		err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPlace, Intent: "q"})
		if !errors.Is(err, errDisk) || len(b.world.sent) != 0 {
			t.Errorf("err = %v, %d sent", err, len(b.world.sent))
		}
	})
	t.Run("after, and nothing was executed", func(t *testing.T) {
		b := confirmed(t)
		b.world.fate = func(call string) fate {
			if call == "create" {
				return dropped
			}
			return fine
		}
		b.books.before = func() error {
			if len(b.world.sent) == 1 && b.world.clock.Before(at(5*time.Second)) {
				return errDisk
			}
			return nil
		}
		b.pass(t, 3*time.Minute)
		if got := b.ledger(t).Intent("q").State; got != rental.Missing || len(b.world.sent) != 1 {
			t.Errorf("state = %q, %d sent", got, len(b.world.sent))
		}
	})
	t.Run("after", func(t *testing.T) {
		b := confirmed(t)
		b.books.before = func() error {
			if len(b.world.sent) == 1 && b.world.clock.Before(at(5*time.Second)) {
				return errDisk
			}
			return nil
		}
		err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPlace, Intent: "q"})
		if !errors.Is(err, errDisk) {
			t.Errorf("err = %v", err)
		}
		b.pass(t, 20*time.Second)
		if got := b.ledger(t).Intent("q").State; got != rental.Created || len(b.world.sent) != 1 {
			t.Errorf("state = %q, %d sent", got, len(b.world.sent))
		}
	})
}

// An answer is recorded although the bot was told to stop meanwhile.
func TestAgentRecordsWhenStopped(t *testing.T) {
	b := confirmed(t)
	ctx, stop := context.WithCancel(t.Context())
	b.world.point = func(name string) {
		if name == "after create" {
			stop()
		}
	}
	if err := b.Do(ctx, acc, rental.Step{Do: rental.DoPlace, Intent: "q"}); err != nil {
		t.Fatal(err)
	}
	if got := b.ledger(t).Intent("q").State; got != rental.Accepted {
		t.Errorf("state = %q", got)
	}
}

// While one outcome is not known, nothing else is bought.
func TestAgentBuysNothingInstead(t *testing.T) {
	b := confirmed(t)
	b.world.fate = func(call string) fate {
		if call == "create" && len(b.world.sent) == 1 {
			return dropped
		}
		return fine
	}
	b.world.servers[5] = freeServer(5, "2")
	b.pass(t, 5*time.Second)
	q := quote("other")
	q.Terms.Server = 5
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
		_, err := l.Take(q, b.world.now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b.pass(t, 110*time.Second)
	if len(b.world.sent) != 1 {
		t.Fatal("something was bought while another outcome was not known")
	}
	b.pass(t, time.Minute)
	if got := b.ledger(t).Intent("other").State; got != rental.Created {
		t.Errorf("after the doubt was over: %q", got)
	}
}

func TestAgentCancels(t *testing.T) {
	for name, answer := range map[string]fate{
		"yes": fine, "ended already": alreadyOff, "lost": lost, "dropped once": dropped,
	} {
		t.Run(name, func(t *testing.T) {
			b := confirmed(t)
			b.pass(t, 10*time.Second)
			first := true
			b.world.fate = func(call string) fate {
				if call == "cancel" && first {
					first = false
					if answer == alreadyOff {
						b.world.end(b.world.last)
					}
					return answer
				}
				return fine
			}
			order := b.ledger(t).Intent("q").Order
			b.askCancel(t, order)
			b.pass(t, 20*time.Second)
			if len(b.books.history) != 1 {
				t.Fatalf("history = %+v, ledger %+v", b.books.history, b.ledger(t).Rentals)
			}
			r := b.books.history[0]
			if r.Reason != rental.ByUser || r.Order.Spend != usd("0.5") || r.Cancel.Warned {
				t.Errorf("ended = %+v", r)
			}
		})
	}
}

// An order that Clore agreed to end and still lists is cancelled again, and its user is told.
func TestAgentCancelLingers(t *testing.T) {
	b := confirmed(t)
	b.pass(t, 10*time.Second)
	b.world.fate = func(call string) fate {
		if call == "cancel" {
			return hollow
		}
		return fine
	}
	order := b.ledger(t).Intent("q").Order
	b.askCancel(t, order)
	b.pass(t, 3*time.Minute)
	if r := b.ledger(t).Rental(order); r == nil || !r.Cancel.Warned || r.Cancel.Tries < 4 {
		t.Fatalf("rental = %+v", r)
	}
	b.world.fate = func(string) fate { return fine }
	b.pass(t, time.Minute)
	if len(b.books.history) != 1 {
		t.Error("not ended")
	}
}

func TestAgentStopTime(t *testing.T) {
	b := confirmed(t, func(t *rental.Terms) { t.RunFor = time.Hour })
	b.pass(t, time.Minute)
	b.world.deploy()
	b.pass(t, 63*time.Minute)
	if len(b.books.history) != 1 || b.books.history[0].Reason != rental.ByStop {
		t.Fatalf("history = %+v", b.books.history)
	}
	if lived := b.books.history[0].Lived(b.world.now()); lived < time.Hour || lived > time.Hour+20*time.Second {
		t.Errorf("lived %v", lived)
	}
}

// A rental that runs costs a request a minute and no commits but those for its spend.
func TestAgentSteady(t *testing.T) {
	b := confirmed(t)
	b.pass(t, 10*time.Second)
	b.world.deploy()
	b.pass(t, 5*time.Second)
	if err := b.books.Update(t.Context(), acc, func(l *rental.Ledger) error {
		r := l.Of("q")
		h, p, _ := r.Order.SSH()
		l.Reached(r.Order.ID, rental.ProbeResult{Host: h, Port: p}, b.world.now())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.pass(t, time.Minute)
	calls, commits := len(b.world.calls), b.books.commits
	b.pass(t, time.Hour)
	if n := len(b.world.calls) - calls; n < 55 || n > 75 {
		t.Errorf("%d requests in an hour", n)
	}
	if n := b.books.commits - commits; n > 17 { // 12 for its spend, 4 for the wallets
		t.Errorf("%d commits in an hour", n)
	}
}

func TestAgentFindsNothing(t *testing.T) {
	b := newBot(newWorld(), newBooks(ledger()))
	b.pass(t, time.Hour)
	if want := []string{"list"}; !slices.Equal(b.world.calls, want) || b.books.commits != 0 {
		t.Errorf("calls = %v, %d commits", b.world.calls, b.books.commits)
	}
	if _, err := b.Next(t.Context(), "other"); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("Next of an unknown account: %v", err)
	}
	if err := b.Do(t.Context(), "other", rental.Step{Do: rental.DoPoll}); !errors.Is(err, rental.ErrNoAccount) {
		t.Errorf("Do for an unknown account: %v", err)
	}
}

func TestAgentFunds(t *testing.T) {
	b := confirmed(t)
	b.world.wallets = []clore.Wallet{{Balance: usd("0.4")}}
	b.pass(t, 30*time.Second)
	l := b.ledger(t)
	if l.Funds.Warned[money.USD] != 6*time.Hour {
		t.Errorf("funds = %+v, balances %v", l.Funds, l.Balances)
	}
	b.world.fate = func(string) fate { return dropped }
	if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoFunds}); !errors.Is(err, clore.ErrUnavailable) {
		t.Errorf("error = %v", err)
	}
}

// Attempts to prepare an order are spaced, whoever asks.
func TestAgentSpacesAttempts(t *testing.T) {
	b := confirmed(t)
	if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPoll}); err != nil {
		t.Fatal(err)
	}
	b.world.fate = func(string) fate { return dropped }
	for _, want := range []time.Duration{2, 4, 8, 16, 30, 30} {
		if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoPlace, Intent: "q"}); err == nil {
			t.Fatal("no error")
		}
		s, err := b.Next(t.Context(), acc)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At.Sub(b.world.now()); s.Do != rental.DoPlace || got != want*time.Second {
			t.Errorf("%+v in %v, want %v s", s, got, int(want))
		}
	}
}

// What is ended already needs no cancelling, and is no error.
func TestAgentCancelsWhatIsOver(t *testing.T) {
	b := confirmed(t)
	b.pass(t, 10*time.Second)
	order := b.ledger(t).Intent("q").Order
	b.askCancel(t, order)
	b.world.end(order)
	if err := b.Do(t.Context(), acc, rental.Step{Do: rental.DoCancel, Order: order}); err != nil {
		t.Error(err)
	}
	if r := b.ledger(t).Rental(order); r == nil || r.Cancel.Accepted.IsZero() {
		t.Errorf("rental = %+v", r)
	}
}
