package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/market"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
)

// finder finds on the shared board what mandates buy, as [rental.Finder].
type finder struct {
	board *market.Board
	now   func() time.Time
	// fresh is how old a snapshot may be to choose by; before an order is placed the server is
	// looked at once more anyway.
	fresh time.Duration
}

// Best returns the cheapest sound offers of a query: none that is rented, whose price is too good
// to be true or has no known worth, or whose server is in not. pay counts where the query names
// no coin.
func (f finder) Best(
	ctx context.Context, query string, pay []money.Currency, not []clore.ServerID, most int,
) ([]rental.Terms, money.Rates, error) {
	s, err := f.snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	q, err := market.ParseQuery(query, s.Names()...)
	if err != nil {
		return nil, nil, fmt.Errorf("query of a mandate: %w", err)
	}
	if len(q.Pay) == 0 {
		q.Pay = pay
	}
	q.Sort, q.All = market.Sort{}, false
	var found []rental.Terms
	for _, o := range s.Find(q).Offers {
		if len(found) == most {
			break
		}
		if o.Sound() && !slices.Contains(not, o.Server.ID) {
			t := rental.Offered(o.Server, o.Model(), o.Kind, o.Price, o.USD)
			t.Median = s.Median(o.Model(), len(o.Server.GPUs)) // for the receipt
			found = append(found, t)
		}
	}
	return found, s.Rates(), nil
}

// snapshot returns one that is fresh enough, from memory if it can.
func (f finder) snapshot(ctx context.Context) (*market.Snapshot, error) {
	if s := f.board.Peek(); s != nil && f.now().Sub(s.At()) <= f.fresh {
		return s, nil
	}
	s, err := f.board.Fresh(ctx)
	if err != nil {
		return nil, err // what there is would be too old
	}
	return s, nil
}

// worth returns what coins are worth on the shared board.
func (a *App) worth(ctx context.Context) (money.Rates, error) {
	s, err := a.board.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.Rates(), nil
}
