package discord

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// begun is what is written down of an interaction before it is acted on: enough to set right what a
// crash leaves, and nothing of what was typed.
type begun struct {
	App      string          `json:"app"`
	Token    string          `json:"token"`
	Locale   string          `json:"locale"`
	At       time.Time       `json:"at"`
	Channel  string          `json:"channel,omitempty"`
	Message  string          `json:"message,omitempty"`  // whose controls are switched off meanwhile
	Hidden   bool            `json:"hidden,omitempty"`   // the message is seen by one person alone
	Controls json.RawMessage `json:"controls,omitempty"` // of the message, as they were
}

// admitTime is how long writing an interaction down may take: it has to be answered in time.
const admitTime = time.Second

// admit writes down that the bot begins to act. It reports false for an interaction that was acted
// on already, by this process or one before it. When it cannot be written down it is acted on all
// the same: what spends money cannot go on then, and the rest does no harm when it is repeated.
func (a *answer) admit(ctx context.Context) bool {
	id, err := strconv.ParseUint(a.e.ID, 10, 64)
	if err != nil {
		return false
	}
	a.record = a.begun()
	raw, err := json.Marshal(a.record)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, admitTime)
	defer cancel()
	fresh, err := a.f.o.Store.Admit(ctx, Interaction{ID: id, Raw: raw})
	if err != nil {
		a.f.o.Log.WarnContext(ctx, "an interaction could not be written down", "err", err)
		return true
	}
	return fresh
}

func (a *answer) begun() begun {
	b := begun{App: a.e.AppID, Token: a.e.Token, Locale: string(a.e.Locale), At: a.f.o.Now()}
	if a.inPlace() {
		b.Channel, b.Message, b.Hidden = a.e.ChannelID, a.e.Message.ID, a.e.Message.Flags&discordgo.MessageFlagsEphemeral != 0
		b.Controls, _ = json.Marshal(a.f.presses.controls(a.e))
	}
	return b
}

// settle forgets an interaction that was answered. One that was not is set right later, by this
// process or the next.
func (a *answer) settle(ctx context.Context) {
	id, err := strconv.ParseUint(a.e.ID, 10, 64)
	if err != nil {
		return
	}
	if a.wrecked {
		a.f.wrecks.add(wreck{id, a.record})
		return
	}
	a.f.settled(ctx, id)
}

func (f *Frontend) settled(ctx context.Context, id uint64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := f.o.Store.Answered(ctx, id); err != nil {
		f.o.Log.WarnContext(ctx, "an answered interaction stays written down", "err", err)
	}
}
