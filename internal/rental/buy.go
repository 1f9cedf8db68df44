package rental

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// candidates is how many of the cheapest servers are looked at for a purchase.
const candidates = 8

// Ripe notes that something matches the watch of a mandate, so that it is bought once the account
// is worked on. It is forgotten in a restart, and when nothing is found.
func (a *Agent) Ripe(id account.ID, mandate string) {
	a.note(id, func(v *Volatile) {
		if !slices.Contains(v.Ripe, mandate) {
			v.Ripe = append(slices.Clip(v.Ripe), mandate)
		}
	})
}

// buy makes an intent of the cheapest match that a mandate and the limits allow. The intent is
// placed like any other, after one more look at the price.
func (a *Agent) buy(ctx context.Context, id account.ID, mandate string) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	m := l.Mandate(mandate)
	if m == nil || !l.mayBuy(m, a.Now()) {
		return nil
	}
	if a.Finder == nil {
		a.buyLater(id, &l, mandate)
		return errors.New("nothing finds offers for mandates")
	}
	found, rates, err := a.Finder.Best(ctx, m.Query, m.Pay, l.avoid(m, a.Now()), candidates)
	if err != nil {
		a.buyLater(id, &l, mandate)
		return fmt.Errorf("looking for an offer: %w", err)
	}
	in, err := a.purchase(ctx, id, m, a.offers(&l, m, found, rates))
	over := (*OverLimit)(nil)
	switch {
	case err == nil:
		a.Log.Info("bought under a mandate", "account", id, "mandate", mandate, "intent", in.ID, "server", in.Terms.Server)
		return nil
	case errors.As(err, &over), errors.Is(err, errNothing), errors.Is(err, ErrNotNow),
		errors.Is(err, ErrMandateOver), errors.Is(err, ErrNoMandate), errors.Is(err, ErrManyIntents):
		a.buyLater(id, &l, mandate)
		return nil // none at the moment is no error
	default:
		a.buyLater(id, &l, mandate)
		return err
	}
}

// errNothing says that no offer is cheap enough.
var errNothing = errors.New("nothing to buy")

// leastRun is the shortest rest of a planned time for which a server is rented in place of a lost one.
const leastRun = 10 * time.Minute

// offers makes quotes of what was found, those within the price of the mandate.
func (a *Agent) offers(l *Ledger, m *Mandate, found []Terms, rates money.Rates) []Quote {
	var quotes []Quote
	now := a.Now()
	for _, t := range found {
		t.Preset, t.SSHKey, t.RunFor, t.Label = m.Preset, m.SSHKey, m.RunFor, m.Label
		if !m.Ends.IsZero() {
			t.RunFor = min(t.RunFor, m.Ends.Sub(now))
		}
		if t.MaxRent > 0 {
			t.RunFor = min(t.RunFor, t.MaxRent)
		}
		if t.RunFor < leastRun && t.RunFor < m.RunFor || t.USD <= 0 || t.USD > 24*m.Hour {
			continue
		}
		q := Quote{
			ID: a.NewID(), User: l.Account.User, Account: l.Account.ID, Terms: t,
			Cost:  Cost(t.Price, t.Kind, t.RunFor, rates),
			Rates: rates, Made: now, Expires: now.Add(a.QuoteTTL),
		}
		if b, ok := clore.Prices(l.Balances).In(t.Price.Currency); ok {
			q.Balance = &b
		}
		quotes = append(quotes, q)
	}
	slices.SortStableFunc(quotes, func(a, b Quote) int { // what the wallet is empty for comes last
		return compareBool(l.poor(a.Terms.Price.Currency), l.poor(b.Terms.Price.Currency))
	})
	return quotes
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// poor reports whether there is nothing to rent with in a coin, as far as is known: the wallet is
// empty, or Clore said since it was looked at that it holds too little.
func (l *Ledger) poor(c money.Currency) bool {
	if b, known := clore.Prices(l.Balances).In(c); known && b.Amount <= 0 {
		return true
	}
	return slices.ContainsFunc(l.Intents, func(in Intent) bool {
		return in.Terms.Price.Currency == c && in.nothing() && in.Reason == string(clore.NotEnoughBalance) &&
			in.Settled.After(l.Funds.Checked)
	})
}

// purchase buys the first quote that is allowed. When the cheapest is more than what is left of
// the mandate, one that does not wait for better offers is over.
func (a *Agent) purchase(ctx context.Context, id account.ID, m *Mandate, quotes []Quote) (Intent, error) {
	var in Intent
	var refused error
	err := a.Books.Update(ctx, id, func(l *Ledger) error {
		now := a.Now()
		in, refused = Intent{}, errNothing
		for _, q := range quotes {
			got, err := l.Buy(m.ID, q, now)
			if over := (*OverLimit)(nil); err != nil && !errors.As(err, &over) {
				return err
			}
			if err == nil {
				in, refused = got, nil
				l.Mandate(m.ID).Held = ""
				return nil
			}
			if errors.Is(refused, errNothing) {
				refused = err
			}
		}
		l.held(m.ID, refused, now)
		return nil
	})
	if err == nil {
		err = refused
	}
	return in, err
}

// held notes which limit keeps a mandate from buying, so that its owner can be told; the mandate's
// own may end it.
func (l *Ledger) held(id string, refused error, now time.Time) {
	m, over := l.Mandate(id), (*OverLimit)(nil)
	if m == nil || !errors.As(refused, &over) {
		return
	}
	if over.Limit == LimitMandate {
		l.exhaust(id, now)
		return
	}
	m.Held = over.Limit
}

// exhaust ends a mandate that cannot pay for what there is, unless it waits for better offers or
// a purchase may still fail and leave some of its money.
func (l *Ledger) exhaust(id string, now time.Time) {
	m := l.Mandate(id)
	if m == nil || m.Cause == ForWatch {
		return
	}
	if _, trying := m.counts(); trying == 0 {
		m.finish(FinishMoney, now)
	}
}

// buyLater spaces the looks of a mandate that found nothing. A watch tells again when it has a
// match.
func (a *Agent) buyLater(id account.ID, l *Ledger, mandate string) {
	a.note(id, func(v *Volatile) {
		v.Ripe = slices.DeleteFunc(slices.Clone(v.Ripe), func(s string) bool { return s == mandate })
		at := maps.Clone(v.BuyAt)
		if at == nil {
			at = map[string]time.Time{}
		}
		maps.DeleteFunc(at, func(s string, _ time.Time) bool { return l.Mandate(s) == nil })
		at[mandate] = a.Now().Add(lookAgain)
		v.BuyAt = at
	})
}
