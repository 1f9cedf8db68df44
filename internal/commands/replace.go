package commands

import (
	"context"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/secret"
)

// holds reports whether the key is the stored one of an account. One that cannot be opened is
// taken for another: its owner can still replace it.
func (c *Commands) holds(ctx context.Context, id account.ID, key secret.Text) bool {
	stored, err := c.Keys.Key(ctx, id)
	if err != nil {
		c.Log.WarnContext(ctx, "stored key cannot be compared", "account", id, "error", err)
		return false
	}
	return stored.Equal(key)
}

// replaceable refuses a key that does not show the orders which the bot watches with the former
// one. With a key of another Clore account they would be told as ended while they run and cost
// money. orders is what the new key lists.
func (c *Commands) replaceable(ctx context.Context, a *ask, acct account.Account, key secret.Text, orders []clore.Order) error {
	if c.holds(ctx, acct.ID, key) {
		return nil
	}
	l, err := c.Books.Ledger(ctx, acct.ID)
	if err != nil {
		return err
	}
	intents := slices.DeleteFunc(slices.Clone(l.Intents), func(in rental.Intent) bool {
		return !in.State.Open() && in.State != rental.Missing
	})
	if len(l.Rentals)+len(intents) == 0 || shows(orders, l.Rentals) {
		return nil
	}
	// What ended while the former key was rejected is among the past orders only.
	all, err := c.Past(ctx, key)
	if err != nil {
		return err
	}
	known := l.Rentals
	if len(known) == 0 {
		if known, err = c.former(ctx, a.User, acct.ID); err != nil {
			return err
		}
	}
	if shows(append(all, orders...), known) {
		return nil
	}
	return c.wrong("key.other_account", "Rentals", a.N("count.rentals", len(l.Rentals)), "Waiting", a.N("count.orders", len(intents)), "Label", acct.Label).
		with(chat.Button(a.S("button.second_account"), "key", chat.Args{"do": "add"}), chat.Button(a.S("button.orders"), "orders", nil))
}

// shows reports whether all rentals, and there are some, are among the orders.
func shows(orders []clore.Order, rentals []rental.Rental) bool {
	for i := range rentals {
		if !slices.ContainsFunc(orders, func(o clore.Order) bool { return o.ID == rentals[i].Order.ID }) {
			return false
		}
	}
	return len(rentals) > 0
}

// former returns the newest rental of the account that ended, by which Clore's account is known
// when nothing runs on it.
func (c *Commands) former(ctx context.Context, user chat.User, id account.ID) ([]rental.Rental, error) {
	ended, err := c.Archive.History(ctx, user, historyDepth)
	if err != nil {
		return nil, err
	}
	for _, r := range ended {
		if r.Account == id {
			return []rental.Rental{r}, nil
		}
	}
	return nil, nil
}

// reject notes that Clore refuses the key with which it was just asked, unless the key was
// replaced meanwhile: nothing is watched or stopped with it any more, and its user is told.
func (c *Commands) reject(ctx context.Context, asked account.Account) {
	err := c.Books.Update(context.WithoutCancel(ctx), asked.ID, func(l *rental.Ledger) error {
		if l.Account.Tail == asked.Tail && l.Account.Added.Equal(asked.Added) && l.Account.Rejected.IsZero() {
			l.Account.Rejected = c.Now()
		}
		return nil
	})
	if err != nil {
		c.Log.WarnContext(ctx, "rejected key not noted", "account", asked.ID, "error", err)
	}
}

// reinstate takes back that Clore refuses the key, which it has just answered.
func (c *Commands) reinstate(ctx context.Context, asked account.Account) error {
	if asked.Rejected.IsZero() {
		return nil
	}
	err := c.Books.Update(ctx, asked.ID, func(l *rental.Ledger) error {
		if l.Account.Tail == asked.Tail && l.Account.Added.Equal(asked.Added) {
			l.Account.Rejected = time.Time{}
		}
		return nil
	})
	if err == nil {
		c.Watch(asked.ID)
	}
	return err
}

// stoppable returns an error with words while Clore refuses the key of an account of the asker.
func (c *Commands) stoppable(ctx context.Context, a *ask, id account.ID) error {
	acct, err := c.named(ctx, a, string(id))
	if err != nil || acct.Rejected.IsZero() {
		return err
	}
	return c.wrong("key.cannot_stop", "Key", chat.C(tail(acct))).
		with(replaceKey(a, acct), chat.Button(a.S("button.orders"), "orders", nil))
}

// unwatched warns above a list of rentals of those whose key Clore refuses.
func (a *ask) unwatched(v *chat.View, ledgers []rental.Ledger) {
	for i := range ledgers {
		l := &ledgers[i]
		if l.Account.Rejected.IsZero() || !l.Live() {
			continue
		}
		v.Tone = chat.Danger
		v.Body = lines(a.T("key.unwatched", "Key", chat.C(tail(l.Account)), "Label", l.Account.Label), v.Body)
		if len(v.Rows) < chat.MaxRows {
			v.Rows = append(v.Rows, []chat.Control{replaceKey(a, l.Account)})
		}
	}
}
