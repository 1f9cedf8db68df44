package notify

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	burstLeast = 4  // deliveries of a kind at once that become one message
	burstMost  = 25 // in one message
	burstLook  = 100
)

// Crowd is an [Outbox] that shows what waits behind a delivery.
type Crowd interface {
	// Behind returns up to n deliveries to the address of one that were queued after it, are due
	// and are not being tried, in their order.
	Behind(ctx context.Context, one Delivery, now time.Time, n int) ([]Delivery, error)
}

// Digester puts several events of one kind into one view. It returns [ErrSkip] when none of them
// is to be shown.
type Digester interface {
	Digest(ctx context.Context, to chat.Address, all []rental.Event) (chat.View, error)
}

// merges reports whether several events of a kind say as much in one message. What is ready, what
// ended, and what somebody has to decide or pay for comes by itself, with its own buttons.
func merges(k rental.EventKind) bool {
	return slices.Contains([]rental.EventKind{
		rental.Slow, rental.Stuck, rental.Unreachable, rental.Back, rental.StopDue, rental.Foreign,
		rental.Outbid, rental.Leading, rental.BidStuck, rental.WatchHit, rental.WatchOver, rental.BoughtOne,
	}, k)
}

// burst returns a delivery and those of its kind that are due at once at its address; nil when
// they are too few to merge. An event stays where it is when another about its rental comes
// before it: "answers again" must not be read before "does not answer".
func (d *Dispatcher) burst(ctx context.Context, one Delivery) []Delivery {
	if d.o.Crowd == nil || d.o.Digester == nil || one.Event.Card != "" || !merges(one.Event.Kind) {
		return nil
	}
	now := time.Now()
	behind, err := d.o.Crowd.Behind(ctx, one, now, burstLook)
	if d.log.note(err); err != nil {
		return nil
	}
	all, passed := []Delivery{one}, map[clore.OrderID]bool{}
	for _, b := range behind {
		same := b.Event.Kind == one.Event.Kind && b.Event.Card == ""
		switch {
		case same && !passed[b.Event.Order] && (b.Expires.IsZero() || now.Before(b.Expires)):
			all = append(all, b)
		case !same && b.Event.Card == "" && b.Event.Order != 0:
			passed[b.Event.Order] = true
		}
	}
	if len(all) < burstLeast {
		return nil
	}
	return all[:min(len(all), burstMost)]
}

// deliverBurst takes several deliveries through an attempt as one message.
func (d *Dispatcher) deliverBurst(ctx context.Context, all []Delivery) {
	one := all[0]
	if o, ready := d.ready(one, time.Now()); !ready {
		d.settle(ctx, one, o)
		return
	}
	limited, cancel := context.WithTimeout(ctx, d.o.Timeout)
	defer cancel()
	view, rendered := d.digest(limited, all)
	if errors.Is(rendered, ErrSkip) {
		d.settleAll(ctx, all, func(Delivery) Outcome { return Outcome{Kind: Dropped, Err: ErrSkip.Error()} })
		return
	}
	if rendered != nil {
		d.deliverOne(ctx, one) // the next of them may be the one with the fault
		return
	}
	for i := range all {
		if !d.begin(limited, &all[i]) {
			return // those that were begun are due again in a while
		}
	}
	view.Key = "burst-" + strconv.FormatUint(one.ID, 10) + "-" + strconv.Itoa(len(all))
	err := d.sendDigest(limited, one, view)
	d.brake(one.To.Platform, err)
	d.settleAll(ctx, all, func(each Delivery) Outcome {
		if err != nil {
			return d.failure(each, err)
		}
		return Outcome{Kind: Sent}
	})
}

func (d *Dispatcher) sendDigest(ctx context.Context, one Delivery, v chat.View) (err error) {
	defer recovered(&err)
	_, err = d.o.Senders[one.To.Platform].Send(ctx, one.To, v)
	return err
}

func (d *Dispatcher) digest(ctx context.Context, all []Delivery) (v chat.View, err error) {
	defer recovered(&err)
	events := make([]rental.Event, len(all))
	for i, one := range all {
		events[i] = one.Event
	}
	return d.o.Digester.Digest(ctx, all[0].To, events)
}

// settleAll records outcomes, the last delivery's first: were the program killed in between, what
// is left would still be told in its order.
func (d *Dispatcher) settleAll(ctx context.Context, all []Delivery, outcome func(Delivery) Outcome) {
	for _, one := range slices.Backward(all) {
		d.settle(ctx, one, outcome(one))
	}
}

// ready reports whether a delivery may be attempted now, or what becomes of it instead.
func (d *Dispatcher) ready(one Delivery, now time.Time) (Outcome, bool) {
	switch pause := d.paused(one.To.Platform, now); {
	case !one.Expires.IsZero() && !now.Before(one.Expires):
		return Outcome{Kind: Dropped, Err: "expired"}, false
	case d.o.Senders[one.To.Platform] == nil:
		return Outcome{Kind: Snoozed, Next: now.Add(strandedFor), Err: "no front-end"}, false
	case pause > 0:
		return Outcome{Kind: Snoozed, Next: now.Add(pause), Err: "platform is rate limited"}, false
	}
	return Outcome{}, true
}

// begin records that a delivery is attempted. It reports false when that could not be recorded, so
// that nothing may be sent.
func (d *Dispatcher) begin(ctx context.Context, one *Delivery) bool {
	err := d.o.Outbox.Attempt(ctx, one.ID, time.Now().Add(d.o.Timeout+retryMargin))
	if errors.Is(err, ErrSettled) {
		return false
	}
	if d.log.note(err); err != nil {
		wait(ctx, spinWait)
		return false
	}
	one.Attempts++
	return true
}
