package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/clorebot/clorebot/internal/chat"
	"github.com/clorebot/clorebot/internal/notify"
	"github.com/clorebot/clorebot/internal/rental"
)

var _ notify.Digester = (*Commands)(nil)

// maxDigestLine is the most characters of an alert among others: 25 of them fit into a message.
const maxDigestLine = 140

// Digest implements [notify.Digester]: the titles of several alerts of a kind in one message, as
// loud as the loudest, with a menu of the rentals that they are about.
func (c *Commands) Digest(ctx context.Context, to chat.Address, all []rental.Event) (chat.View, error) {
	v := chat.View{Topic: "digest", Silent: true, Tone: chat.Muted}
	var shown []chat.View
	var menu []chat.Choice
	for _, e := range all {
		one, err := c.Render(ctx, to, e)
		if errors.Is(err, notify.ErrSkip) {
			continue
		}
		if err != nil {
			return chat.View{}, err
		}
		shown = append(shown, one)
		v.Silent = v.Silent && one.Silent
		v.Tone = louder(v.Tone, one.Tone)
		if v.Body != nil {
			v.Body = append(v.Body, chat.P("\n"))
		}
		v.Body = append(v.Body, chat.P("• "+clip(headline(one), maxDigestLine)))
		if e.Rental != nil {
			id := orderText(e.Rental.Order.ID)
			if !slices.ContainsFunc(menu, func(o chat.Choice) bool { return o.Value == id }) {
				menu = append(menu, chat.Choice{Label: clip(orderName(e.Rental), chat.MaxLabel), Value: id})
			}
		}
	}
	switch len(shown) {
	case 0:
		return chat.View{}, notify.ErrSkip
	case 1:
		return shown[0], nil
	}
	profile, err := c.Profiles.Profile(ctx, all[0].User)
	if err != nil {
		return chat.View{}, err
	}
	a := c.ask(&chat.Request{User: all[0].User, Chat: to}, profile)
	v.Title = a.S("digest.title", "Count", len(shown), "Kind", a.kindName(all[0].Kind))
	v.Rows = a.digestRows(all[0].Kind, menu)
	return v, nil
}

// digestRows lead to what the alerts are about.
func (a *ask) digestRows(k rental.EventKind, menu []chat.Choice) [][]chat.Control {
	if len(menu) == 0 {
		if k == rental.WatchHit || k == rental.WatchOver {
			return [][]chat.Control{{fresh(chat.Button(a.S("button.watches"), "watch", nil))}}
		}
		return nil
	}
	pick := fresh(chat.Control{Label: a.S("button.details"), Action: chat.Action{Command: "order"}, Param: "order"})
	pick.Choices = menu[:min(len(menu), chat.MaxChoices)]
	return [][]chat.Control{{pick}, {fresh(chat.Button(a.S("button.orders"), "orders", nil))}}
}

// headline is what a view says in one line.
func headline(v chat.View) string {
	if v.Title != "" {
		return v.Title
	}
	var b strings.Builder
	for _, s := range v.Body {
		b.WriteString(s.Text)
	}
	line, _, _ := strings.Cut(b.String(), "\n")
	return line
}

// louder returns the tone that asks for more attention.
func louder(a, b chat.Tone) chat.Tone {
	order := []chat.Tone{chat.Muted, chat.Neutral, chat.Good, chat.Warning, chat.Danger}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}
