package rental

import (
	"context"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

const (
	// worthEvery is how old the worth of the coins may become in which an account spends.
	worthEvery = 10 * time.Minute
	// worthFor is how long it is waited for: the orders matter more.
	worthFor = 5 * time.Second
)

// worth returns the present worth of coins if the account spends any and it was not asked for a
// short while ago, else nothing. Limits are in USD: a coin that rises must count against them
// while it is being spent, not only at the next quote.
func (a *Agent) worth(ctx context.Context, id account.ID, orders []clore.Order) money.Rates {
	coins := slices.ContainsFunc(orders, func(o clore.Order) bool { return o.Price.Currency != money.USD })
	if a.Worth == nil || !coins {
		return nil
	}
	now, due := a.Now(), false
	a.note(id, func(v *Volatile) {
		if due = v.Rated.IsZero() || now.Sub(v.Rated) >= worthEvery; due {
			v.Rated = now
		}
	})
	if !due {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, worthFor)
	defer cancel()
	rates, err := a.Worth(ctx)
	if err != nil {
		a.Log.Warn("the worth of coins is not known anew", "account", id, "error", err)
	}
	return rates
}
