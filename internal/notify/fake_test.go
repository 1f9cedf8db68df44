package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// outbox is the contract of [notify.Outbox] in memory.
type outbox struct {
	mu      sync.Mutex
	rows    []*notify.Delivery // by ID
	asleep  map[chat.Address]bool
	refs    map[string]chat.MessageRef
	settled []notify.Outcome
	broken  error // returned by every method
	mute    bool  // Settle fails
	looks   int   // calls of Due
}

func newOutbox() *outbox {
	return &outbox{asleep: map[chat.Address]bool{}, refs: map[string]chat.MessageRef{}}
}

func (o *outbox) put(to chat.Address, e rental.Event) uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	id := uint64(len(o.rows) + 1)
	now := time.Now()
	o.rows = append(o.rows, &notify.Delivery{ID: id, To: to, Event: e, Due: now, Expires: now.Add(24 * time.Hour)})
	return id
}

func (o *outbox) Due(_ context.Context, now time.Time, n int) (due []notify.Delivery, next time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looks++
	if o.broken != nil {
		return nil, time.Time{}, o.broken
	}
	seen := map[chat.Address]bool{}
	for _, d := range o.rows {
		if d == nil || seen[d.To] || o.asleep[d.To] {
			continue
		}
		seen[d.To] = true
		switch {
		case d.Due.After(now):
			if next.IsZero() || d.Due.Before(next) {
				next = d.Due
			}
		case len(due) < n:
			one := *d
			if ref, ok := o.refs[d.To.ChatID+d.Event.Card]; ok && d.Event.Card != "" {
				one.Ref = &ref
			}
			due = append(due, one)
		default:
			next = now
		}
	}
	return due, next, nil
}

// Behind implements [notify.Crowd].
func (o *outbox) Behind(_ context.Context, one notify.Delivery, now time.Time, n int) (all []notify.Delivery, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, d := range o.rows[one.ID:] {
		if d != nil && d.To == one.To && !d.Due.After(now) && len(all) < n {
			all = append(all, *d)
		}
	}
	return all, o.broken
}

func (o *outbox) Attempt(_ context.Context, id uint64, retry time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken != nil {
		return o.broken
	}
	d := o.rows[id-1]
	if d == nil {
		return notify.ErrSettled
	}
	d.Attempts++
	d.Due = retry
	return nil
}

func (o *outbox) Settle(_ context.Context, id uint64, out notify.Outcome) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.mute || o.broken != nil {
		return errors.Join(o.broken, errors.New("no space left"))
	}
	o.settled = append(o.settled, out)
	d := o.rows[id-1]
	switch out.Kind {
	case notify.Sent:
		if d.Event.Card != "" {
			o.refs[d.To.ChatID+d.Event.Card] = out.Ref
		}
		o.rows[id-1] = nil
	case notify.Dropped:
		o.rows[id-1] = nil
	case notify.Retry:
		d.Due, d.LastErr = out.Next, out.Err
	case notify.Snoozed:
		d.Due, d.LastErr = out.Next, out.Err
	case notify.Suppressed:
		o.asleep[d.To] = true
	}
	return nil
}

func (o *outbox) wake(a chat.Address) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.asleep, a)
	for _, d := range o.rows {
		if d != nil && d.To == a {
			d.Due = time.Now()
		}
	}
}

func (o *outbox) looked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.looks
}

func (o *outbox) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

// left returns the deliveries that are not done.
func (o *outbox) left() []*notify.Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.rows), func(d *notify.Delivery) bool { return d == nil })
}

func (o *outbox) outcomes() []notify.OutcomeKind {
	o.mu.Lock()
	defer o.mu.Unlock()
	var kinds []notify.OutcomeKind
	for _, s := range o.settled {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// plain renders an event as its key. meanwhile is called before.
type plain struct {
	err       error
	meanwhile func()
}

func (p plain) Render(_ context.Context, _ chat.Address, e rental.Event) (chat.View, error) {
	if p.meanwhile != nil {
		p.meanwhile()
	}
	return chat.View{Title: e.Key}, p.err
}

// Digest implements [notify.Digester].
func (p plain) Digest(_ context.Context, _ chat.Address, all []rental.Event) (chat.View, error) {
	keys := make([]string, len(all))
	for i, e := range all {
		keys[i] = e.Key
	}
	return chat.View{Title: strings.Join(keys, "+")}, p.err
}

// faulty is a renderer with a bug: it fails on the event "broken", or panics without an error.
type faulty struct{ err error }

func (b faulty) Render(_ context.Context, _ chat.Address, e rental.Event) (chat.View, error) {
	if e.Key == "broken" && b.err == nil {
		panic("nil map")
	}
	if e.Key == "broken" {
		return chat.View{}, b.err
	}
	return chat.View{Title: e.Key}, nil
}

// platform is a front-end that keeps what it accepted. answer may refuse.
type platform struct {
	answer func(to chat.Address, title string) error
	delay  time.Duration

	mu     sync.Mutex
	got    map[chat.Address][]string
	edits  []string
	flying map[chat.Address]int
	worst  int // most sends at once to one address
	tries  int
}

func newPlatform(answer func(to chat.Address, title string) error) *platform {
	return &platform{answer: answer, got: map[chat.Address][]string{}, flying: map[chat.Address]int{}}
}

func (p *platform) Send(ctx context.Context, to chat.Address, v chat.View) (chat.MessageRef, error) {
	p.mu.Lock()
	p.tries++
	p.flying[to]++
	p.worst = max(p.worst, p.flying[to])
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.flying[to]--
		p.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		return chat.MessageRef{}, &chat.SendError{Kind: chat.Transient, Err: ctx.Err()}
	case <-time.After(p.delay):
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(to, v.Title); err != nil {
			return chat.MessageRef{}, err
		}
	}
	p.got[to] = append(p.got[to], v.Title)
	return chat.MessageRef{Address: to, MessageID: fmt.Sprint(len(p.got[to]))}, nil
}

func (p *platform) Edit(_ context.Context, ref chat.MessageRef, v chat.View) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(ref.Address, "edit "+v.Title); err != nil {
			return err
		}
	}
	p.edits = append(p.edits, ref.MessageID+" "+v.Title)
	return nil
}

// sends returns how often a message was sent, whatever the answer, and how many at once to one
// address.
func (p *platform) sends() (tries, worst int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries, p.worst
}

func (p *platform) edited() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.edits)
}

func (p *platform) all() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, list := range p.got {
		n += len(list)
	}
	return n
}

func (p *platform) at(a chat.Address) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got[a])
}

func address(n int) chat.Address {
	return chat.User{Platform: chat.Telegram, ID: fmt.Sprint(n)}.Direct()
}

func event(key string) rental.Event { return rental.Event{Kind: rental.IsReady, Key: key} }

// running is a dispatcher that runs; stop ends it and waits.
type running struct {
	*notify.Dispatcher
	logged *bytes.Buffer
	stop   func()
}

func run(t *testing.T, box notify.Outbox, r notify.Renderer, p chat.Sender) running {
	t.Helper()
	var logged bytes.Buffer
	o := notify.DispatcherOptions{
		Outbox: box, Renderer: r, Senders: map[chat.Platform]chat.Sender{chat.Telegram: p},
		Log: slog.New(slog.NewTextHandler(&logged, nil)),
	}
	o.Crowd, _ = box.(notify.Crowd)
	o.Digester, _ = r.(notify.Digester)
	d := notify.NewDispatcher(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return running{d, &logged, sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})}
}
