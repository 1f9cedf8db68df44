package storage

import (
	"bytes"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

const (
	keepDelivery  = 24 * time.Hour      // until an alert is not worth telling any more
	keepImportant = 72 * time.Hour      // the same for what costs or saves money
	keepTold      = 7 * 24 * time.Hour  // how long an event's key is remembered
	keepCard      = 60 * 24 * time.Hour // how long a message is remembered for editing, since its last edit
	sweepMargin   = time.Hour           // after the expiry of a delivery: the dispatcher drops it first
)

// record is a delivery as it is stored.
type record struct {
	notify.Delivery
	// Trying is set from an attempt until its outcome is recorded: the message may be there.
	Trying bool `json:"trying,omitempty"`
	// Stale is set when a newer one of the same card is queued while this one is tried.
	Stale bool `json:"stale,omitempty"`
}

func deliveryKey(id uint64) key { return key{}.number(id) }

func (t *tx) delivery(id uint64) (record, bool, error) {
	b, ok := t.getExpiring(deliveries, deliveryKey(id))
	if !ok {
		return record{}, false, nil
	}
	r, err := load[record](deliveries, b)
	return r, true, err
}

// putDelivery writes a delivery; its place in the queue does not change.
func (t *tx) putDelivery(r record) error {
	b, err := encode(deliveries, r)
	if err != nil {
		return err
	}
	return t.putExpiring(deliveries, deliveryKey(r.ID), b, r.Expires.Add(sweepMargin))
}

// removeDelivery removes a delivery and lets the next one of its address move up.
func (t *tx) removeDelivery(id uint64) error {
	r, ok, err := t.delivery(id)
	if err != nil || !ok {
		return err
	}
	if err := t.takeOut(r); err != nil {
		return err
	}
	return t.arrange(r.To, func(*chatRecord) {})
}

// takeOut removes a delivery without looking at its address.
func (t *tx) takeOut(r record) error {
	if err := t.delete(queue, addressKey(r.To).number(r.ID)); err != nil {
		return err
	}
	return t.deleteExpiring(deliveries, deliveryKey(r.ID))
}

// announce queues a delivery for every event that was not told before. Events without a user
// are for the owner.
func (t *tx) announce(owner chat.User, events []rental.Event) error {
	for _, e := range events {
		if e.User.ID == "" {
			e.User = owner
		}
		if e.At.IsZero() {
			e.At = t.now
		}
		said := userKey(e.User).text(e.Key)
		if _, ok := t.getExpiring(told, said); ok {
			continue
		}
		if err := t.putExpiring(told, said, nil, t.now.Add(keepTold)); err != nil {
			return err
		}
		if err := t.enqueue(e); err != nil {
			return err
		}
	}
	return nil
}

// enqueue appends a delivery to what waits for the user.
func (t *tx) enqueue(e rental.Event) error {
	to := e.User.Direct()
	if e.Card != "" {
		if err := t.supersede(to, e.Card); err != nil {
			return err
		}
	}
	id, err := t.b.Bucket([]byte(deliveries)).NextSequence()
	if err != nil {
		return err
	}
	d := notify.Delivery{ID: id, To: to, Event: e, Due: t.now, Expires: t.now.Add(lifetime(e.Kind))}
	if err := t.putDelivery(record{Delivery: d}); err != nil {
		return err
	}
	if err := t.put(queue, addressKey(to).number(id), []byte(e.Card)); err != nil {
		return err
	}
	t.after.deliveries = true
	return t.arrange(to, func(*chatRecord) {})
}

func lifetime(k rental.EventKind) time.Duration {
	switch k {
	case rental.IsReady, rental.HasEnded, rental.NotFound, rental.CancelLingers:
		return keepImportant
	default:
		return keepDelivery
	}
}

// supersede makes room for a newer delivery of a card. One that is being tried stays until the
// outcome is known, because its message may have to be remembered.
func (t *tx) supersede(to chat.Address, card string) error {
	var ids []uint64
	t.scan(queue, addressKey(to), func(rest, v []byte) bool {
		if bytes.Equal(v, []byte(card)) {
			ids = append(ids, numberOf(rest))
		}
		return true
	})
	for _, id := range ids {
		r, ok, err := t.delivery(id)
		if err != nil {
			return err
		}
		switch {
		case !ok:
		case r.Trying:
			r.Stale = true
			err = t.putDelivery(r)
		default:
			err = t.takeOut(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
