package rental

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/secret"
)

// recordFor bounds the commit of an answer, which is made even when the bot is told to stop.
const recordFor = 10 * time.Second

// place orders what an intent asks for, after a last look at the price and at the account's
// orders. An error before the request went out leaves the intent pending.
func (a *Agent) place(ctx context.Context, id account.ID, intent string) error {
	l, err := a.Books.Ledger(ctx, id)
	if err != nil {
		return err
	}
	in := l.Intent(intent)
	if in == nil || in.State != Pending {
		return nil
	}
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	reason, requote, err := a.judge(ctx, &l, in)
	if err != nil {
		return err
	}
	if reason != "" {
		return a.withdraw(ctx, id, intent, reason, requote)
	}
	open, err := a.credentials(ctx, in)
	if err != nil {
		return err
	}
	p, err := a.look(ctx, id, api, false)
	if err != nil {
		return err
	}
	return a.send(ctx, id, in, p, api, request(&in.Terms, open))
}

// errNotNow keeps back a request that the ledger no longer wants, or not yet.
var errNotNow = errors.New("not now")

// send has create_order sent. Only when the pace lets it go is the intent committed as sending: a
// crash while it waits leaves the intent pending, and nothing is in doubt.
func (a *Agent) send(ctx context.Context, id account.ID, in *Intent, p Poll, api API, r clore.OrderRequest) error {
	begun := false
	r.Before = func(ctx context.Context) error {
		sending, err := a.begin(ctx, id, in, p)
		if err == nil && !sending {
			err = errNotNow
		}
		begun = err == nil
		return err
	}
	answer := api.CreateOrder(ctx, r)
	var input *clore.InputError
	switch {
	case begun:
		return a.record(ctx, id, in.ID, answer)
	case errors.Is(answer, errNotNow):
		return nil
	case errors.As(answer, &input):
		return a.withdraw(ctx, id, in.ID, ReasonInput, "")
	case !clore.OutcomeKnown(answer):
		return a.unannounced(ctx, id, in, p, answer)
	default:
		return fmt.Errorf("create_order: %w", answer)
	}
}

// unannounced settles a request that may have gone out although Before was not called. That is
// against what it promises; but an intent that stays pending would be sent again.
func (a *Agent) unannounced(ctx context.Context, id account.ID, in *Intent, p Poll, answer error) error {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	if _, err := a.begin(late, id, in, p); err != nil {
		return errors.Join(err, answer)
	}
	return a.record(ctx, id, in.ID, answer)
}

// judge compares the terms with the market. It returns why the intent must be given up, or "",
// and the ID of a new quote if a price is the only obstacle.
func (a *Agent) judge(
	ctx context.Context, l *Ledger, in *Intent,
) (reason, requote string, err error) {
	server, rates, err := a.Market.Server(ctx, in.Terms.Server)
	if err != nil {
		return "", "", fmt.Errorf("reading the market: %w", err)
	}
	price, reason := in.Terms.meets(server)
	if reason != ReasonDearer || in.Mandate != "" { // under a mandate the next best is taken
		return reason, "", nil
	}
	t := in.Terms
	t.Price.Amount = price.Amount
	t.USD, _ = rates.USD(t.Price)
	now := a.Now()
	q := Quote{
		ID: a.NewID(), User: in.User, Account: in.Account, Terms: t,
		Cost:  Cost(t.Price, t.Kind, t.RunFor, rates),
		Rates: rates, Made: now, Expires: now.Add(a.QuoteTTL),
	}
	if b, ok := clore.Prices(l.Balances).In(t.Price.Currency); ok {
		q.Balance = &b
	}
	if err := a.Quotes.SaveQuote(ctx, q); err != nil {
		return "", "", fmt.Errorf("saving a new quote: %w", err)
	}
	return ReasonDearer, q.ID, nil
}

// withdraw gives the intent up. Nothing was sent for it.
func (a *Agent) withdraw(ctx context.Context, id account.ID, intent, reason, requote string) error {
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		l.Withdraw(intent, reason, requote, a.Now())
		return nil
	})
}

