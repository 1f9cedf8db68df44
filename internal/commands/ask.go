package commands

import (
	"context"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/clore"
	"github.com/clorebot/clorebot/internal/money"
	"github.com/clorebot/clorebot/internal/rental"
	"github.com/clorebot/clorebot/internal/words"
)

// ask is a request together with what is known of the asker.
type ask struct {
	*chat.Request
	*words.Printer
	profile account.Profile
	zone    *time.Location
	now     time.Time
	payer   payer // see payers; nil names none
	// own are the servers on which the asker has something already, where that matters.
	own map[clore.ServerID]bool
	// underway is the order without a number that the argument "order" means, nil for another.
	underway *rental.Intent
	// worth returns the USD of an amount by the market's present rates, 0 when there is none.
	worth func(money.Money) money.Amount
}

// handler answers an ask.
type handler func(ctx context.Context, a *ask) (chat.Response, error)

// run makes a handler into what a command runs.
func (c *Commands) run(h handler) chat.HandlerFunc {
	return func(ctx context.Context, req *chat.Request) (chat.Response, error) {
		profile, err := c.Profiles.Profile(ctx, req.User)
		if err != nil {
			return nil, err
		}
		a := c.ask(req, profile)
		a.payer = c.payers(ctx, req.User)
		if err := c.resolve(ctx, a); err != nil {
			return nil, err
		}
		resp, err := h(ctx, a)
		if r, ok := resp.(chat.Reply); ok {
			r.View = readBy(profile, r.View)
			return r, err
		}
		return resp, err
	}
}

// readBy says in a view what its reader has set.
func readBy(p account.Profile, v chat.View) chat.View {
	v.Locale, v.Zone = p.Locale, p.Zone
	return v
}

func (c *Commands) ask(req *chat.Request, profile account.Profile) *ask {
	return &ask{
		Request: req,
		Printer: c.Words.In(locale(profile, req.Locale)),
		profile: profile,
		zone:    zone(profile),
		now:     c.Now(),
		worth:   c.worth,
	}
}

// locale prefers what the user has set to what the platform tells.
func locale(p account.Profile, fallback string) string {
	if p.Locale != "" {
		return p.Locale
	}
	return fallback
}

func zone(p account.Profile) *time.Location {
	if loc, err := time.LoadLocation(p.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// arg returns an argument, "" when it was not given.
func (a *ask) arg(name string) string { return a.Args[name] }

// again is the prefix of the commands whose answer is a message of its own, also when a control
// was pressed. The controls of alerts use them: an alert stays as it was told.
const again = "new-"

// twin returns the command under the name of its fresh form.
func twin(cmd *chat.Command) *chat.Command {
	t := *cmd
	t.Name, t.Aliases, t.Hidden = again+cmd.Name, nil, true
	return &t
}

// fresh makes a control whose answer does not replace the message it stands in.
func fresh(ctl chat.Control) chat.Control {
	ctl.Action.Command = again + ctl.Action.Command
	return ctl
}

// show answers with a view: in place of the message whose control was pressed, else as a new
// one.
func (a *ask) show(v chat.View) (chat.Response, error) {
	return chat.Reply{View: v, Replace: a.Origin == chat.Pressed && !strings.HasPrefix(a.Command, again)}, nil
}

// say answers with a short text that leaves no message.
func (a *ask) say(text string) (chat.Response, error) {
	if a.Origin == chat.Pressed {
		return chat.Notice{Text: text}, nil
	}
	return a.show(chat.View{Topic: "done", Tone: chat.Good, Body: chat.Text{chat.P(text)}})
}
