package storage

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// chatRecord is what is known of an address that has deliveries or takes none.
type chatRecord struct {
	// Suppressed is when the address refused everything; zero while it takes messages.
	Suppressed time.Time `json:"suppressed,omitzero"`
	// Pause is before when nothing may be sent, whatever comes first.
	Pause time.Time `json:"pause,omitzero"`
	// First is the delivery that has an entry in due, with its moment; 0 for none.
	First uint64    `json:"first,omitempty"`
	Due   time.Time `json:"due,omitzero"`
}

func dueKey(at time.Time, id uint64) key { return key{}.moment(at).number(id) }

func (t *tx) chat(to chat.Address) (chatRecord, error) {
	b := t.get(chats, addressKey(to))
	if b == nil {
		return chatRecord{}, nil
	}
	return load[chatRecord](chats, b)
}

// first returns the oldest delivery of an address.
func (t *tx) first(to chat.Address) (r record, ok bool, err error) {
	t.scan(queue, addressKey(to), func(rest, _ []byte) bool {
		r, ok, err = t.delivery(numberOf(rest))
		return false
	})
	return r, ok, err
}

// arrange changes the record of an address and sets its entry in due right: the oldest delivery
// has one, unless the address is suppressed. It is called after every change to the queue of an
// address, so the rules stand here and nowhere else.
func (t *tx) arrange(to chat.Address, change func(*chatRecord)) error {
	old, err := t.chat(to)
	if err != nil {
		return err
	}
	next := old
	change(&next)
	next.First, next.Due = 0, time.Time{}
	head, ok, err := t.first(to)
	if err != nil {
		return err
	}
	if ok && next.Suppressed.IsZero() {
		next.First, next.Due = head.ID, head.Due
		if next.Pause.After(next.Due) {
			next.Due = next.Pause
		}
	}
	if !ok && !next.Pause.After(t.now) {
		next.Pause = time.Time{}
	}
	return t.putChat(to, old, next)
}

func (t *tx) putChat(to chat.Address, old, next chatRecord) error {
	if old.First != next.First || !old.Due.Equal(next.Due) {
		if old.First != 0 {
			if err := t.delete(due, dueKey(old.Due, old.First)); err != nil {
				return err
			}
		}
		if next.First != 0 {
			if err := t.put(due, dueKey(next.Due, next.First), addressKey(to)); err != nil {
				return err
			}
		}
	}
	if next == (chatRecord{}) {
		return t.delete(chats, addressKey(to))
	}
	if next == old {
		return nil
	}
	return t.putJSON(chats, addressKey(to), next)
}

// Wake implements [commands.Waker]. For an address that was awake it commits nothing.
func (s *Store) Wake(ctx context.Context, a chat.Address) error {
	asleep := false
	err := s.view(ctx, func(t *tx) error {
		c, err := t.chat(a)
		asleep = !c.Suppressed.IsZero()
		return err
	})
	if err != nil || !asleep {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		head, ok, err := t.first(a)
		if err != nil {
			return err
		}
		if ok && head.Due.After(t.now) {
			head.Due = t.now
			if err := t.putDelivery(head); err != nil {
				return err
			}
		}
		t.after.deliveries = true
		return t.arrange(a, func(c *chatRecord) { c.Suppressed, c.Pause = time.Time{}, time.Time{} })
	})
}
