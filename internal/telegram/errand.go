package telegram

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
)

// errand is the handling of one update. It knows whether the end of the program cut it short, and
// what was left undone then. One goroutine at a time uses it.
type errand struct {
	id     string // of the request
	update int64
	cut    bool // the next start goes on with it
	left   *left
	noted  bool // what is left is written down
	// aside is the part that is done in another lane; nil for none.
	aside *aside
}

// left is what a command answered, when there was no time to deliver it: the next start does not
// run the command again. Secrets are not kept; what shows them only shows.
type left struct {
	Reply  *chat.Reply  `json:"reply,omitempty"`
	Notice *chat.Notice `json:"notice,omitempty"`
	Sent   []int        `json:"sent,omitempty"` // the messages that arrived
	Done   bool         `json:"done,omitempty"` // all of them did
	// Told is that a group was told of an answer that goes to a private chat.
	Told bool `json:"told,omitempty"`
}

// ran reports whether it is known what the command answered.
func (l *left) ran() bool { return l != nil && (l.Done || l.Reply != nil || l.Notice != nil) }

type errandKey struct{}

// newErrand returns a context that carries an errand.
func newErrand(ctx context.Context, id string, update int64) (context.Context, *errand) {
	e := &errand{id: id, update: update}
	return e.in(ctx), e
}

// in returns a context that carries the errand.
func (e *errand) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, errandKey{}, e)
}

// errandOf returns the errand of a context; one of nobody's outside of any.
func errandOf(ctx context.Context) *errand {
	if e, ok := ctx.Value(errandKey{}).(*errand); ok {
		return e
	}
	return &errand{}
}

// answeredWith takes down what is to be delivered.
func (e *errand) answeredWith(resp chat.Response) {
	l := &left{}
	switch r := resp.(type) {
	case chat.Reply:
		l.Reply = &r
	case chat.Notice:
		l.Notice = &r
	}
	e.left = l
}

// sent returns the messages of so many that arrived before a restart.
func (e *errand) sent(of int) []int {
	if e.left == nil || e.left.Done || len(e.left.Sent) > of {
		return nil
	}
	return slices.Clone(e.left.Sent)
}

// arrived takes down which messages of the answer arrived.
func (e *errand) arrived(ids []int) {
	if e.left != nil && !e.left.Done {
		e.left.Sent = ids
	}
}

// again returns the response that was left over.
func (l *left) again() chat.Response {
	switch {
	case l.Done, l.Reply == nil && l.Notice == nil:
		return chat.Notice{}
	case l.Reply != nil:
		return *l.Reply
	default:
		return *l.Notice
	}
}

// storable reports whether nothing in it is a secret, or a file, which would be too large.
func (l *left) storable() bool {
	return l.Done || l.Reply == nil || (!l.Reply.View.Guarded && !l.Reply.View.Hides() && l.Reply.View.File == nil)
}

// leftovers are the answers that an earlier run had no time to deliver, by request.
type leftovers struct {
	mu  sync.Mutex
	all map[string]*left
}

// load reads what an earlier run left.
func (ls *leftovers) load(ctx context.Context, store Store) error {
	notes, err := store.Notes(ctx, leftNote)
	if err != nil {
		return err
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.all = map[string]*left{}
	for id, note := range notes {
		l := &left{}
		if json.Unmarshal(note, l) == nil {
			ls.all[id] = l
		}
	}
	return nil
}

// of returns what is left of a request, nil for nothing.
func (ls *leftovers) of(id string) *left {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.all[id]
}

// finish ends an errand: an update that was handled leaves the inbox, one that was cut short stays
// with what is left of it.
func (f *Frontend) finish(e *errand) {
	if e.cut {
		f.keepLeft(e)
		return
	}
	f.answered(e.update)
	if e.noted || f.leftovers.of(e.id) != nil {
		ctx, cancel := context.WithTimeout(context.Background(), callTime)
		defer cancel()
		_ = f.o.Store.DropNote(ctx, leftNote, e.id) // it expires by itself
	}
}

// keepLeft writes down what is left of an errand.
func (f *Frontend) keepLeft(e *errand) {
	if e.left == nil {
		return
	}
	l := *e.left
	if !l.storable() {
		l = left{Told: l.Told}
	}
	if l.Done {
		l.Reply, l.Notice = nil, nil
	}
	if !l.ran() && !l.Told {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	note, err := json.Marshal(l)
	if err == nil {
		err = f.o.Store.SaveNote(ctx, leftNote, e.id, note, f.o.Now().Add(KeepUpdates))
	}
	if e.noted = err == nil; err != nil {
		f.log.Warn("a command will run again after the restart", "err", err)
	}
}
