package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
)

// What confirmations do.
const (
	doCancel   = "cancel"
	doForget   = "forget"
	doBid      = "bid"
	doPilot    = "pilot"
	doFallback = "fallback"
	doAllow    = "allow"
	doUnfreeze = "unfreeze"
	doStopAll  = "stopall"
)

// confirmable does what was confirmed. The confirmation is used up when it runs.
type confirmable func(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error)

// confirmables are all second steps other than renting, by what their confirmations do.
func (c *Commands) confirmables() map[string]confirmable {
	return map[string]confirmable{
		doCancel:   c.cancelNow,
		doCallOff:  c.callOffNow,
		doForget:   c.forget,
		doBid:      c.bidNow,
		doPilot:    c.pilotNow,
		doFallback: c.fallbackNow,
		doAllow:    c.allowNow,
		doUnfreeze: c.unfreezeNow,
		doStopAll:  c.stopAllNow,

		doRemove:  c.removeNow,
		doUnwatch: c.unwatch,
		doArm:     c.armNow,
		doTake:    c.takeNow,
		doExtend:  c.extendNow,
	}
}

// confirmFamily are the commands behind the buttons of second steps: "do" is a tap, "confirm"
// asks for a word before it runs. Front-ends ask for the word as for any missing parameter, so
// the question survives a restart where questions do.
func (c *Commands) confirmFamily() []*chat.Command {
	id := c.param("id", "")
	id.Required = true
	why := c.param("why", "")
	text := c.param("text", "param.issue")
	text.Kind = chat.Rest
	text.RequiredIf = func(args chat.Args) bool { return args["why"] == "other" }
	word := c.param("word", "param.word")
	word.Required = true
	typed := c.hidden("confirm", c.do, id, word)
	typed.Summary = c.menu.S("cmd.confirm")
	return []*chat.Command{c.hidden("do", c.do, id, why, text), typed}
}

// do takes a confirmation: a second tap, a late one and a stranger's find nothing. Where a word
// is wanted, another one, or none, leaves everything as it is.
func (c *Commands) do(ctx context.Context, a *ask) (chat.Response, error) {
	confirmed, err := c.Confirmations.Confirmation(ctx, a.arg("id"), a.User, a.now)
	if err != nil {
		return nil, err
	}
	run, known := c.confirmables()[confirmed.Do]
	if !known {
		return nil, ErrNoConfirmation // an earlier version knew it
	}
	if confirmed.Word != "" && !sameWord(a.arg("word"), confirmed.Word) {
		return nil, c.wrong("confirm.other_word", "Word", chat.C(confirmed.Word)).
			with(a.wordButton(a.S("button.try_again"), confirmed.ID, confirmed.Word))
	}
	if confirmed, err = c.Confirmations.TakeConfirmation(ctx, confirmed.ID, a.User, a.now); err != nil {
		return nil, err
	}
	return run(ctx, a, confirmed)
}

// propose keeps a confirmation of the asker and returns its ID. What is agreed to goes into Data
// and Word, so that nothing but what was shown can be confirmed.
func (c *Commands) propose(ctx context.Context, a *ask, confirm Confirmation) (string, error) {
	confirm.ID, confirm.User, confirm.Expires = c.NewID(), a.User, a.now.Add(confirmFor)
	return confirm.ID, c.Confirmations.SaveConfirmation(ctx, confirm)
}

// proposeWith is propose for what was shown, which its action reads with agreedTo.
func (c *Commands) proposeWith(ctx context.Context, a *ask, confirm Confirmation, shown any) (string, error) {
	var err error
	if confirm.Data, err = json.Marshal(shown); err != nil {
		return "", fmt.Errorf("confirmation: %w", err)
	}
	return c.propose(ctx, a, confirm)
}

// agreedTo reads what was shown. What an earlier version wrote in another form is ErrNoConfirmation.
func (confirm *Confirmation) agreedTo(shown any) error {
	if err := json.Unmarshal(confirm.Data, shown); err != nil {
		return ErrNoConfirmation
	}
	return nil
}

// wordButton makes the control that asks for the word of a confirmation. The view it stands in
// has to show the word.
func (a *ask) wordButton(label, id, word string) chat.Control {
	ctl := chat.Button(label, "confirm", chat.Args{"id": id}).Styled(chat.Danger)
	ctl.Param, ctl.Word = "word", word
	return ctl
}

// sameWord compares what was typed as people type: in any case, with stray spaces and quotes.
func sameWord(typed, word string) bool {
	typed = strings.Trim(typed, " \t\r\n\"'`“”„«».!")
	return strings.EqualFold(strings.Join(strings.Fields(typed), " "), word)
}
