package commands

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// coming is what may run soon although everything that runs is stopped.
type coming struct {
	placing []rental.Intent
	permits []given // permissions that may buy; none of an account that is frozen
}

func comingOf(ledgers []rental.Ledger) coming {
	var soon coming
	_, soon.placing = live(ledgers)
	for _, g := range mandates(ledgers) {
		if g.m.Active() && g.l.Frozen.IsZero() {
			soon.permits = append(soon.permits, g)
		}
	}
	return soon
}

func (s *coming) any() bool { return len(s.placing)+len(s.permits) > 0 }

// nameComing says what stopping does not end, and offers to keep it from being bought.
func (a *ask) nameComing(v *chat.View, s *coming) {
	if !s.any() {
		return
	}
	if v.Tone != chat.Danger {
		v.Tone = chat.Warning
	}
	if n := len(s.placing); n > 0 {
		v.Body = lines(v.Body, a.T("stopall.placing", "Count", n))
		if row := a.underwayRow(s.placing[:min(n, maxIntents)]); len(row) > 0 {
			v.Rows = append(v.Rows, row)
		}
	}
	if n := len(s.permits); n > 0 {
		v.Body = lines(v.Body, a.T("stopall.permits", "Count", a.N("count.mandates", n)))
		v.Rows = append(v.Rows, []chat.Control{
			chat.Button(a.S("button.revoke_all"), "takebackall", nil), chat.Button(a.S("button.permissions"), "permissions", nil),
		})
	}
	v.Body = lines(v.Body, a.T("stopall.freeze"))
}

// onlyComing answers the wish to stop all when nothing runs, but something may soon.
func (c *Commands) onlyComing(a *ask, ledgers []rental.Ledger, s *coming) (chat.Response, error) {
	v := chat.View{Topic: "stopall", Title: a.S("stopall.coming.title")}
	v.Rows = [][]chat.Control{{
		chat.Button(a.S("button.freeze"), "freeze", nil).Styled(chat.Danger), chat.Button(a.S("button.orders"), "orders", nil),
	}}
	a.nameComing(&v, s)
	for _, in := range s.placing[:min(len(s.placing), maxIntents)] {
		v.Fields = append(v.Fields, field(a.S("stopall.placing.name"),
			join(a.underwayTitle(&in), a.paidBy(in.Account))))
	}
	for _, g := range s.permits[:min(len(s.permits), maxMandates)] {
		v.Fields = append(v.Fields, chat.Field{Name: clip(g.m.Query, maxForeign), Value: a.mandateState(g.l, g.m)})
	}
	a.unwatched(&v, ledgers)
	return a.show(v)
}

// takeBackAll takes all permissions back at once, in all accounts: it can only save money, so
// nothing is asked. One that fails keeps no other from being taken back.
func (c *Commands) takeBackAll(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, g := range mandates(ledgers) {
		if !g.m.Active() {
			continue
		}
		err := c.Desk.Revoke(ctx, a.User, g.l.Account.ID, g.m.ID)
		if !errors.Is(err, rental.ErrNoMandate) { // it is over by itself
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return nil, failed
	}
	return c.permissions(ctx, a)
}
