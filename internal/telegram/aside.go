package telegram

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// How long a group waits for word of what goes to a member's private chat; after a press it is
// less, so that the word can still be the answer to the press. Then the group goes on, and so does
// the private chat.
const (
	asideTime  = 3 * time.Second
	asidePress = pressTime * 3 / 4
)

// aside is the part of an errand that is done in the lane of a private chat, in its turn there, so
// that one member's chat cannot hold up a group. The update stays in the inbox until both parts
// have ended.
type aside struct {
	e      *errand       // of that lane, until it has ended
	err    error         // to be read when it has
	ended  chan struct{} // closed then
	failed func(error)   // is told of a failure after the group has gone on

	mu    sync.Mutex
	over  bool    // it has ended
	alone bool    // the group goes on without it
	main  *errand // the group's, when that has ended first
}

// setAside has something done in the lane of the private chat. It returns nil when too much waits
// there, and how long to wait for its end.
func (f *Frontend) setAside(ctx context.Context, in *incoming, do func(context.Context, *incoming) error) (*aside, time.Duration) {
	e := errandOf(ctx)
	a := &aside{e: &errand{id: e.id, update: e.update}, ended: make(chan struct{})}
	if e.left != nil {
		own := *e.left
		a.e.left = &own
	}
	guest := *in
	guest.press = nil // the group's lane answers it
	person := in.to.Chat
	wait := asideTime
	if in.press != nil {
		wait = asidePress
	}
	if f.asides.begin(person) > 0 || f.pacer.blocked(person) > wait {
		wait = 0 // it is known already
	}
	e.aside = a
	job := func(ctx context.Context) {
		defer f.endAside(a, person)
		a.err = errPanicked
		a.err = do(a.e.in(ctx), &guest)
	}
	switch f.lanes.pass(person, person, job) {
	case flood:
		f.log.Warn("an answer was dropped: too many wait for one person", "update", e.update)
		f.asides.end(person)
		e.aside = nil
		return nil, 0
	case closed:
		job(ctx) // there is no time for another lane's turn
	case taken, full:
	}
	return a, wait
}

var errPanicked = errors.New("the answer could not be made")

// within waits for the end of the part, and then makes it the errand's. It reports false when it
// goes on without the group.
func (a *aside) within(ctx context.Context, e *errand, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-a.ended:
		e.aside = nil
		a.joins(e)
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alone = true
	return false
}

// joins adds what became of the part to what became of the errand.
func (a *aside) joins(e *errand) {
	e.cut, e.noted = e.cut || a.e.cut, e.noted || a.e.noted
	if a.e.left == nil {
		return
	}
	told := e.left != nil && e.left.Told
	e.left = a.e.left
	e.left.Told = told
}

// endAside ends the part, and the errand if the group has gone on without it.
func (f *Frontend) endAside(a *aside, person int64) {
	if r := recover(); r != nil {
		f.log.Error("an answer panicked", "update", a.e.update, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
	}
	f.asides.end(person)
	a.mu.Lock()
	a.over = true
	main := a.main
	if a.alone && main == nil {
		f.keepLeft(a.e) // the word to the group may wait for long
	}
	a.mu.Unlock()
	close(a.ended)
	if main != nil {
		f.both(a, main)
	}
}

// conclude ends an errand in its own lane. One whose other part goes on is written down meanwhile.
func (f *Frontend) conclude(e *errand) {
	a := e.aside
	if a == nil {
		f.finish(e)
		return
	}
	a.mu.Lock()
	over := a.over
	if !over {
		f.keepLeft(e)
		a.main = e
	}
	a.mu.Unlock()
	if over {
		f.both(a, e)
	}
}

// meanwhile writes down how far an errand is, before the group is told, which may take long: after a
// kill nobody is answered again.
func (f *Frontend) meanwhile(e *errand) {
	a := e.aside
	if a == nil {
		f.keepLeft(e)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := *e
	if a.over {
		a.joins(&now)
	}
	f.keepLeft(&now)
	e.noted = now.noted
}

// both ends an errand whose parts have both ended, the group not knowing how the other did.
func (f *Frontend) both(a *aside, e *errand) {
	a.joins(e)
	if a.err != nil && !e.cut && a.failed != nil {
		a.failed(a.err)
	}
	f.finish(e)
}

// asides counts what is under way aside, by person.
type asides struct {
	mu  sync.Mutex
	all map[int64]int
}

// begin returns how many of a person there were already.
func (as *asides) begin(person int64) int {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.all == nil {
		as.all = map[int64]int{}
	}
	as.all[person]++
	return as.all[person] - 1
}

func (as *asides) end(person int64) {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.all[person]--; as.all[person] == 0 {
		delete(as.all, person)
	}
}
