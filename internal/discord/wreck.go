package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// wreck is an interaction that was acted on and not answered to the end.
type wreck struct {
	id uint64
	begun
}

// wrecks are those that are to be set right.
type wrecks struct {
	mu  sync.Mutex
	all []wreck
}

func (w *wrecks) add(all ...wreck) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, all...)
}

func (w *wrecks) take() []wreck {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

// findWrecks reads what earlier runs left. It is called before anything new is acted on.
func (f *Frontend) findWrecks(ctx context.Context) error {
	waiting, err := f.o.Store.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("what earlier runs left: %w", err)
	}
	for _, i := range waiting {
		w := wreck{id: i.ID}
		if err := json.Unmarshal(i.Raw, &w.begun); err != nil {
			f.settled(ctx, i.ID)
			continue
		}
		f.wrecks.add(w)
	}
	return nil
}

// mendPause is between two rounds of mending.
const mendPause = 30 * time.Second

// mendWrecks switches controls on again that a press has switched off and that nothing else has
// changed since, and ends "thinking…", until the context ends. What cannot be done now is tried
// again.
func (f *Frontend) mendWrecks(ctx context.Context) error {
	for {
		for _, w := range f.wrecks.take() {
			err := f.mend(ctx, w.begun)
			if err != nil && temporary(err) {
				f.wrecks.add(w)
				continue
			}
			if err != nil {
				f.o.Log.WarnContext(ctx, "what a crash left cannot be set right", "err", refusal(err))
			}
			f.settled(ctx, w.id)
		}
		if !sleep(ctx, mendPause) {
			return nil
		}
	}
}

// mend sets the message of one interaction right, if it is as the interaction has left it. Without
// the token, which lives for 15 minutes, a message that one person sees alone is out of reach.
func (f *Frontend) mend(ctx context.Context, b begun) error {
	hook := discordgo.EndpointWebhookToken(b.App, b.Token)
	told := plain(f.phrases(b.Locale).Interrupted).private(true)
	if f.o.Now().Before(b.At.Add(tokenLife)) {
		now, err := f.look(ctx, hook+"/messages/@original", "")
		switch {
		case err != nil && codeOf(err) != unknownWebhook && codeOf(err) != tokenOver:
			return err
		case err == nil && b.Controls == nil && now.Flags&discordgo.MessageFlagsLoading != 0:
			told.asChange()
			return f.rest.do(ctx, "PATCH", hook+"/messages/@original", "", told, nil)
		case err == nil && b.Controls != nil && now.off():
			if err := f.rest.do(ctx, "PATCH", hook+"/messages/@original", "", b.on(), nil); err != nil {
				return err
			}
			_ = f.persist(ctx, "POST", hook, told) // the controls are what matters
			return nil
		case err == nil:
			return nil // it was answered
		}
	}
	if b.Controls == nil || b.Hidden || !snowflake(b.Channel) || !snowflake(b.Message) {
		return nil
	}
	at, bucket := discordgo.EndpointChannelMessage(b.Channel, b.Message), discordgo.EndpointChannelMessage(b.Channel, "")
	if now, err := f.look(ctx, at, bucket); err != nil || !now.off() {
		return err
	}
	return f.rest.do(ctx, "PATCH", at, bucket, b.on(), nil)
}

// on is the change that switches the controls on.
func (b begun) on() any { return map[string]any{"components": b.Controls} }

// look reads how a message is now.
func (f *Frontend) look(ctx context.Context, at, bucket string) (now left, err error) {
	err = f.rest.do(ctx, "GET", at, bucket, nil, &now)
	return now, err
}

// left is how a message was left.
type left struct {
	Flags      discordgo.MessageFlags `json:"flags"`
	Components []struct {
		Components []struct {
			Style    discordgo.ButtonStyle `json:"style"`
			Disabled bool                  `json:"disabled"`
		} `json:"components"`
	} `json:"components"`
}

// off reports whether there are controls, and all are switched off.
func (l left) off() bool {
	some := false
	for _, r := range l.Components {
		for _, c := range r.Components {
			if c.Style == discordgo.LinkButton {
				continue
			}
			if some = true; !c.Disabled {
				return false
			}
		}
	}
	return some
}
