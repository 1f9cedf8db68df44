package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
)

// Due implements [notify.Outbox]. It looks at what is due and at nothing else: every address
// has one entry in the index at most.
func (s *Store) Due(ctx context.Context, now time.Time, n int) (all []notify.Delivery, next time.Time, err error) {
	err = s.view(ctx, func(t *tx) error {
		all, next, err = t.due(now, n)
		return err
	})
	slices.SortFunc(all, func(a, b notify.Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return all, next, err
}

func (t *tx) due(now time.Time, n int) (all []notify.Delivery, next time.Time, err error) {
	t.scan(due, nil, func(k, _ []byte) bool {
		at := momentOf(k)
		if len(all) >= n || at.After(now) {
			next = at
			return false
		}
		r, ok, failed := t.delivery(numberOf(k[width:]))
		if failed != nil {
			err = failed
			return false
		}
		if ok {
			all = append(all, r.Delivery)
		}
		return true
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	for i := range all {
		if all[i].Ref, err = t.card(all[i].To, all[i].Event.Card); err != nil {
			return nil, time.Time{}, err
		}
	}
	return all, next, nil
}

// Behind implements [notify.Crowd].
func (s *Store) Behind(ctx context.Context, one notify.Delivery, now time.Time, n int) (all []notify.Delivery, err error) {
	err = s.view(ctx, func(t *tx) (err error) {
		all = nil
		t.scan(queue, addressKey(one.To), func(rest, _ []byte) bool {
			id := numberOf(rest)
			if id <= one.ID {
				return true
			}
			r, ok, failed := t.delivery(id)
			if err = failed; err != nil {
				return false
			}
			if ok && !r.Trying && !r.Stale && !r.Due.After(now) {
				all = append(all, r.Delivery)
			}
			return len(all) < n
		})
		return err
	})
	return all, err
}

func cardKey(to chat.Address, card string) key { return addressKey(to).text(card) }

// card returns the message that a card was sent as, nil when it was not.
func (t *tx) card(to chat.Address, card string) (*chat.MessageRef, error) {
	if card == "" {
		return nil, nil //nolint:nilnil // a delivery without a card has no message to edit
	}
	b, ok := t.getExpiring(cards, cardKey(to, card))
	if !ok {
		return nil, nil //nolint:nilnil // as above
	}
	ref, err := load[chat.MessageRef](cards, b)
	return &ref, err
}

func (t *tx) putCard(to chat.Address, card string, ref chat.MessageRef) error {
	b, err := encode(cards, ref)
	if err != nil {
		return err
	}
	return t.putExpiring(cards, cardKey(to, card), b, t.now.Add(keepCard))
}

// Attempt implements [notify.Outbox]. It returns [notify.ErrSettled] for a delivery that is
// gone: settled, expired, or superseded since it was given out.
func (s *Store) Attempt(ctx context.Context, id uint64, retry time.Time) error {
	return s.write(ctx, func(t *tx) error {
		r, ok, err := t.delivery(id)
		if err != nil {
			return err
		}
		if !ok {
			return notify.ErrSettled
		}
		r.Attempts++
		r.Trying, r.Due = true, retry
		if err := t.putDelivery(r); err != nil {
			return err
		}
		return t.arrange(r.To, func(*chatRecord) {})
	})
}

// Settle implements [notify.Outbox]. A delivery that is gone, because its user was forgotten,
// needs no settling.
func (s *Store) Settle(ctx context.Context, id uint64, o notify.Outcome) error {
	return s.write(ctx, func(t *tx) error {
		r, ok, err := t.delivery(id)
		if err != nil || !ok {
			return err
		}
		switch o.Kind {
		case notify.Retry, notify.Snoozed, notify.Suppressed:
			return t.putBack(r, o)
		case notify.Sent:
			if r.Event.Card != "" && o.Ref.MessageID != "" {
				if err := t.putCard(r.To, r.Event.Card, o.Ref); err != nil {
					return err
				}
			}
		case notify.Dropped:
		}
		return t.removeDelivery(id)
	})
}

// putBack records a failed attempt. One that was superseded meanwhile is not tried again; what
// comes after it at that address keeps the pause that the failure asked for.
func (t *tx) putBack(r record, o notify.Outcome) error {
	if o.Kind == notify.Snoozed && r.Trying {
		r.Attempts--
	}
	if o.Kind != notify.Suppressed {
		r.Due = o.Next
	}
	r.Trying, r.LastErr = false, o.Err
	var err error
	if r.Stale {
		err = t.takeOut(r)
	} else {
		err = t.putDelivery(r)
	}
	if err != nil {
		return err
	}
	return t.arrange(r.To, func(c *chatRecord) {
		if o.Kind == notify.Suppressed {
			c.Suppressed = t.now
		} else if r.Stale {
			c.Pause = o.Next
		}
	})
}
