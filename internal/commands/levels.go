package commands

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/rental"
)

// alertKinds are the events whose loudness can be set, in the order in which they are listed.
func alertKinds() []rental.EventKind {
	return []rental.EventKind{
		rental.IsReady, rental.Slow, rental.Stuck, rental.Unreachable, rental.Back, rental.StopDue,
		rental.HasEnded, rental.NotPlaced, rental.NotFound, rental.CancelLingers, rental.Foreign,
		rental.Outbid, rental.Leading, rental.BidStuck,
		rental.Dearer, rental.RunwayShort, rental.LimitNear, rental.KeyRejected,
		rental.BoughtOne, rental.MandateOver,
		rental.WatchHit, rental.WatchOver,
	}
}

// kindName says what an alert is about.
func (a *ask) kindName(k rental.EventKind) string {
	if id, ok := kindTexts()[k]; ok {
		return a.S(id)
	}
	return string(k)
}

// kindTexts are the texts of what alerts are about.
func kindTexts() map[rental.EventKind]string {
	return map[rental.EventKind]string{
		rental.IsReady:       "alert.kind.ready",
		rental.Slow:          "alert.kind.slow",
		rental.Stuck:         "alert.kind.stuck",
		rental.Unreachable:   "alert.kind.unreachable",
		rental.Back:          "alert.kind.back",
		rental.StopDue:       "alert.kind.stop_due",
		rental.HasEnded:      "alert.kind.ended",
		rental.NotPlaced:     "alert.kind.not_placed",
		rental.NotFound:      "alert.kind.not_found",
		rental.CancelLingers: "alert.kind.lingers",
		rental.Foreign:       "alert.kind.foreign",
		rental.Outbid:        "alert.kind.outbid",
		rental.Leading:       "alert.kind.leading",
		rental.BidStuck:      "alert.kind.bid_stuck",
		rental.Dearer:        "alert.kind.dearer",
		rental.RunwayShort:   "alert.kind.runway",
		rental.LimitNear:     "alert.kind.limit",
		rental.KeyRejected:   "alert.kind.key",
		rental.BoughtOne:     "alert.kind.bought",
		rental.MandateOver:   "alert.kind.mandate_over",
		rental.WatchHit:      "alert.kind.watch",
		rental.WatchOver:     "alert.kind.watch_over",
	}
}

// level returns how loudly a user wants an event: good news is quiet by default, money is loud.
func level(p account.Profile, e rental.Event) account.Level {
	if l, set := p.Levels[string(e.Kind)]; set {
		return l
	}
	switch {
	case e.Kind == rental.Slow, e.Kind == rental.Back, e.Kind == rental.WatchOver, e.Kind == rental.Leading:
		return account.Silent
	case e.Kind == rental.BoughtOne: // it answers, which rings by itself
		return account.Silent
	case e.Kind == rental.RunwayShort && e.Runway > 6*time.Hour:
		return account.Silent
	case e.Kind == rental.LimitNear && e.Limit != nil && e.Limit.Percent < 100:
		return account.Silent
	case e.Kind == rental.HasEnded && e.Rental != nil && e.Rental.Reason == rental.ByUser:
		return account.Silent
	default:
		return account.On
	}
}

// critical reports whether an event rings in quiet hours: money is lost while its user sleeps.
func critical(e rental.Event) bool {
	switch e.Kind {
	case rental.Dearer, rental.KeyRejected, rental.Outbid: // what was in the container is gone
		return true
	case rental.RunwayShort:
		return e.Runway <= time.Hour
	case rental.Foreign:
		return e.Revived
	case rental.HasEnded:
		return e.Rental != nil && slices.Contains(
			[]rental.EndReason{rental.ByHost, rental.ByFunds, rental.ByOutbid}, e.Rental.Reason)
	default:
		return false
	}
}

// quiet reports whether a moment is in the quiet hours.
func quiet(p account.Profile, t time.Time) bool {
	from, until := p.Quiet.From, p.Quiet.Until
	t = t.In(zone(p))
	minute := t.Hour()*60 + t.Minute()
	switch {
	case from == until:
		return false
	case from < until:
		return minute >= from && minute < until
	default:
		return minute >= from || minute < until
	}
}

// alerts shows or sets the levels; the value is "", "kind" or "kind:level".
func (c *Commands) alerts(ctx context.Context, a *ask, value string) (chat.Response, error) {
	name, lvl, set := strings.Cut(value, ":")
	if name == "" {
		return a.show(alertsView(a))
	}
	for _, k := range alertKinds() {
		if string(k) != name {
			continue
		}
		if !set {
			return a.show(alertView(a, k))
		}
		if err := c.setLevel(ctx, a, name, account.Level(lvl)); err != nil {
			return nil, err
		}
		return a.show(alertsView(a))
	}
	return nil, c.wrong("alert.unknown", "Name", clip(name, maxLabel))
}

func (c *Commands) setLevel(ctx context.Context, a *ask, kind string, l account.Level) error {
	if l != account.On && l != account.Silent && l != account.Off {
		return c.wrong("alert.bad_level")
	}
	return c.changeProfile(ctx, a, func(p *account.Profile) error {
		p.Levels = maps.Clone(p.Levels)
		if p.Levels == nil {
			p.Levels = map[string]account.Level{}
		}
		p.Levels[kind] = l
		return nil
	})
}

func (a *ask) levelName(l account.Level) string {
	switch l {
	case account.Off:
		return a.S("alert.off")
	case account.Silent:
		return a.S("alert.silent")
	default:
		return a.S("alert.on")
	}
}

func alertsView(a *ask) chat.View {
	v := chat.View{Topic: "settings", Title: a.S("alert.title"), Footer: a.S("alert.footer")}
	menu := chat.Control{
		Label: a.S("alert.choose"), Param: "value",
		Action: chat.Action{Command: "settings", Args: chat.Args{"setting": "alerts"}},
	}
	for _, k := range alertKinds() {
		now := a.levelName(level(a.profile, rental.Event{Kind: k}))
		v.Body = append(v.Body, a.T("alert.line", "Kind", a.kindName(k), "Level", chat.B(now))...)
		v.Body = append(v.Body, chat.P("\n"))
		menu.Choices = append(menu.Choices, chat.Choice{Label: a.kindName(k), Value: string(k)})
	}
	v.Rows = [][]chat.Control{{menu}, {chat.Button(a.S("button.back"), "settings", nil)}}
	return v
}

func alertView(a *ask, k rental.EventKind) chat.View {
	now := level(a.profile, rental.Event{Kind: k})
	v := chat.View{
		Topic: "settings", Title: a.kindName(k),
		Body: a.T("alert.one", "Level", chat.B(a.levelName(now))),
	}
	var row []chat.Control
	for _, l := range []account.Level{account.On, account.Silent, account.Off} {
		row = append(row, chat.Button(a.levelName(l), "settings", chat.Args{"setting": "alerts", "value": string(k) + ":" + string(l)}))
	}
	v.Rows = [][]chat.Control{row, {chat.Button(a.S("button.back"), "settings", chat.Args{"setting": "alerts"})}}
	return v
}
