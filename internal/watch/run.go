package watch

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/market"
)

// Judge puts a snapshot before all watches and stores what follows, in one go. What cannot be
// stored stays as it was, so that the same news comes with the next snapshot. It is what a
// board's OnSnapshot is to call.
func (k *Keeper) Judge(s *market.Snapshot) {
	ctx, cancel := context.WithTimeout(context.Background(), k.options.Save)
	defer cancel()
	if err := k.take(ctx); err != nil {
		k.options.Log.Error("snapshot not judged", "error", err)
		return
	}
	defer k.release()
	k.mu.Lock()
	k.latest = s
	k.mu.Unlock()
	changes, ripe := k.judge(s)
	if len(changes) > 0 {
		if err := k.store.SaveWatches(ctx, changes); err != nil {
			k.options.Log.Error("watches not saved", "changed", len(changes), "error", err)
		} else {
			k.keep(changes)
		}
	}
	for _, r := range ripe {
		k.options.Ripe(r.account, r.mandate)
	}
}

// mandate is a permission to buy of an account.
type mandate struct {
	account account.ID
	mandate string
}

// judge returns what the snapshot changes, and the mandates that could buy now.
func (k *Keeper) judge(s *market.Snapshot) (changes []Change, ripe []mandate) {
	k.mu.RLock()
	defer k.mu.RUnlock() // calm is of the holder of the turn alone
	matcher := market.NewMatcher(s)
	var offers []market.Brief
	for _, g := range k.groups {
		offers = matcher.Briefs(g.standing, Most, offers[:0])
		whole := func(i int) market.Offer { return matcher.Offer(g.standing, offers[i]) }
		some := len(offers) > 0 && offers[0].Sound // the sound ones come first
		list := sum(k.seed, offers)
		for _, e := range g.entries {
			if some && e.watch.ripe(s.At()) {
				ripe = append(ripe, mandate{e.watch.Account, e.watch.Mandate})
			}
			if e.calm.list == list && s.At().Before(e.calm.until) {
				continue
			}
			w := e.watch
			if hits, changed := w.judge(offers, s.At(), whole); changed {
				changes = append(changes, Change{Cause: Judged, Watch: w, Hits: hits})
				e.calm = calm{} // it may not be stored
			} else {
				e.calm = calm{list, w.calmed(s.At())}
			}
		}
	}
	return changes, ripe
}

// keep takes over what was stored.
func (k *Keeper) keep(changes []Change) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range changes {
		k.live[c.Watch.ID].watch = c.Watch
	}
}

// Run has the board look at the market as often as the options say while anybody watches, and
// ends watches that expire. Snapshots that others asked for count. It returns when the context
// ends.
func (k *Keeper) Run(ctx context.Context, board Board) {
	failing := false
	for {
		k.expire(ctx)
		wait := k.options.Every
		if due, watching := k.due(); watching {
			if wait = due.Sub(k.options.Now()); wait <= 0 {
				_, err := board.Fresh(ctx)
				if err != nil && !failing && ctx.Err() == nil {
					k.options.Log.Warn("watches cannot see the market", "error", err)
				}
				failing = err != nil
				wait = k.options.Every
			}
		}
		if !k.rest(ctx, wait) {
			return
		}
	}
}

// rest waits, or until somebody begins to watch; it reports false when the context ends.
func (k *Keeper) rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-k.woken:
		return true
	case <-ctx.Done():
		return false
	}
}

// due returns when the market is to be looked at again, and whether anybody watches.
func (k *Keeper) due() (time.Time, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.latest == nil {
		return time.Time{}, len(k.live) > 0
	}
	return k.latest.At().Add(k.options.Every), len(k.live) > 0
}

// expire ends the watches whose time is over. Those that cannot be stored are tried again later;
// they have no news meanwhile.
func (k *Keeper) expire(ctx context.Context) {
	if k.take(ctx) != nil {
		return
	}
	defer k.release()
	now := k.options.Now()
	var over []Watch
	k.mu.RLock()
	for _, e := range k.live {
		if !e.watch.Live(now) {
			over = append(over, e.watch)
		}
	}
	k.mu.RUnlock()
	if err := k.end(ctx, Expired, over); err != nil && ctx.Err() == nil {
		k.options.Log.Error("watches not ended", "error", err)
	}
}
