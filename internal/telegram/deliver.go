package telegram

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// course is a view on its way that takes more than one call: several messages, or one whose secret
// is put into it when its ID is known. Were the answer to the sending of a secret lost, nobody
// would know which message to hide.
type course struct {
	sheets  []sheet
	sent    []int // the messages
	covered int   // how many of them are complete
	file    *chat.File
	until   time.Time
}

// deliver sends a view as new messages and returns the ID of the last, the one with the buttons.
//
// A delivery that failed between two calls goes on where it stopped when it is tried again, as
// long as this process lives: what the first messages said is not said twice. After a restart it
// begins anew, as does any message of which nobody knows whether it arrived.
func (f *Frontend) deliver(ctx context.Context, l letter, v chat.View, say Phrases) (int, error) {
	key := courseKey{l.to, v.Key}
	c := f.courses.take(key, f.o.Now())
	e := errandOf(ctx)
	if c == nil {
		c = &course{sheets: f.sheets(v, say), file: v.File}
		c.sent = e.sent(len(c.sheets))
	}
	defer func() { e.arrived(c.sent) }()
	if err := f.advance(ctx, &l, c); err != nil {
		var failed *chat.SendError
		if v.Key != "" && errors.As(err, &failed) && failed.Kind != chat.Rejected && len(c.sent) > 0 {
			f.courses.keep(key, c, f.o.Now())
		}
		return 0, err
	}
	return c.sent[len(c.sent)-1], nil
}

// advance makes the calls that are left.
func (f *Frontend) advance(ctx context.Context, l *letter, c *course) error {
	for n := len(c.sent); n < len(c.sheets); n++ {
		l.body = c.sheets[n].veiled
		if n > 0 {
			l.reply, l.silent = 0, true // it has rung
		}
		id, err := f.post(ctx, l)
		if err != nil {
			return err
		}
		c.sent = append(c.sent, id)
	}
	for ; c.covered < len(c.sheets) && !l.to.group(); c.covered++ {
		if s := c.sheets[c.covered]; s.hides {
			l.edit = c.sent[c.covered]
			if err := f.cover(ctx, *l, s); err != nil {
				return err
			}
		}
	}
	if err := f.enclose(ctx, *l, c.file); err != nil {
		return err
	}
	c.file = nil // it has arrived
	return nil
}

// courseKey names a delivery.
type courseKey struct {
	to  place
	key string
}

// courses are the deliveries that stopped halfway.
type courses struct {
	mu  sync.Mutex
	all map[courseKey]*course
}

const (
	courseTime  = 2 * time.Hour // deliveries are tried again every half hour in the end
	coursesMost = 1000
)

func newCourses() *courses { return &courses{all: map[courseKey]*course{}} }

// take returns a delivery that stopped halfway, nil for none.
func (cs *courses) take(key courseKey, now time.Time) *course {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	c := cs.all[key]
	delete(cs.all, key)
	if key.key == "" || c == nil || now.After(c.until) {
		return nil
	}
	return c
}

func (cs *courses) keep(key courseKey, c *course, now time.Time) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for k, old := range cs.all {
		if now.After(old.until) {
			delete(cs.all, k)
		}
	}
	if len(cs.all) < coursesMost {
		c.until = now.Add(courseTime)
		cs.all[key] = c
	}
}
