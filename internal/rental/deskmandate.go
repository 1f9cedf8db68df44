package rental

import (
	"context"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Allow gives a mandate to rent with the account: from here on the bot buys by itself, within its
// bounds. The desk makes up no bound; the errors are those of [Ledger.Allow]. A second press of
// the same button gets ErrMandateTaken and gives nothing.
func (d *Desk) Allow(ctx context.Context, user chat.User, id account.ID, m Mandate) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.Allow(m, d.Now()) })
}

// Revoke takes a mandate back, however often: nothing more is bought, and what was not sent is
// withdrawn. What runs goes on. The error is ErrNoMandate.
func (d *Desk) Revoke(ctx context.Context, user chat.User, id account.ID, mandate string) error {
	return d.change(ctx, user, id, func(l *Ledger) error { return l.Revoke(mandate, d.Now()) })
}

// RevokeWatch takes back every mandate of a watch that is removed or disarmed. None is no error.
func (d *Desk) RevokeWatch(ctx context.Context, user chat.User, id account.ID, watch string) error {
	return d.change(ctx, user, id, func(l *Ledger) error {
		l.RevokeWatch(watch, d.Now())
		return nil
	})
}

// RevokeWatch takes back every mandate of a watch.
func (l *Ledger) RevokeWatch(watch string, now time.Time) {
	for i := range l.Mandates {
		if m := &l.Mandates[i]; watch != "" && m.Watch == watch && m.Active() {
			m.finish(FinishUser, now)
		}
	}
	l.settleMandates(now)
}

// EndWithWatch lets every mandate of a watch end no later than the watch. One that is over by then is
// over now: what was not sent is withdrawn, what is underway goes on and counts.
func (l *Ledger) EndWithWatch(watch string, ends, now time.Time) {
	for i := range l.Mandates {
		if m := &l.Mandates[i]; watch != "" && m.Watch == watch && m.Active() && m.Until.After(ends) {
			m.Until = ends
		}
	}
	l.settleMandates(now)
}
