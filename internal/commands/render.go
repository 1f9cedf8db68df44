package commands

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

var _ notify.Renderer = (*Commands)(nil)

// Render implements [notify.Renderer]: it puts an event into words for its user, as loudly as
// they want it. It returns [notify.ErrSkip] for a kind that is off, and for one that speaks of
// what is no more: a state that was overtaken, or an account that was removed. The receipt of what
// ended is told all the same.
func (c *Commands) Render(ctx context.Context, to chat.Address, e rental.Event) (chat.View, error) {
	v, err := c.render(ctx, to, e)
	if errors.Is(err, rental.ErrNoAccount) {
		return chat.View{}, notify.ErrSkip
	}
	return v, err
}

func (c *Commands) render(ctx context.Context, to chat.Address, e rental.Event) (chat.View, error) {
	profile, err := c.Profiles.Profile(ctx, e.User)
	if err != nil {
		return chat.View{}, err
	}
	a := c.ask(&chat.Request{
		Origin: chat.Typed, User: e.User, Chat: to, Direct: private(to, e.User), At: e.At,
	}, profile)
	a.payer = c.payers(ctx, e.User)
	if e.Kind == rental.Progress {
		v, err := c.card(ctx, a, e)
		v.Silent = true
		v.Footer = join(v.Footer, a.paidBy(e.Account))
		return readBy(profile, v), err
	}
	if level(profile, e) == account.Off {
		return chat.View{}, notify.ErrSkip
	}
	v, err := c.alert(ctx, a, e)
	if err != nil {
		return chat.View{}, err
	}
	if e.Kind != rental.CloreDown { // which is of no account
		v.Footer = join(v.Footer, a.paidBy(e.Account))
	}
	v.Silent = silent(profile, e, a.now)
	return readBy(profile, v), nil
}

// private reports whether nobody but the user reads an address.
func private(to chat.Address, user chat.User) bool {
	id, ok := to.DirectUser()
	return ok && to.Platform == user.Platform && id == user.ID
}

// card shows the present state of an intent, whatever it was at the event: messages that were
// overtaken need no telling.
func (c *Commands) card(ctx context.Context, a *ask, e rental.Event) (chat.View, error) {
	l, err := c.Books.Ledger(ctx, e.Account)
	if err != nil {
		return chat.View{}, err
	}
	in, r := l.Intent(e.Intent), l.Of(e.Intent)
	if r == nil {
		if r, err = c.endedOf(ctx, e); err != nil {
			return chat.View{}, err
		}
	}
	if in == nil && r == nil {
		return chat.View{}, notify.ErrSkip
	}
	v := c.cardView(a, in, r, aheadIn(&l, in))
	if in != nil {
		v.Body = lines(a.mandateLine(l.Mandate(in.Mandate), in.ID), v.Body)
	}
	return v, nil
}

// endedOf finds the rental of a card that has ended and left the ledger.
func (c *Commands) endedOf(ctx context.Context, e rental.Event) (*rental.Rental, error) {
	if e.Order == 0 {
		return nil, nil
	}
	ended, err := c.Archive.History(ctx, e.User, historyDepth)
	if err != nil {
		return nil, err
	}
	for i := range ended {
		if ended[i].Order.ID == e.Order {
			return &ended[i], nil
		}
	}
	return e.Rental, nil
}

// cardView is the live card: one message that is edited from the confirmation to the end.
func (c *Commands) cardView(a *ask, in *rental.Intent, r *rental.Rental, first *rental.Intent) chat.View {
	v := chat.View{Topic: "card", Body: a.timeline(in, r, first), Footer: a.S("card.updated", "Time", a.Seconds(a.now, a.zone))}
	switch {
	case r != nil:
		v.Title = join(a.S("card.title", "Server", serverText(r.Order.Server)), a.hardware(r), quoted(r.Label))
		v.Tone = cardTone(r)
		v.Body = lines(plain(join(a.price(r.Order.Price, c.rentalUSD(r)), a.cardStop(r))), v.Body)
		v.Rows = a.cardRows(r)
	default:
		v.Title = join(a.S("card.title", "Server", serverText(in.Terms.Server)), clip(in.Terms.Hardware, maxHardware), quoted(in.Label))
		v.Body = lines(plain(a.price(in.Terms.Price, in.Terms.USD)), v.Body)
		if in.State == rental.Refused || in.State == rental.Withdrawn || in.State == rental.Missing {
			v.Tone = chat.Warning
		}
		if row := a.underwayButton(in, false); len(row) > 0 {
			v.Rows = [][]chat.Control{freshRow(row)}
		}
	}
	return v
}

func cardTone(r *rental.Rental) chat.Tone {
	switch {
	case r.Stage == rental.Ended:
		return chat.Muted
	case r.Told.Stuck && !r.Settled(), !r.Probe.Down.IsZero():
		return chat.Warning
	case r.Settled():
		return chat.Good
	default:
		return chat.Neutral
	}
}

// cardStop tells when it stops, or for how long it ran.
func (a *ask) cardStop(r *rental.Rental) string {
	if r.Stage == rental.Ended {
		return a.Duration(r.Lived(a.now))
	}
	return a.stopShort(r)
}

func (a *ask) cardRows(r *rental.Rental) [][]chat.Control {
	args := chat.Args{"order": orderText(r.Order.ID)}
	row := []chat.Control{fresh(chat.Button(a.S("button.details"), "order", args))}
	if r.Stage != rental.Ended && r.Cancel == nil {
		row = append(row, fresh(chat.Button(a.S("button.label"), "label", args)), fresh(chat.Button(a.S("button.cancel"), "cancel", args)).Styled(chat.Danger))
	}
	return [][]chat.Control{row}
}
