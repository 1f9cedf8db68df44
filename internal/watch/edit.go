package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
)

// Add saves a watch and returns it as it is kept: with an ID, the time it was made, defaults in
// place of zero values, and a canonical query. What the newest snapshot has counts as known. It
// returns [ErrTooMany], [ErrInvalid], a [*market.QueryError], or an error of the store.
func (k *Keeper) Add(ctx context.Context, w Watch) (Watch, error) {
	now := k.options.Now()
	w.ID, w.Made = newID(), now
	w.Drop = cmp.Or(w.Drop, DefaultDrop)
	if w.Expires.IsZero() {
		w.Expires = now.Add(DefaultLife)
	}
	w.forget()
	w.Fired, w.Hits = time.Time{}, 0
	st, err := w.check(now)
	if err != nil {
		return Watch{}, err
	}
	if err := k.take(ctx); err != nil {
		return Watch{}, err
	}
	defer k.release()
	if len(k.List(w.User)) >= MaxPerUser {
		return Watch{}, ErrTooMany
	}
	k.begin(&w, st)
	if err := k.store.SaveWatches(ctx, []Change{{Cause: Added, Watch: w}}); err != nil {
		return Watch{}, fmt.Errorf("save watch: %w", err)
	}
	k.put(w, st)
	select {
	case k.woken <- struct{}{}:
	default:
	}
	return w, nil
}

// Edit changes a watch of a user and returns it as it is from now on. An error of the change is
// returned as it is and nothing is stored. A watch whose search was changed begins anew: what is
// there now is known. It returns [ErrUnknown] and the errors of [Keeper.Add].
func (k *Keeper) Edit(ctx context.Context, user chat.User, id string, change func(*Watch) error) (Watch, error) {
	if err := k.take(ctx); err != nil {
		return Watch{}, err
	}
	defer k.release()
	old, err := k.Watch(user, id)
	if err != nil {
		return Watch{}, err
	}
	next := old
	if err := change(&next); err != nil {
		return Watch{}, err
	}
	next.ID, next.User, next.Made = old.ID, old.User, old.Made
	st, err := next.check(k.options.Now())
	if err != nil {
		return Watch{}, err
	}
	if next.Query != old.Query || !slices.Equal(next.Pay, old.Pay) {
		next.forget()
		k.begin(&next, st)
	}
	if err := k.store.SaveWatches(ctx, []Change{{Cause: Edited, Watch: next}}); err != nil {
		return Watch{}, fmt.Errorf("save watch: %w", err)
	}
	k.put(next, st)
	return next, nil
}

// Snooze silences a watch until a time; a time that has passed wakes it.
func (k *Keeper) Snooze(ctx context.Context, user chat.User, id string, until time.Time) (Watch, error) {
	return k.Edit(ctx, user, id, func(w *Watch) error {
		w.Snoozed = until
		return nil
	})
}

// Remove ends a watch of a user and returns it as it was. It returns [ErrUnknown] or an error of
// the store.
func (k *Keeper) Remove(ctx context.Context, user chat.User, id string) (Watch, error) {
	if err := k.take(ctx); err != nil {
		return Watch{}, err
	}
	defer k.release()
	w, err := k.Watch(user, id)
	if err != nil {
		return Watch{}, err
	}
	return w, k.end(ctx, Removed, []Watch{w})
}

// Forget ends all watches of a user. It is no error when the store has forgotten them already.
func (k *Keeper) Forget(ctx context.Context, user chat.User) error {
	if err := k.take(ctx); err != nil {
		return err
	}
	defer k.release()
	return k.end(ctx, Removed, k.List(user))
}

// end stores the end of watches and drops them.
func (k *Keeper) end(ctx context.Context, cause Cause, list []Watch) error {
	if len(list) == 0 {
		return nil
	}
	var changes []Change
	for _, w := range list {
		changes = append(changes, Change{Cause: cause, Watch: w})
	}
	if err := k.store.SaveWatches(ctx, changes); err != nil {
		return fmt.Errorf("end watches: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, w := range list {
		k.drop(w.ID)
	}
	return nil
}

// begin takes what the newest snapshot has as known; without one the next does.
func (k *Keeper) begin(w *Watch, st *market.Standing) {
	k.mu.RLock()
	latest := k.latest
	k.mu.RUnlock()
	if latest != nil {
		w.Judge(market.NewMatcher(latest).Match(st, Most), latest.At())
	}
}

// forget makes a watch one that has seen nothing.
func (w *Watch) forget() { w.Since, w.Seen, w.Horizon = time.Time{}, nil, 0 }

// check looks at what people can set, makes the query canonical and ready.
func (w *Watch) check(now time.Time) (*market.Standing, error) {
	switch {
	case w.User == chat.User{}:
		return nil, fmt.Errorf("%w: no user", ErrInvalid)
	case w.Drop < 1 || w.Drop > MaxDrop:
		return nil, fmt.Errorf("%w: drop of %d %%", ErrInvalid, w.Drop)
	case !w.Live(now) || w.Expires.Sub(now) > MaxLife:
		return nil, fmt.Errorf("%w: expiry", ErrInvalid)
	case len(w.Label) > MaxLabel:
		return nil, fmt.Errorf("%w: label too long", ErrInvalid)
	}
	q, err := market.ParseQuery(w.Query)
	if err != nil {
		return nil, err
	}
	q.Sort, q.All = market.Sort{}, false
	if w.Query = q.String(); len(w.Query) > MaxQuery {
		return nil, fmt.Errorf("%w: query too long", ErrInvalid)
	}
	return standing(w)
}
