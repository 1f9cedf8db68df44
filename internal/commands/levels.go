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

// alertKind is a kind of events whose loudness can be set, and the text that names it.
type alertKind struct {
	kind rental.EventKind
	text string
}

// alertKinds are all of them, in the order in which they are listed.
func alertKinds() []alertKind {
	return []alertKind{
		{rental.IsReady, "alert.kind.ready"},
		{rental.Slow, "alert.kind.slow"},
		{rental.Stuck, "alert.kind.stuck"},
		{rental.Unreachable, "alert.kind.unreachable"},
		{rental.Back, "alert.kind.back"},
		{rental.StopDue, "alert.kind.stop_due"},
		{rental.HasEnded, "alert.kind.ended"},
		{rental.NotPlaced, "alert.kind.not_placed"},
		{rental.NotFound, "alert.kind.not_found"},
		{rental.CancelLingers, "alert.kind.lingers"},
		{rental.Foreign, "alert.kind.foreign"},
		{rental.Outbid, "alert.kind.outbid"},
		{rental.Leading, "alert.kind.leading"},
		{rental.BidStuck, "alert.kind.bid_stuck"},
		{rental.Dearer, "alert.kind.dearer"},
		{rental.RunwayShort, "alert.kind.runway"},
		{rental.LimitNear, "alert.kind.limit"},
		{rental.KeyRejected, "alert.kind.key"},
		{rental.CloreDown, "alert.kind.clore"},
		{rental.BoughtOne, "alert.kind.bought"},
		{rental.MandateOver, "alert.kind.mandate_over"},
		{rental.WatchHit, "alert.kind.watch"},
		{rental.WatchOver, "alert.kind.watch_over"},
	}
}

// kindName says what an alert is about.
func (a *ask) kindName(k rental.EventKind) string {
	for _, one := range alertKinds() {
		if one.kind == k {
			return a.S(one.text)
		}
	}
	return string(k)
}

// level returns how loudly a user wants an event: good news is quiet by default, money is loud.
func level(p account.Profile, e rental.Event) account.Level {
	if l, set := p.Levels[string(e.Kind)]; set {
		return l
	}
	switch {
	case e.Kind == rental.Slow, e.Kind == rental.Back, e.Kind == rental.WatchOver, e.Kind == rental.Leading, e.Kind == rental.CloreDown:
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

// silent reports whether an event makes no sound at a moment.
func silent(p account.Profile, e rental.Event, now time.Time) bool {
	if quiet(p, now) {
		return level(p, e) == account.Silent || !critical(e)
	}
	if _, set := p.Levels[string(e.Kind)]; e.Kind == rental.BoughtOne && !set && e.Rental != nil && e.Rental.Stage == rental.Ready {
		return level(p, rental.Event{Kind: rental.IsReady}) == account.On // that it answers rings by itself
	}
	return level(p, e) == account.Silent
}

// critical reports whether an event rings in quiet hours: money is spent or lost while its user
// sleeps, or somebody else is at work on the account.
func critical(e rental.Event) bool {
	switch e.Kind {
	case rental.Dearer, rental.KeyRejected, rental.Foreign, rental.BoughtOne, rental.Outbid: // what was in the container is gone
		return true
	case rental.RunwayShort:
		return e.Runway <= time.Hour
	case rental.MandateOver:
		return e.Mandate != nil && e.Mandate.Spent() > 0 // tries that came to nothing cost money, too
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
	for _, one := range alertKinds() {
		if string(one.kind) != name {
			continue
		}
		if !set {
			return a.show(alertView(a, one.kind))
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
	for _, one := range alertKinds() {
		name, now := a.S(one.text), a.levelName(level(a.profile, rental.Event{Kind: one.kind}))
		v.Body = append(v.Body, a.T("alert.line", "Kind", name, "Level", chat.B(now))...)
		v.Body = append(v.Body, chat.P("\n"))
		menu.Choices = append(menu.Choices, chat.Choice{Label: name, Value: string(one.kind)})
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
