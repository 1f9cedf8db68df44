package storage

import (
	"bytes"
	"fmt"

	"github.com/clorebot/clorebot/internal/chat"
)

// verifyOutbox checks what arrange has to keep true: every address with deliveries that is not
// suppressed has its oldest in due, and nothing else is there.
func (t *tx) verifyOutbox() error {
	if err := t.verifyDue(); err != nil {
		return err
	}
	waiting := map[string]bool{}
	var failed error
	t.scan(queue, nil, func(k, _ []byte) bool {
		waiting[string(k[:len(k)-width])] = true
		_, ok, err := t.delivery(numberOf(k[len(k)-width:]))
		if err != nil || !ok {
			failed = fmt.Errorf("queue names delivery %d, which is not there (%w)", numberOf(k[len(k)-width:]), err)
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	for address := range waiting {
		a, _ := addressOf([]byte(address))
		c, err := t.chat(a)
		if err != nil {
			return err
		}
		head, _, _ := t.first(a)
		if c.Suppressed.IsZero() != (c.First == head.ID) {
			return fmt.Errorf("%v: suppressed %v, first %d, head %d", a, c.Suppressed, c.First, head.ID)
		}
	}
	return t.verifyExpiries()
}

func (t *tx) verifyDue() error {
	var failed error
	seen := map[string]bool{}
	t.scan(due, nil, func(k, v []byte) bool {
		a, ok := addressOf(v)
		if !ok || seen[string(v)] {
			failed = fmt.Errorf("due has %x twice or for nobody", v)
			return false
		}
		seen[string(v)] = true
		c, err := t.chat(a)
		if err != nil || !bytes.Equal(k, dueKey(c.Due, c.First)) {
			failed = fmt.Errorf("due has %x for %v, whose record is %+v (%w)", k, a, c, err)
		}
		return failed == nil
	})
	return failed
}

// verifyExpiries checks that records that expire and their entries belong together.
func (t *tx) verifyExpiries() error {
	entries := len(t.keys(expiries, nil))
	for _, bucket := range []string{quotes, confirms, deliveries, cards, told, updates, notes} {
		for _, k := range t.keys(bucket, nil) {
			entries--
			if t.get(expiries, expiryKey(momentOf(t.get(bucket, k)), bucket, k)) == nil {
				return fmt.Errorf("%s/%x has no entry in expiries", bucket, k)
			}
		}
	}
	if entries != 0 {
		return fmt.Errorf("%d entries in expiries are of no record", entries)
	}
	return nil
}

// addressOf reads what addressKey wrote.
func addressOf(b []byte) (chat.Address, bool) {
	platform, rest, ok := textOf(b)
	if !ok {
		return chat.Address{}, false
	}
	id, _, ok := textOf(rest)
	return chat.Address{Platform: chat.Platform(platform), ChatID: id}, ok
}
