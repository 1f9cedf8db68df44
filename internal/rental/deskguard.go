package rental

import (
	"context"
	"slices"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
)

// Limit changes the limits of an account. change may be called more than once.
func (d *Desk) Limit(ctx context.Context, user chat.User, id account.ID, change func(*Limits)) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		m := l.Limits
		change(&m)
		l.SetLimits(m)
		return nil
	})
}

// Freeze keeps everything from being bought, extended or raised until Unfreeze; what was not sent
// yet is not sent. A second time changes nothing.
func (d *Desk) Freeze(ctx context.Context, user chat.User, id account.ID) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		l.Freeze(d.Now())
		return nil
	})
}

// Unfreeze ends a freeze.
func (d *Desk) Unfreeze(ctx context.Context, user chat.User, id account.ID) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		l.Unfreeze()
		return nil
	})
}

// CancelAll ends several rentals at once, in one commit, and returns those that it did: the
// others have ended meanwhile. Whether they have ended is told of each when Clore's list agrees.
func (d *Desk) CancelAll(
	ctx context.Context, user chat.User, id account.ID, orders []clore.OrderID,
) ([]clore.OrderID, error) {
	var done []clore.OrderID
	err := d.change(ctx, user, id, func(l *Ledger) error {
		done = nil
		now := d.Now()
		for _, order := range slices.Compact(slices.Sorted(slices.Values(orders))) {
			if l.Rental(order) == nil {
				continue
			}
			if err := l.AskCancel(order, ByUser, "", now); err != nil {
				return err
			}
			done = append(done, order)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}
