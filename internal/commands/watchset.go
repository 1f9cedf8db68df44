package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/watch"
)

// doUnwatch is what the confirmation of a removal does.
const doUnwatch = "unwatch"

// longestSnooze is for how long a watch can be silenced.
const longestSnooze = 30 * 24 * time.Hour

// setWatch changes one thing of a watch.
func (c *Commands) setWatch(ctx context.Context, a *ask) (chat.Response, error) {
	w, err := c.Watches.Watch(a.User, a.arg("id"))
	if err != nil {
		return nil, err
	}
	switch a.arg("do") {
	case "snooze":
		return c.snoozeWatch(ctx, a, w)
	case "wake":
		return c.editWatch(ctx, a, w, a.S("watch.woken"), func(w *watch.Watch) error {
			w.Snoozed = time.Time{}
			return nil
		})
	case "drop":
		text, err := c.dropArg(a.arg("v"))
		if err != nil {
			return nil, err
		}
		n, _ := strconv.Atoi(text) // dropArg writes a number
		return c.editWatch(ctx, a, w, a.S("watch.drop.set", "Drop", n), func(w *watch.Watch) error {
			w.Drop = n
			return nil
		})
	case "life":
		text, err := c.lifeArg(a.arg("v"))
		if err != nil {
			return nil, err
		}
		d, _ := time.ParseDuration(text) // lifeArg writes a duration
		return c.editWatch(ctx, a, w, a.S("watch.life.set", "At", a.Moment(a.now.Add(d), a.now, a.zone)), func(w *watch.Watch) error {
			w.Expires = a.now.Add(d)
			return nil
		})
	case "disarm":
		return c.disarmWatch(ctx, a, w)
	case "remove":
		return c.askUnwatch(ctx, a, w)
	default:
		return c.showWatch(ctx, a, w)
	}
}

func (c *Commands) snoozeWatch(ctx context.Context, a *ask, w watch.Watch) (chat.Response, error) {
	d, err := c.readRun(a.arg("v"))
	if err != nil {
		return nil, err
	}
	if d <= 0 || d > longestSnooze {
		return nil, c.wrong("watch.bad_snooze", "Max", int(longestSnooze/(24*time.Hour)))
	}
	until := a.now.Add(d)
	armed, err := c.armed(ctx, a)
	if err != nil {
		return nil, err
	}
	done := a.S("watch.snoozed", "At", a.Moment(until, a.now, a.zone))
	if armed[w.ID] != nil {
		done = a.S("watch.snoozed.armed", "At", a.Moment(until, a.now, a.zone))
	}
	return c.editWatch(ctx, a, w, done, func(w *watch.Watch) error {
		w.Snoozed = until
		return nil
	})
}

// editWatch changes a watch. A card shows the change; elsewhere it is said.
func (c *Commands) editWatch(
	ctx context.Context, a *ask, w watch.Watch, done string, change func(*watch.Watch) error,
) (chat.Response, error) {
	w, err := c.Watches.Edit(ctx, a.User, w.ID, change)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(a.Command, again) {
		return a.say(done)
	}
	return c.showWatch(ctx, a, w)
}

// unwatched is what is agreed to when a watch is removed.
type unwatched struct {
	Watch string `json:"watch"`
}

// askUnwatch asks whether a watch is to be removed.
func (c *Commands) askUnwatch(ctx context.Context, a *ask, w watch.Watch) (chat.Response, error) {
	id, err := c.proposeWith(ctx, a, Confirmation{Do: doUnwatch, Account: w.Account}, unwatched{w.ID})
	if err != nil {
		return nil, err
	}
	armed, err := c.armed(ctx, a)
	if err != nil {
		return nil, err
	}
	body := a.T("watch.remove.body")
	if armed[w.ID] != nil {
		body = a.T("watch.remove.armed")
	}
	return a.show(chat.View{
		Topic: "unwatch", Title: a.S("watch.remove.title", "Watch", watchName(w)), Body: body,
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.unwatch"), "do", chat.Args{"id": id}).Styled(chat.Danger),
			chat.Button(a.S("button.keep"), "watch-card", chat.Args{"id": w.ID}),
		}},
	})
}

// unwatch removes the watch that was confirmed.
func (c *Commands) unwatch(ctx context.Context, a *ask, confirmed Confirmation) (chat.Response, error) {
	var what unwatched
	if err := confirmed.agreedTo(&what); err != nil {
		return nil, err
	}
	was, err := c.disarm(ctx, a, what.Watch) // first, so that no permission is left without its watch
	if err != nil {
		return nil, err
	}
	w, err := c.Watches.Remove(ctx, a.User, what.Watch)
	if err != nil {
		return nil, err
	}
	var body chat.Text
	if was {
		body = a.T("watch.removed.disarmed")
	}
	return a.show(chat.View{
		Topic: "unwatched", Tone: chat.Good, Title: a.S("watch.removed", "Watch", watchName(w)), Body: body,
		Rows: [][]chat.Control{{
			chat.Button(a.S("button.watches"), "watch-list", nil),
			chat.Button(a.S("button.watch_again"), "watch-this", chat.Args{"q": c.searches.name(w.Query)}),
		}},
	})
}
