package rental

import (
	"context"
	"fmt"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
)

// cancel asks Clore to end an order. The order is over when the list says so, whatever the answer.
func (a *Agent) cancel(ctx context.Context, id account.ID, order clore.OrderID) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	c := l.cancellation(order)
	if c == nil || a.Now().Before(c.Next) {
		return nil
	}
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	issue := c.Issue
	if !c.Accepted.IsZero() {
		issue = "" // Clore has it
	}
	answer := api.CancelOrder(ctx, order, issue)
	if err := a.recordCancel(ctx, id, order, answer); err != nil {
		return err
	}
	if answer != nil && !over(answer) {
		return fmt.Errorf("cancel_order: %w", answer)
	}
	a.Log.Info("cancellation accepted", "account", id, "order", order)
	return nil
}

// over reports whether Clore says that there is nothing left to cancel.
func over(answer error) bool {
	return clore.IsRefusal(answer, clore.OrderNotActive, clore.OrderNotFound)
}

func (a *Agent) recordCancel(
	ctx context.Context, id account.ID, order clore.OrderID, answer error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		if answer == nil || over(answer) {
			l.CancelAccepted(order, a.Now())
			return nil
		}
		l.CancelFailed(order, a.Now())
		if c := l.cancellation(order); c != nil && clore.IsRefusal(answer, clore.IssueTooLong) {
			c.Issue = "" // ending it matters more
		}
		return nil
	})
}
