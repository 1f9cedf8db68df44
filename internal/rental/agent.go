package rental

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/money"
)

// AgentOptions are what an agent works with. Log, Now, NewID, Pace and QuoteTTL may be left out.
type AgentOptions struct {
	Books   Books
	Quotes  Quotes
	Market  Market
	APIs    APIs
	Secrets Secrets
	Finder  Finder // for mandates; none buys anything without it
	// Worth returns the present worth of coins, for accounts that spend any. Without it the guard
	// has the rates of the last quote.
	Worth func(context.Context) (money.Rates, error)
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() string // of quotes
	Pace  Pace
	// QuoteTTL is how long a new quote is good for that takes the place of one that became
	// dearer.
	QuoteTTL time.Duration
}

// Agent does what [Next] asks for. It works on an account one step at a time, and on many
// accounts at once.
type Agent struct {
	AgentOptions
	mu    sync.Mutex
	known map[account.ID]*memory
}

// memory is what the agent remembers of an account.
type memory struct {
	step     sync.Mutex // held while a step is done
	volatile Volatile   // guarded by Agent.mu
	failures int        // in a row, of preparing a create_order; guarded by Agent.mu
}

// NewAgent returns an agent. It starts nothing.
func NewAgent(o AgentOptions) *Agent {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = NewID
	}
	if o.Pace == (Pace{}) {
		o.Pace = DefaultPace()
	}
	if o.QuoteTTL == 0 {
		o.QuoteTTL = QuoteTTL
	}
	return &Agent{AgentOptions: o, known: make(map[account.ID]*memory)}
}

// Next says what must be done next for an account. It returns ErrNoAccount for one that is gone.
func (a *Agent) Next(ctx context.Context, id account.ID) (Step, error) {
	l, err := a.Books.Ledger(ctx, id)
	if errors.Is(err, ErrNoAccount) {
		a.forget(id)
	}
	if err != nil {
		return Step{}, err
	}
	a.mu.Lock()
	v := a.memory(id).volatile
	a.mu.Unlock()
	return Next(&l, v, a.Pace, a.Now()), nil
}

// Do does a step. An error is Clore's or the store's: the step is then due again, later where it
// must be. Of clore's, one with CodeKey means that the key was rejected. Whatever the error, what
// is known of a create_order was recorded, or will be found out from the list of orders.
func (a *Agent) Do(ctx context.Context, id account.ID, s Step) error {
	a.mu.Lock()
	m := a.memory(id)
	a.mu.Unlock()
	m.step.Lock()
	defer m.step.Unlock()
	var err error
	switch s.Do {
	case DoPlace:
		err = a.place(ctx, id, s.Intent)
		a.placed(id, err)
	case DoCancel:
		err = a.cancel(ctx, id, s.Order)
	case DoPoll:
		err = a.poll(ctx, id)
	case DoFunds:
		err = a.funds(ctx, id)
	case DoBuy:
		err = a.buy(ctx, id, s.Mandate)
	case DoBid:
		err = a.bid(ctx, id, s.Order)
	case DoBook:
		err = a.book(ctx, id, s.Order)
	case DoTick:
		err = a.tick(ctx, id)
	case DoNothing:
	}
	if errors.Is(err, ErrNoAccount) {
		a.forget(id)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.Do, err)
	}
	return nil
}

// memory returns what is remembered of an account. The caller holds mu.
func (a *Agent) memory(id account.ID) *memory {
	m := a.known[id]
	if m == nil {
		m = &memory{}
		a.known[id] = m
	}
	return m
}

func (a *Agent) forget(id account.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.known, id)
}

// note changes what is remembered.
func (a *Agent) note(id account.ID, change func(*Volatile)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.memory(id).volatile)
}

// placed spaces the attempts to prepare a create_order.
func (a *Agent) placed(id account.ID, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.memory(id)
	if err == nil {
		m.failures = 0
		m.volatile.PlaceAt = time.Time{}
		return
	}
	m.failures++
	m.volatile.PlaceAt = a.Now().Add(backoff(m.failures, 30*time.Second))
}

// tick does what the time asks for, and drops the intents that are done with.
func (a *Agent) tick(ctx context.Context, id account.ID) error {
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		now := a.Now()
		l.Tick(now)
		l.Prune(now)
		return nil
	})
}

// funds reads the wallets.
func (a *Agent) funds(ctx context.Context, id account.ID) error {
	api, err := a.APIs.API(ctx, id)
	if err != nil {
		return err
	}
	wallets, err := api.Wallets(ctx)
	now := a.Now()
	a.note(id, func(v *Volatile) { v.Funded, v.Spender = now, false })
	if err != nil {
		return fmt.Errorf("reading the wallets: %w", err)
	}
	return a.Books.Update(ctx, id, func(l *Ledger) error {
		l.Fund(wallets, now)
		return nil
	})
}
