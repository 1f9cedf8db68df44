package watch

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/market"
)

// Errors of a [Keeper].
var (
	ErrTooMany = errors.New("watch: too many")
	ErrUnknown = errors.New("watch: no such watch")
	ErrInvalid = errors.New("watch: not valid") // wrapped with what is wrong
)

// Cause says why a watch is stored.
type Cause string

// The causes.
const (
	Added   Cause = "added"
	Edited  Cause = "edited"
	Judged  Cause = "judged"  // with Hits if there is news
	Expired Cause = "expired" // the end of the watch, which its user is told
	Removed Cause = "removed" // the end of the watch by its user
)

// Change is a watch as it is to be stored, and the news that goes with it.
type Change struct {
	Cause Cause
	Watch Watch // as it is from now on; with Expired and Removed as it was last
	Hits  []Hit
}

// Store keeps watches.
type Store interface {
	// Watches returns all watches.
	Watches(ctx context.Context) ([]Watch, error)
	// SaveWatches commits the changes, all or none, and the alerts that follow from them. A
	// watch that is not there any more is not brought back by Edited or Judged. The mandate of an
	// armed watch ends with the watch, or sooner.
	SaveWatches(ctx context.Context, changes []Change) error
}

// Board is where the market is looked at.
type Board interface {
	Fresh(ctx context.Context) (*market.Snapshot, error)
}

// Options of a [Keeper]. The zero value of each field means its default.
type Options struct {
	Now   func() time.Time // time.Now
	Every time.Duration    // the market is looked at so often while anybody watches; a minute
	Save  time.Duration    // the longest that a save of judgements may take; 20 seconds
	// Ripe is called with each snapshot, for each armed watch whose query finds something now,
	// whether it is news or not and whether it is told or not. It is to return at once.
	Ripe func(a account.ID, mandate string)
	Log  *slog.Logger // of failures that nobody waits for; discards
}

// Keeper holds the watches in memory, in step with the store: whatever cannot be stored has not
// happened. It is safe for use by many.
type Keeper struct {
	store   Store
	options Options
	seed    maphash.Seed
	turn    chan struct{} // held by who changes something
	woken   chan struct{} // somebody began to watch

	mu     sync.RWMutex // of the rest, which only the holder of the turn changes
	live   map[string]*entry
	groups map[string]*group
	latest *market.Snapshot
}

// entry is a watch that lives.
type entry struct {
	watch Watch
	group string
	calm  calm
}

// group has the watches whose queries find the same.
type group struct {
	standing *market.Standing
	entries  []*entry
}

// Open returns a keeper of the store's watches. Those whose query cannot be read any more are
// logged and left alone.
func Open(ctx context.Context, store Store, o Options) (*Keeper, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Ripe == nil {
		o.Ripe = func(account.ID, string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Every = cmp.Or(o.Every, time.Minute)
	o.Save = cmp.Or(o.Save, 20*time.Second)
	k := &Keeper{
		store: store, options: o, turn: make(chan struct{}, 1), woken: make(chan struct{}, 1),
		seed: maphash.MakeSeed(), live: map[string]*entry{}, groups: map[string]*group{},
	}
	all, err := store.Watches(ctx)
	if err != nil {
		return nil, fmt.Errorf("watches: %w", err)
	}
	for _, w := range all {
		st, err := standing(&w)
		if err != nil {
			o.Log.Error("watch not read", "watch", w.ID, "error", err)
			continue
		}
		k.put(w, st)
	}
	return k, nil
}

// standing makes the query of a watch ready.
func standing(w *Watch) (*market.Standing, error) {
	q, err := market.ParseQuery(w.Query)
	if err != nil {
		return nil, err
	}
	if len(q.Pay) == 0 {
		q.Pay = w.Pay
	}
	return market.NewStanding(q), nil
}

// put holds a watch in memory, in place of an older state.
func (k *Keeper) put(w Watch, st *market.Standing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.drop(w.ID)
	e := &entry{watch: w, group: st.Key()}
	k.live[w.ID] = e
	g := k.groups[e.group]
	if g == nil {
		g = &group{standing: st}
		k.groups[e.group] = g
	}
	g.entries = append(g.entries, e)
}

// drop forgets a watch. The caller holds the lock.
func (k *Keeper) drop(id string) {
	e := k.live[id]
	if e == nil {
		return
	}
	delete(k.live, id)
	g := k.groups[e.group]
	g.entries = slices.DeleteFunc(g.entries, func(o *entry) bool { return o == e })
	if len(g.entries) == 0 {
		delete(k.groups, e.group)
	}
}

// take waits for the turn to change something.
func (k *Keeper) take(ctx context.Context) error {
	select {
	case k.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *Keeper) release() { <-k.turn }

// List returns the live watches of a user, the oldest first.
func (k *Keeper) List(user chat.User) []Watch {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []Watch
	for _, e := range k.live {
		if e.watch.User == user {
			all = append(all, e.watch)
		}
	}
	slices.SortFunc(all, func(a, b Watch) int {
		return cmp.Or(a.Made.Compare(b.Made), strings.Compare(a.ID, b.ID))
	})
	return all
}

// Watch returns a live watch of a user, or ErrUnknown.
func (k *Keeper) Watch(user chat.User, id string) (Watch, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e := k.live[id]
	if e == nil || e.watch.User != user {
		return Watch{}, ErrUnknown
	}
	return e.watch, nil
}

// newID returns an ID that fits into a button and cannot be guessed.
func newID() string { return strings.ToLower(rand.Text()[:12]) }
