package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

const hour = time.Hour

// historyDepth is how many ended rentals are looked through for one.
const historyDepth = 200

// ledgers returns those of all accounts of the asker; errNoKey when there are none.
func (c *Commands) ledgers(ctx context.Context, a *ask) ([]rental.Ledger, error) {
	accounts, err := c.Accounts.Accounts(ctx, a.User)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		return nil, errNoKey
	}
	var all []rental.Ledger
	for _, acct := range accounts {
		l, err := c.Books.Ledger(ctx, acct.ID)
		if errors.Is(err, rental.ErrNoAccount) {
			continue // it was removed just now
		}
		if err != nil {
			return nil, err
		}
		l.Account = acct
		all = append(all, l)
	}
	return all, nil
}

// findLive returns a rental of the asker that has not ended, or ErrNoOrder.
func (c *Commands) findLive(ctx context.Context, a *ask, id clore.OrderID) (rental.Rental, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return rental.Rental{}, err
	}
	for i := range ledgers {
		if r := ledgers[i].Rental(id); r != nil {
			return owned(*r, ledgers[i].Account), nil
		}
	}
	return rental.Rental{}, rental.ErrNoOrder
}

// owned fills in what a rental that was made elsewhere lacks.
func owned(r rental.Rental, acct account.Account) rental.Rental {
	r.Account, r.User = acct.ID, acct.User
	return r
}

// find is findLive that also looks among the ended ones.
func (c *Commands) find(ctx context.Context, a *ask, id clore.OrderID) (rental.Rental, error) {
	r, err := c.findLive(ctx, a, id)
	if err == nil {
		return r, nil
	}
	ended, historyErr := c.Archive.History(ctx, a.User, historyDepth)
	if historyErr != nil {
		return rental.Rental{}, historyErr
	}
	for _, r := range ended {
		if r.Order.ID == id {
			return r, nil
		}
	}
	return rental.Rental{}, err
}

// orderText writes an order's number as arguments have it.
func orderText(id clore.OrderID) string { return strconv.FormatInt(int64(id), 10) }

func serverText(id clore.ServerID) string { return "#" + strconv.FormatInt(int64(id), 10) }
