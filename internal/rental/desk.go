package rental

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
)

// QuoteTTL is how long a quote can be confirmed.
const QuoteTTL = 90 * time.Second

// DeskOptions are what a desk works with. QuoteTTL, NewID and Now may be left out.
type DeskOptions struct {
	Books    Books
	Quotes   Quotes
	Secrets  Secrets
	Kick     func(account.ID) // there is something new to do for the account
	Now      func() time.Time
	NewID    func() string
	QuoteTTL time.Duration
}

// Desk takes what people decide about renting. It records it and kicks the watcher; nothing is
// sent to Clore from here. Each method checks that the account is the user's: ErrNoAccount,
// ErrNoOrder or ErrNoQuote otherwise.
type Desk struct{ DeskOptions }

// NewDesk returns a desk.
func NewDesk(o DeskOptions) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = NewID
	}
	if o.QuoteTTL == 0 {
		o.QuoteTTL = QuoteTTL
	}
	return &Desk{o}
}

// Quote offers to rent on the terms. balance is what the wallet of the price's currency holds, nil
// when unknown; the rates may lack any. The error is ErrKeyRejected when nothing can be rented
// with the account.
func (d *Desk) Quote(
	ctx context.Context, user chat.User, id account.ID,
	t Terms, balance *money.Money, rates money.Rates,
) (Quote, error) {
	l, err := d.Books.Ledger(ctx, id)
	if err != nil {
		return Quote{}, err
	}
	if err := l.OwnedBy(user); err != nil {
		return Quote{}, err
	}
	if !l.Account.Rejected.IsZero() {
		return Quote{}, ErrKeyRejected
	}
	return d.save(ctx, Quote{
		User: user, Account: id, Terms: t, Balance: balance, Rates: rates,
	})
}

// Amend makes a new quote of one, with other terms. The old one stays as it is. ErrQuoteExpired
// says that the price must be looked up anew.
func (d *Desk) Amend(
	ctx context.Context, quote string, user chat.User, change func(*Terms),
) (Quote, error) {
	q, err := d.Quotes.Quote(ctx, quote, user)
	if err != nil {
		return Quote{}, err
	}
	if !d.Now().Before(q.Expires) {
		return Quote{}, ErrQuoteExpired
	}
	coin := q.Terms.Price.Currency
	change(&q.Terms)
	if q.Terms.Price.Currency != coin {
		q.Balance = nil
	}
	return d.save(ctx, q)
}

func (d *Desk) save(ctx context.Context, q Quote) (Quote, error) {
	q.ID, q.Made = d.NewID(), d.Now()
	q.Expires = q.Made.Add(d.QuoteTTL)
	q.Cost = Cost(q.Terms.Price, q.Terms.Kind, q.Terms.RunFor, q.Rates)
	if err := d.Quotes.SaveQuote(ctx, q); err != nil {
		return Quote{}, err
	}
	return q, nil
}

// Confirm takes a quote: from here on the bot rents by itself. A second press gets ErrQuoteTaken,
// a late one ErrQuoteExpired, and a stranger's ErrNoQuote. ErrOccupied says that the account has the
// server already.
func (d *Desk) Confirm(ctx context.Context, quote string, user chat.User) (Intent, error) {
	var in Intent
	err := d.Books.TakeQuote(ctx, quote, user, func(l *Ledger, q Quote) error {
		if err := l.OwnedBy(user); err != nil {
			return err
		}
		if r, placing := l.On(q.Terms.Server); r != nil || placing != nil && placing.ID != q.ID {
			return ErrOccupied
		}
		var err error
		in, err = l.Take(q, d.Now())
		return err
	})
	if err != nil {
		return Intent{}, err
	}
	d.Kick(in.Account)
	return in, nil
}

// Cancel ends a rental. Whether it has ended is told when Clore's list agrees.
func (d *Desk) Cancel(
	ctx context.Context, user chat.User, id account.ID,
	order clore.OrderID, reason EndReason, issue string,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		return l.AskCancel(order, reason, issue, d.Now())
	})
}

// StopAt moves the stop time of a rental to another; the zero time is "until I stop it".
// ErrStopMoved says that it is not what it is moved from any more.
func (d *Desk) StopAt(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, from, to time.Time,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		if r := l.Rental(order); r != nil && !r.StopAt.Equal(from) {
			return ErrStopMoved
		}
		return l.SetStop(order, to, d.Now())
	})
}

// Label names a rental.
func (d *Desk) Label(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, label string,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.SetLabel(order, label) })
}

// NoteBid records a bid that Clore took.
func (d *Desk) NoteBid(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, bid money.Money,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.SetBid(order, bid) })
}

// Bid wishes another bid per day for a spot order; the errors are those of [Ledger.AskBid]. Whether
// Clore took it is told.
func (d *Desk) Bid(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, target money.Money,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		return l.AskBid(order, target, Person, d.Now())
	})
}

// SawBids notes what somebody who asked was just told of the bids on the server of an order, as the
// watcher notes what it reads; see [Ledger.ObserveBook]. What is older than what is known is left out.
func (d *Desk) SawBids(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, look Look,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		if r := l.Rental(order); r != nil && r.Book != nil && r.Book.At.After(look.At) {
			return nil
		}
		l.ObserveBook(order, look, d.Now())
		return nil
	})
}

// SetPilot sets who watches over the bid of a spot order; see [Ledger.SetPilot].
func (d *Desk) SetPilot(
	ctx context.Context, user chat.User, id account.ID, order clore.OrderID, p Pilot,
) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.SetPilot(order, p, d.Now()) })
}

// Dismiss gives up an order that did not appear. The errors are ErrNoIntent, and ErrCreated when
// it has appeared meanwhile.
func (d *Desk) Dismiss(ctx context.Context, user chat.User, id account.ID, intent string) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.Dismiss(intent) })
}

// Credentials returns the SSH password of a rental, empty when there is none: it logs in with a
// key, or was not made here.
func (d *Desk) Credentials(ctx context.Context, user chat.User, r *Rental) (c Credentials, err error) {
	if r.User != user {
		return c, ErrNoOrder
	}
	if r.Intent == "" {
		return c, nil
	}
	if c.Password, err = d.Secrets.Secret(ctx, user, PasswordField(r.Intent)); err != nil {
		return Credentials{}, err
	}
	c.Token, err = d.Secrets.Secret(ctx, user, TokenField(r.Intent))
	return c, err
}

func (d *Desk) change(
	ctx context.Context, user chat.User, id account.ID, change func(*Ledger) error,
) error {
	err := d.Books.Update(ctx, id, func(l *Ledger) error {
		if err := l.OwnedBy(user); err != nil {
			return err
		}
		return change(l)
	})
	if err != nil {
		return err
	}
	d.Kick(id)
	return nil
}