// credentials returns what will open the machine of an intent, made up and stored at the first
// call: a password unless there is a key to log in with, and a token when it has a web page.
func (a *Agent) credentials(ctx context.Context, in *Intent) (c Credentials, err error) {
	if in.Terms.SSHKey.Line == "" {
		if c.Password, err = a.secret(ctx, in, PasswordField(in.ID)); err != nil {
			return Credentials{}, err
		}
	}
	if in.Terms.web() {
		c.Token, err = a.secret(ctx, in, TokenField(in.ID))
	}
	return c, err
}

func (a *Agent) secret(ctx context.Context, in *Intent, field string) (secret.Text, error) {
	s, err := a.Secrets.Secret(ctx, in.User, field)
	if err != nil {
		return secret.Text{}, fmt.Errorf("reading the credentials: %w", err)
	}
	if !s.Empty() {
		return s, nil
	}
	s = NewPassword()
	if err := a.Secrets.PutSecret(ctx, in.User, field, s); err != nil {
		return secret.Text{}, fmt.Errorf("storing the credentials: %w", err)
	}
	return s, nil
}

// begin commits that the request is about to go out, and reports whether it may.
func (a *Agent) begin(ctx context.Context, id account.ID, in *Intent, p Poll) (bool, error) {
	var sending bool
	err := a.Books.Update(ctx, id, func(l *Ledger) error {
		now := a.Now()
		sending = false
		l.Restart(now) // nothing of this account is in flight
		a.observe(id, l, p, now)
		l.Tick(now) // which may have found it to be too old
		if slices.ContainsFunc(p.Orders, func(o clore.Order) bool {
			return o.Server == in.Terms.Server && !o.Expired
		}) {
			l.Withdraw(in.ID, ReasonYours, "", now)
			return nil
		}
		err := l.BeginSend(in.ID, l.maxID(p.Orders), now)
		sending = err == nil
		if over := (*OverLimit)(nil); errors.As(err, &over) {
			l.Withdraw(in.ID, ReasonLimit, "", now)
			if held := l.Intent(in.ID); held != nil {
				held.Limit = over.Limit
			}
			return nil
		}
		if errors.Is(err, ErrUnsettled) || errors.Is(err, ErrIntentState) {
			return nil // not now, or not any more
		}
		return err
	})
	return sending && err == nil, err
}

// maxID returns the highest order ID that is known.
func (l *Ledger) maxID(orders []clore.Order) clore.OrderID {
	var most clore.OrderID
	for i := range orders {
		most = max(most, orders[i].ID)
	}
	for i := range l.Rentals {
		most = max(most, l.Rentals[i].Order.ID)
	}
	for i := range l.Intents {
		most = max(most, l.Intents[i].Order)
	}
	return most
}

// record commits what became of the request. If it cannot, the intent stays as it was committed
// before, and the next look at the orders finds out.
func (a *Agent) record(ctx context.Context, id account.ID, intent string, answer error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	var state IntentState
	err := a.Books.Update(ctx, id, func(l *Ledger) error {
		switch now := a.Now(); {
		case answer == nil:
			l.Accept(intent, now)
		case clore.OutcomeKnown(answer):
			l.Refuse(intent, refusal(answer), now)
		default:
			l.Doubt(intent, now)
		}
		if in := l.Intent(intent); in != nil {
			state = in.State
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recording the answer to create_order: %w", errors.Join(err, answer))
	}
	a.Log.Info("order sent", "account", id, "intent", intent, "state", state)
	// A refusal is an answer. Only what concerns the whole account is an error of this step.
	if answer != nil && (clore.IsCode(answer, clore.CodeKey) || !clore.OutcomeKnown(answer)) {
		return fmt.Errorf("create_order: %w", answer)
	}
	return nil
}

// refusal returns the reason to show for an error that proves that nothing was executed.
func refusal(err error) string {
	var answer *clore.Error
	var input *clore.InputError
	switch {
	case errors.As(err, &answer) && answer.Text != "":
		return string(answer.Text)
	case clore.IsCode(err, clore.CodeKey):
		return ReasonKey
	case clore.IsCode(err, clore.CodeRate):
		return ReasonBusy
	case errors.As(err, &input):
		return ReasonInput
	case errors.Is(err, clore.ErrNotSent):
		return ReasonNotSent
	default:
		return ReasonRefused
	}
}
