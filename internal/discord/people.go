package discord

import (
	"context"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// maxPeople bounds what is remembered of people; the rest is asked again.
const maxPeople = 50000

// people remembers what saves requests and carries hints.
type people struct {
	mu     sync.Mutex
	byUser map[string]*person
}

type person struct {
	channel string // of direct messages
	// webhook and until are where the person can be told something privately.
	webhook string
	until   time.Time
	locale  string
	closed  bool // refuses direct messages and does not know yet
	told    bool // was told so
}

func newPeople() *people { return &people{byUser: map[string]*person{}} }

// with calls f with the record of a user.
func (p *people) with(user string, f func(*person)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.byUser[user]
	if one == nil {
		for other := range p.byUser { // any one will do
			if len(p.byUser) < maxPeople {
				break
			}
			delete(p.byUser, other)
		}
		one = &person{}
		p.byUser[user] = one
	}
	f(one)
}

func (p *people) channel(user string) (id string) {
	p.with(user, func(one *person) { id = one.channel })
	return id
}

func (p *people) setChannel(user, id string) {
	p.with(user, func(one *person) { one.channel = id })
}

// restore takes over what earlier runs noted: the channels of users, and who was told.
func (p *people) restore(channels, told map[string][]byte) {
	for user, channel := range channels {
		if snowflake(string(channel)) {
			p.with(user, func(one *person) {
				if one.channel == "" {
					one.channel = string(channel)
				}
			})
		}
	}
	for user := range told {
		p.with(user, func(one *person) { one.told = true })
	}
}

// reached notes that a direct message arrived, and reports whether the user had been told that none
// does.
func (p *people) reached(user string) (told bool) {
	p.with(user, func(one *person) {
		told = one.told
		one.closed, one.told = false, false
	})
	return told
}

// noteReachable notes where the person of an interaction can be told more, once its first answer is
// given. Suggestions and forms are answers that nothing can follow.
func (f *Frontend) noteReachable(e *event, r response) {
	switch r.Type {
	case discordgo.InteractionApplicationCommandAutocompleteResult, discordgo.InteractionResponseModal:
	default:
		f.people.spoke(e.user, webhookOf(e.Interaction), string(e.Locale), e.arrived.Add(tokenLife))
	}
}

// spoke notes where a person can be answered, and until when.
func (p *people) spoke(user, webhook, locale string, until time.Time) {
	p.with(user, func(one *person) { one.webhook, one.locale, one.until = webhook, locale, until })
}

// refused notes that a person's direct messages are closed.
func (p *people) refused(user string) {
	p.with(user, func(one *person) { one.closed = !one.told })
}

// hint returns where, and in what language, to tell a person that direct messages are closed, once.
func (p *people) hint(user string, now time.Time) (webhook, locale string, ok bool) {
	p.with(user, func(one *person) {
		if one.closed && !one.told && now.Before(one.until) {
			one.closed, one.told = false, true
			webhook, locale, ok = one.webhook, one.locale, true
		}
	})
	return webhook, locale, ok
}

// untold notes that the hint did not arrive there; another interaction brings the next chance.
func (p *people) untold(user, webhook string) {
	p.with(user, func(one *person) {
		one.closed, one.told = true, false
		if one.webhook == webhook {
			one.until = time.Time{}
		}
	})
}

// closed notes that a user's direct messages are closed, and says so where the user asked for
// something just now. Otherwise it is said at the next command.
func (f *Frontend) closed(user string) {
	f.people.refused(user)
	f.task(func(ctx context.Context) { f.hint(ctx, user) })
}

func (f *Frontend) hint(ctx context.Context, user string) {
	webhook, locale, ok := f.people.hint(user, f.o.Now())
	if !ok {
		return
	}
	m := plain(f.phrases(locale).Closed).private(true)
	if err := f.rest.do(ctx, "POST", webhook, "", m, nil); err != nil {
		f.people.untold(user, webhook)
		f.o.Log.WarnContext(ctx, "cannot tell that direct messages are closed", "err", refusal(err))
		return
	}
	f.note(ctx, toldNote, user, nil, keepTold)
}

func webhookOf(in *discordgo.Interaction) string {
	return discordgo.EndpointWebhookToken(in.AppID, in.Token)
}
