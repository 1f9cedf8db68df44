package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/commands"
	"github.com/clorebot/clorebot/internal/rental"
)

// racing moves a stop time right before it is moved.
type racing struct {
	commands.Desk
	first func()
}

func (d *racing) StopAt(ctx context.Context, u chat.User, id account.ID, o clore.OrderID, from, to time.Time) error {
	d.first()
	return d.Desk.StopAt(ctx, u, id, o, from, to)
}

// TestStopTimeMovedMeanwhileStays: neither a button, nor a command, nor an agreement overwrites it.
func TestStopTimeMovedMeanwhileStays(t *testing.T) {
	other := start.Add(5 * time.Hour)
	for name, move := range map[string]func(*world) chat.Response{
		"button":    func(w *world) chat.Response { return w.press(w.says("/order 1939941"), "+1h") },
		"command":   func(w *world) chat.Response { return w.sends(ana, "/extend 1939941 6h") },
		"agreement": func(w *world) chat.Response { return w.press(w.says("/extend 1939941 2d"), "2 d more") },
	} {
		d := &racing{}
		w := newWorld(t, func(o *commands.Options) { d.Desk, o.Desk = o.Desk, d }).withKey()
		w.ledger(func(l *rental.Ledger) { l.Rentals = []rental.Rental{running(1939941)} })
		d.first = func() { w.ledger(func(l *rental.Ledger) { l.Rentals[0].StopAt = other }) }
		v := w.view(move(w))
		if at := w.mem.ledgers["acct-1"].Rentals[0].StopAt; !at.Equal(other) || v.Topic != "error" {
			t.Errorf("%s: stops %v\n%s", name, at, dump(v))
		}
	}
}
