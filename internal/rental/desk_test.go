package rental_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

var bob = chat.User{Platform: chat.Terminal, ID: "bob"}

// office is a desk with what it works on.
type office struct {
	*rental.Desk
	books  *books
	now    time.Time
	kicked int
}

func newOffice(l *rental.Ledger) *office {
	o := &office{books: newBooks(*l), now: t0}
	o.Desk = rental.NewDesk(rental.DeskOptions{
		Books: o.books, Quotes: o.books, Secrets: o.books,
		Kick: func(account.ID) { o.kicked++ },
		Now:  func() time.Time { return o.now },
	})
	return o
}

func (o *office) ledger(t *testing.T) *rental.Ledger {
	t.Helper()
	l, err := o.books.Ledger(t.Context(), acc)
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

func TestDeskQuoteAndConfirm(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	balance := usd("37.51")
	want := terms()
	want.RunFor = 6 * time.Hour
	q, err := o.Quote(t.Context(), ana, acc, want, &balance, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(q.ID) != 16 || q.Cost.Total != amount("0.625") || !q.Expires.Equal(t0.Add(90*time.Second)) {
		t.Errorf("quote = %+v", q)
	}
	in, err := o.Confirm(t.Context(), q.ID, ana)
	if err != nil || in.ID != q.ID || in.State != rental.Pending || o.kicked != 1 {
		t.Fatalf("Confirm = %+v, %v, %d kicks", in, err, o.kicked)
	}
	if diff := cmp.Diff(want, o.ledger(t).Intent(q.ID).Terms); diff != "" {
		t.Error(diff)
	}
	if _, err := o.Confirm(t.Context(), q.ID, ana); !errors.Is(err, rental.ErrQuoteTaken) {
		t.Errorf("a second press: %v", err)
	}
	if o.kicked != 1 {
		t.Error("a second press kicked")
	}
}

func TestDeskConfirmRefuses(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	q, err := o.Quote(t.Context(), ana, acc, terms(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Confirm(t.Context(), q.ID, bob); !errors.Is(err, rental.ErrNoQuote) {
		t.Errorf("somebody else: %v", err)
	}
	o.now = q.Expires
	if _, err := o.Confirm(t.Context(), q.ID, ana); !errors.Is(err, rental.ErrQuoteExpired) {
		t.Errorf("late: %v", err)
	}
	if _, err := o.Amend(t.Context(), q.ID, ana, func(*rental.Terms) {}); !errors.Is(err, rental.ErrQuoteExpired) {
		t.Errorf("amending late: %v", err)
	}
	if n := len(o.ledger(t).Intents); n != 0 || o.kicked != 0 {
		t.Errorf("%d intents, %d kicks", n, o.kicked)
	}
}

// However often a button is pressed, one intent comes of it.
func TestDeskConfirmConcurrently(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	o.Kick = func(account.ID) {}
	q, err := o.Quote(t.Context(), ana, acc, terms(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	taken := make(chan error, 100)
	for range cap(taken) {
		wg.Go(func() {
			_, err := o.Confirm(context.Background(), q.ID, ana)
			taken <- err
		})
	}
	wg.Wait()
	close(taken)
	won := 0
	for err := range taken {
		if err == nil {
			won++
		} else if !errors.Is(err, rental.ErrQuoteTaken) {
			t.Error(err)
		}
	}
	if won != 1 || len(o.ledger(t).Intents) != 1 {
		t.Errorf("%d presses won, %d intents", won, len(o.ledger(t).Intents))
	}
}

func TestDeskAmend(t *testing.T) {
	l := ledger()
	o := newOffice(&l)
	rates := money.Rates{money.CLORE: amount("0.00125")}
	balance := usd("5")
	q, err := o.Quote(t.Context(), ana, acc, terms(), &balance, rates)
	if err != nil {
		t.Fatal(err)
	}
	o.now = at(time.Minute)
	longer, err := o.Amend(t.Context(), q.ID, ana, func(t *rental.Terms) { t.RunFor = 12 * time.Hour })
	if err != nil {
		t.Fatal(err)
	}
	if longer.ID == q.ID || longer.Cost.Total != amount("1.15") || longer.Balance == nil ||
		!longer.Expires.Equal(at(150*time.Second)) {
		t.Errorf("amended = %+v", longer)
	}
	coin, err := o.Amend(t.Context(), q.ID, ana, func(t *rental.Terms) {
		t.Price = money.Money{Amount: 2400 * money.Coin, Currency: money.CLORE}
	})
	if err != nil {
		t.Fatal(err)
	}
	if coin.Balance != nil || coin.Cost.Creation != 80*money.Coin || coin.Cost.Total != 185*money.Coin {
		t.Errorf("in another currency: %+v", coin)
	}
	if _, err := o.Amend(t.Context(), q.ID, bob, func(*rental.Terms) {}); !errors.Is(err, rental.ErrNoQuote) {
		t.Errorf("somebody else: %v", err)
	}
}

// Nobody does anything with the account of somebody else.
func TestDeskOwnership(t *testing.T) {
	ctx := t.Context()
	o := newOffice(ready(t))
	before := string(encode(*o.ledger(t)))
	for name, do := range map[string]func() error{
		"quote": func() error {
			_, err := o.Quote(ctx, bob, acc, terms(), nil, nil)
			return err
		},
		"cancel":  func() error { return o.Cancel(ctx, bob, acc, 1001, rental.ByUser, "") },
		"stop":    func() error { return o.StopAt(ctx, bob, acc, 1001, time.Time{}, at(time.Hour)) },
		"label":   func() error { return o.Label(ctx, bob, acc, 1001, "mine") },
		"bid":     func() error { return o.NoteBid(ctx, bob, acc, 1001, usd("1")) },
		"dismiss": func() error { return o.Dismiss(ctx, bob, acc, "q") },
		"call off": func() error {
			_, err := o.CallOff(ctx, bob, acc, "q")
			return err
		},
		"unknown account": func() error { return o.Label(ctx, ana, "other", 1001, "mine") },
	} {
		if err := do(); !errors.Is(err, rental.ErrNoAccount) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := o.ledger(t).Rental(1001)
	if _, err := o.Credentials(ctx, bob, r); !errors.Is(err, rental.ErrNoOrder) {
		t.Errorf("credentials: %v", err)
	}
	if after := string(encode(*o.ledger(t))); after != before || o.kicked != 0 {
		t.Error("something changed")
	}
}

func TestDeskRentals(t *testing.T) {
	ctx := t.Context()
	o := newOffice(ready(t))
	if err := o.StopAt(ctx, ana, acc, 1001, time.Time{}, at(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := o.StopAt(ctx, ana, acc, 1001, time.Time{}, at(5*time.Hour)); !errors.Is(err, rental.ErrStopMoved) {
		t.Errorf("from a stop time that it has not any more: %v", err)
	}
	stop := at(90 * time.Minute)
	if err := o.StopAt(ctx, ana, acc, 1001, at(time.Hour), stop); err != nil {
		t.Fatal(err)
	}
	if err := o.Label(ctx, ana, acc, 1001, "lora-run"); err != nil {
		t.Fatal(err)
	}
	if err := o.Cancel(ctx, ana, acc, 1001, rental.ByUser, "SSH dead"); err != nil {
		t.Fatal(err)
	}
	r := o.ledger(t).Rental(1001)
	if !r.StopAt.Equal(stop) || r.Label != "lora-run" || r.Cancel == nil || r.Cancel.Issue != "SSH dead" {
		t.Errorf("rental = %+v", r)
	}
	if o.kicked != 4 {
		t.Errorf("%d kicks", o.kicked)
	}
	for _, order := range []clore.OrderID{0, 4711} {
		if err := o.Cancel(ctx, ana, acc, order, rental.ByUser, ""); !errors.Is(err, rental.ErrNoOrder) {
			t.Errorf("order %d: %v", order, err)
		}
	}
}

func TestDeskCredentials(t *testing.T) {
	o := newOffice(ready(t))
	if err := o.books.PutSecret(t.Context(), ana, rental.PasswordField("q"), secret.New("hush")); err != nil {
		t.Fatal(err)
	}
	r := o.ledger(t).Rental(1001)
	if s, err := o.Credentials(t.Context(), ana, r); err != nil || s.Password.Reveal() != "hush" || !s.Token.Empty() {
		t.Errorf("Credentials: %v, %v", s, err)
	}
	if err := o.books.PutSecret(t.Context(), ana, rental.TokenField("q"), secret.New("page")); err != nil {
		t.Fatal(err)
	}
	if s, err := o.Credentials(t.Context(), ana, r); err != nil || s.Token.Reveal() != "page" {
		t.Errorf("Credentials with a page: %v, %v", s, err)
	}
}

func TestDeskRejectedKey(t *testing.T) {
	l := ledger()
	l.Account.Rejected = t0
	o := newOffice(&l)
	if _, err := o.Quote(t.Context(), ana, acc, terms(), nil, nil); !errors.Is(err, rental.ErrKeyRejected) {
		t.Errorf("Quote = %v", err)
	}
}

func TestNewPassword(t *testing.T) {
	seen := map[string]bool{}
	count := map[rune]int{}
	for range 2000 {
		p := rental.NewPassword().Reveal()
		if len(p) != 24 || seen[p] {
			t.Fatalf("password of %d characters, or twice the same", len(p))
		}
		seen[p] = true
		for _, c := range p {
			if c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' {
				t.Fatalf("character %q", c)
			}
			count[c]++
		}
	}
	// 48,000 draws of 62: each 774 times, give or take 28; seven times that is no chance.
	for c, n := range count {
		if n < 578 || n > 970 {
			t.Errorf("%q was drawn %d times", c, n)
		}
	}
	if len(count) != 62 {
		t.Errorf("%d different characters", len(count))
	}
}
