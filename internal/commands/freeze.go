package commands

import (
	"context"
	"errors"

	"github.com/clorebot/clorebot/internal/chat"
)

func (c *Commands) freezeFamily() []*chat.Command {
	freeze := c.command("freeze", "cmd.freeze", c.freeze)
	freeze.Examples = []string{"/freeze"}
	unfreeze := c.command("unfreeze", "cmd.unfreeze", c.unfreeze)
	unfreeze.Examples = []string{"/unfreeze"}
	return []*chat.Command{freeze, unfreeze}
}

// freeze keeps everything from being bought with any key of the asker. It asks nothing: it is for
// emergencies, and can be taken back.
func (c *Commands) freeze(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	var failed error
	for i := range ledgers {
		failed = errors.Join(failed, c.Desk.Freeze(ctx, a.User, ledgers[i].Account.ID)) // freeze what can be
	}
	if failed != nil {
		return nil, failed
	}
	v := chat.View{Topic: "frozen", Tone: chat.Good, Title: a.S("freeze.title"), Body: a.T("freeze.body")}
	row := []chat.Control{chat.Button(a.S("button.unfreeze"), "unfreeze", nil)}
	if rentals, _ := live(ledgers); len(rentals) > 0 {
		v.Body = lines(v.Body, a.T("freeze.running", "Count", a.N("count.rentals", len(rentals)), "Burn", c.burning(a, rentals)))
		row = append(row, chat.Button(a.S("button.stop_all"), "stopall", nil).Styled(chat.Danger))
	}
	v.Rows = [][]chat.Control{append(row, chat.Button(a.S("button.limits"), "limits", nil))}
	return a.show(v)
}

// unfreeze asks whether money may be spent again.
func (c *Commands) unfreeze(ctx context.Context, a *ask) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	frozen := false
	for i := range ledgers {
		frozen = frozen || !ledgers[i].Frozen.IsZero()
	}
	if !frozen {
		return a.say(a.S("freeze.not"))
	}
	id, err := c.propose(ctx, a, Confirmation{Do: doUnfreeze})
	if err != nil {
		return nil, err
	}
	v := chat.View{Topic: "unfreeze", Tone: chat.Warning, Title: a.S("unfreeze.title"), Body: a.T("unfreeze.body")}
	if n := permitted(ledgers); n > 0 {
		v.Body = lines(v.Body, a.T("unfreeze.armed", "Count", a.N("count.mandates", n)))
	}
	v.Rows = [][]chat.Control{{
		chat.Button(a.S("button.unfreeze"), "do", chat.Args{"id": id}).Styled(chat.Danger),
		chat.Button(a.S("button.keep_frozen"), "limits", nil),
	}}
	return a.show(v)
}

func (c *Commands) unfreezeNow(ctx context.Context, a *ask, _ Confirmation) (chat.Response, error) {
	ledgers, err := c.ledgers(ctx, a)
	if err != nil {
		return nil, err
	}
	for i := range ledgers {
		if err := c.Desk.Unfreeze(ctx, a.User, ledgers[i].Account.ID); err != nil {
			return nil, err
		}
	}
	return a.show(chat.View{
		Topic: "unfrozen", Tone: chat.Good, Title: a.S("unfreeze.done"),
		Rows: [][]chat.Control{{chat.Button(a.S("button.limits"), "limits", nil), chat.Button(a.S("button.market"), "market", nil)}},
	})
}
