package notify_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

// kinds are events of these kinds, each about a rental of its own.
func kinds(all ...rental.EventKind) []rental.Event {
	var events []rental.Event
	for i, k := range all {
		events = append(events, rental.Event{Kind: k, Key: fmt.Sprint(i), Order: clore.OrderID(i + 1)})
	}
	return events
}

func TestBurstBecomesOneMessage(t *testing.T) {
	const down, up, ready, card = rental.Unreachable, rental.Back, rental.IsReady, rental.Progress
	overtaken := kinds(down, down, down, up, down, down)
	overtaken[3].Order, overtaken[4].Order = 3, 3 // down, back, and down again
	cards := kinds(card, down, card, down, card, down, card, down)
	for i := range cards {
		if cards[i].Kind == card {
			cards[i].Card = fmt.Sprint("card", i)
		}
	}
	many := kinds(slices.Repeat([]rental.EventKind{rental.Slow}, 30)...)
	for name, c := range map[string]struct {
		events []rental.Event
		want   []string
	}{
		"three":         {kinds(down, down, down), []string{"0", "1", "2"}},
		"four":          {kinds(down, down, down, down), []string{"0+1+2+3"}},
		"ready":         {kinds(ready, ready, ready, ready), []string{"0", "1", "2", "3"}},
		"others within": {kinds(down, up, down, ready, down, down), []string{"0+2+4+5", "1", "3"}},
		"overtaken":     {overtaken, []string{"0+1+2+5", "3", "4"}},
		"cards":         {cards, []string{"0", "1+3+5+7", "2", "4", "6"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, p := newOutbox(), newPlatform(nil)
				for _, e := range c.events {
					box.put(address(1), e)
				}
				d := run(t, box, plain{}, p)
				time.Sleep(time.Minute)
				d.stop()
				if got := p.at(address(1)); !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
				if left := box.left(); len(left) != 0 {
					t.Errorf("%d are left", len(left))
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		for _, e := range many {
			box.put(address(1), e)
		}
		d := run(t, box, plain{}, p)
		time.Sleep(time.Minute)
		d.stop()
		if got := p.at(address(1)); len(got) != 2 {
			t.Errorf("30 became %d messages", len(got))
		}
	})
}

// TestBurstThatFails loses nothing, and is not split because it is tried again.
func TestBurstThatFails(t *testing.T) {
	for name, err := range map[string]error{
		"limited": limited(time.Minute), "cut": &chat.SendError{Kind: chat.Transient, Err: errors.New("cut")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := time.Now().Add(30 * time.Second)
				p := newPlatform(func(chat.Address, string) error {
					if time.Now().Before(end) {
						return err
					}
					return nil
				})
				box := newOutbox()
				for _, e := range kinds(rental.Slow, rental.Slow, rental.Slow, rental.Slow) {
					box.put(address(1), e)
				}
				d := run(t, box, plain{}, p)
				time.Sleep(time.Hour)
				d.stop()
				if got := p.at(address(1)); !slices.Equal(got, []string{"0+1+2+3"}) {
					t.Errorf("got %q", got)
				}
				if left := box.left(); len(left) != 0 {
					t.Errorf("%d are left", len(left))
				}
			})
		})
	}
}

func TestBurstThatNobodyWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, p := newOutbox(), newPlatform(nil)
		for _, e := range kinds(rental.Slow, rental.Slow, rental.Slow, rental.Slow) {
			box.put(address(1), e)
		}
		d := run(t, box, plain{err: notify.ErrSkip}, p)
		time.Sleep(time.Minute)
		d.stop()
		if p.all() != 0 || len(box.left()) != 0 {
			t.Errorf("%d messages, %d left", p.all(), len(box.left()))
		}
	})
}
