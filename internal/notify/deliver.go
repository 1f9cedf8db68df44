package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

const (
	settleTime  = 5 * time.Second  // for recording an outcome
	retryMargin = 5 * time.Second  // after the deadline of an attempt, before it may be repeated
	strandedFor = 10 * time.Minute // between looks at a delivery without a front-end
	bugTries    = 7                // of a delivery that our own code fails on; some 20 minutes
)

// errBug marks failures of our own code. Waiting does not mend them, and meanwhile all that comes
// after at that address would wait, too.
var errBug = errors.New("cannot be rendered")

// deliver takes a delivery, and those that go into one message with it, through an attempt.
func (d *Dispatcher) deliver(ctx context.Context, one Delivery) {
	if all := d.burst(ctx, one); all != nil {
		d.deliverBurst(ctx, all)
		return
	}
	d.deliverOne(ctx, one)
}

// deliverOne takes one delivery through an attempt and records its outcome.
func (d *Dispatcher) deliverOne(ctx context.Context, one Delivery) {
	o, ok := d.attempt(ctx, one)
	if !ok {
		return
	}
	if o.Kind == Dropped && o.Err != ErrSkip.Error() {
		d.o.Log.Warn("delivery dropped", "delivery", one.ID, "kind", one.Event.Kind, "reason", o.Err)
	}
	d.settle(ctx, one, o)
}

// attempt returns the outcome, or false when nothing may be recorded or sent because the attempt
// itself could not be recorded.
func (d *Dispatcher) attempt(ctx context.Context, one Delivery) (Outcome, bool) {
	if o, ready := d.ready(one, time.Now()); !ready {
		return o, true
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.Timeout)
	defer cancel()
	view, rendered := d.render(ctx, one)
	if errors.Is(rendered, ErrSkip) {
		return Outcome{Kind: Dropped, Err: ErrSkip.Error()}, true
	}
	if !d.begin(ctx, &one) {
		return Outcome{}, false
	}
	if rendered != nil {
		return d.failure(one, fmt.Errorf("%w: %w", errBug, rendered)), true
	}
	ref, err := d.send(ctx, d.o.Senders[one.To.Platform], one, view)
	d.brake(one.To.Platform, err)
	if err != nil {
		return d.failure(one, err), true
	}
	return Outcome{Kind: Sent, Ref: ref}, true
}

// failure turns an error of rendering or sending into an outcome.
func (d *Dispatcher) failure(one Delivery, err error) Outcome {
	now := time.Now()
	o := Outcome{Kind: Retry, Next: RetryAt(now, one.Attempts), Err: shorten(err.Error())}
	if e, ok := errors.AsType[*chat.SendError](err); !ok {
		d.o.Log.Warn("delivery failed", "delivery", one.ID, "kind", one.Event.Kind, "err", err)
		if errors.Is(err, errBug) && one.Attempts >= bugTries {
			o.Kind = Dropped
		}
	} else {
		switch e.Kind {
		case chat.RateLimited:
			o.Kind, o.Next = Snoozed, now.Add(max(e.RetryAfter, time.Second))
		case chat.Unreachable:
			o.Kind = Suppressed
		case chat.Rejected:
			o.Kind = Dropped
		case chat.Transient:
		}
	}
	if !one.Expires.IsZero() && o.Next.After(one.Expires) {
		o.Next = one.Expires
	}
	return o
}

// shorten cuts what is stored of an error.
func shorten(s string) string {
	const most = 300
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

// render never panics: one bad event must not end the process.
func (d *Dispatcher) render(ctx context.Context, one Delivery) (v chat.View, err error) {
	defer recovered(&err)
	return d.o.Renderer.Render(ctx, one.To, one.Event)
}

// send edits the message that the event's card was sent as, or sends a new one.
func (d *Dispatcher) send(ctx context.Context, s chat.Sender, one Delivery, v chat.View) (ref chat.MessageRef, err error) {
	defer recovered(&err)
	v.Key = strconv.FormatUint(one.ID, 10)
	if editor, ok := s.(chat.Editor); ok && one.Ref != nil && one.Event.Card != "" {
		err := editor.Edit(ctx, *one.Ref, v)
		var e *chat.SendError
		if !errors.As(err, &e) || e.Kind != chat.Rejected {
			return *one.Ref, err
		}
		// The message is gone or too old to edit: the card starts anew.
	}
	return s.Send(ctx, one.To, v)
}

func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: panic: %v", errBug, p)
	}
}

// settle records the outcome, as often as it takes: what was sent must not be sent again because
// the store was busy. Until then nothing else goes to the address. At shutdown it tries once more.
func (d *Dispatcher) settle(ctx context.Context, one Delivery, o Outcome) {
	for failures := 1; ; failures++ {
		try, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
		err := d.o.Outbox.Settle(try, one.ID, o)
		cancel()
		d.log.note(err)
		if err == nil || ctx.Err() != nil {
			return
		}
		wait(ctx, storePause(failures))
	}
}

// wait waits for a while or until the context ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
