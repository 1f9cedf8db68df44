package rental

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// book reads the bids on the server of an order and draws what follows.
func (a *Agent) book(ctx context.Context, id account.ID, order clore.OrderID) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	r := l.Rental(order)
	if r == nil {
		return nil
	}
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	look := Look{At: a.Now()}
	look.Market, err = api.SpotMarketplace(ctx, r.Order.Server)
	a.booked(id, &l, order)
	if err != nil {
		return fmt.Errorf("reading the bids: %w", err)
	}
	if nobody := Bidding(order, r.Order.Price.Currency, look, l.Rates); !nobody.Lead && !nobody.Taken {
		// On demand it is rented to somebody whom the book does not show. Not knowing that
		// is no reason to lose the book.
		if s, _, err := a.Market.Server(ctx, r.Order.Server); err == nil && s != nil {
			look.Rented = s.Rented
		}
	}
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		l.ObserveBook(order, look, a.Now())
		return nil
	})
}

// booked notes when the bids were read, and forgets orders that are gone.
func (a *Agent) booked(id account.ID, l *Ledger, order clore.OrderID) {
	now := a.Now()
	a.note(id, func(v *Volatile) {
		at := maps.Clone(v.Booked)
		if at == nil {
			at = map[clore.OrderID]time.Time{}
		}
		maps.DeleteFunc(at, func(o clore.OrderID, _ time.Time) bool { return l.Rental(o) == nil })
		at[order] = now
		v.Booked = at
	})
}

// bid asks Clore for the bid that is wished for. What is allowed is judged once more in the commit
// before; a pilot's lowering also by a fresh look at the bids.
func (a *Agent) bid(ctx context.Context, id account.ID, order clore.OrderID) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	r := l.Rental(order)
	if r == nil || !r.bidDue(a.Now()) {
		return nil
	}
	if r.Bid.By == Autopilot && r.Bid.Target.Amount < r.Order.Price.Amount {
		if err := a.book(ctx, id, order); err != nil {
			return err
		}
	}
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	bid, err := a.beginBid(ctx, id, order)
	if err != nil || bid.Amount == 0 {
		return err
	}
	answer := api.SetSpotPrice(ctx, order, bid.Amount)
	if err := a.recordBid(ctx, id, order, bid, answer); err != nil {
		return err
	}
	if answer != nil && (clore.IsCode(answer, clore.CodeKey) || !clore.OutcomeKnown(answer)) {
		return fmt.Errorf("set_spot_price: %w", answer)
	}
	return nil
}

func (r *Rental) bidDue(now time.Time) bool {
	return r.Bid != nil && r.Cancel == nil && r.Gone.IsZero() && !now.Before(r.Bid.Next)
}

// beginBid commits that a bid is about to be asked for, and returns it; zero when there is none.
func (a *Agent) beginBid(ctx context.Context, id account.ID, order clore.OrderID) (money.Money, error) {
	var bid money.Money
	err := a.Books.Update(ctx, id, func(l *Ledger) error {
		bid = money.Money{}
		if r := l.Rental(order); r == nil || !r.bidDue(a.Now()) {
			return nil // it was taken back meanwhile
		}
		next, err := l.BeginBid(order, a.Now())
		if err != nil {
			a.Log.Info("bid given up", "account", id, "order", order, "error", err)
			return nil // the ledger says so
		}
		bid = next
		return nil
	})
	return bid, err
}

func (a *Agent) recordBid(
	ctx context.Context, id account.ID, order clore.OrderID, bid money.Money, answer error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	err := a.Books.Update(ctx, id, func(l *Ledger) error {
		if answer == nil {
			l.BidTaken(order, bid, a.Now())
		} else {
			l.BidFailed(order, answer, a.Now())
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recording the answer to set_spot_price: %w", errors.Join(err, answer))
	}
	if unclear := answer != nil && !clore.OutcomeKnown(answer); unclear || overBid(answer) {
		a.note(id, func(v *Volatile) { v.Polled = time.Time{} }) // the list tells
	}
	if answer == nil {
		a.note(id, func(v *Volatile) { // whether it leads is known at once
			at := maps.Clone(v.Booked)
			delete(at, order)
			v.Booked = at
		})
	}
	a.Log.Info("bid sent", "account", id, "order", order, "bid", bid.Amount.String(), "taken", answer == nil)
	return nil
}

// overBid reports whether Clore says that there is no such order to bid for.
func overBid(answer error) bool {
	return clore.IsRefusal(answer, clore.OrderNotActive, clore.OrderNotFound, clore.OrderUnknown)
}
