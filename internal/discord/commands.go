package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// Limits of commands.
const (
	maxCommands    = 100
	maxOptions     = 25
	maxSummary     = 100
	maxChoiceValue = 100
)

// slashCommand is a command as it is registered. Everything is sent, so that an older
// registration leaves nothing behind.
type slashCommand struct {
	Type             discordgo.ApplicationCommandType       `json:"type"`
	Name             string                                 `json:"name"`
	Names            map[string]string                      `json:"name_localizations"`
	Description      string                                 `json:"description"`
	Descriptions     map[string]string                      `json:"description_localizations"`
	Options          []slashOption                          `json:"options"`
	Contexts         []discordgo.InteractionContextType     `json:"contexts"`
	IntegrationTypes []discordgo.ApplicationIntegrationType `json:"integration_types"`
}

type slashOption struct {
	Type         discordgo.ApplicationCommandOptionType `json:"type"`
	Name         string                                 `json:"name"`
	Names        map[string]string                      `json:"name_localizations"`
	Description  string                                 `json:"description"`
	Descriptions map[string]string                      `json:"description_localizations"`
	Required     bool                                   `json:"required"`
	Autocomplete bool                                   `json:"autocomplete,omitempty"`
	Choices      []slashChoice                          `json:"choices,omitempty"`
}

type slashChoice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations"`
	Value string            `json:"value"`
}

// slashCommands returns the commands for Discord's menu: in servers, in direct messages, and
// wherever somebody uses the bot who has installed it for oneself.
func (o *Options) slashCommands(all []*chat.Command) []slashCommand {
	var out []slashCommand
	for _, c := range all {
		if c.Hidden || len(out) == maxCommands {
			continue
		}
		others := o.translations(c.Name)
		summary := func(c *chat.Command) string { return label(c.Summary, maxSummary) }
		out = append(out, slashCommand{
			Type: discordgo.ChatApplicationCommand, Name: c.Name, Description: summary(c),
			Names:        localized(others, c.Name, func(c *chat.Command) string { return c.ShownAs }, menuName),
			Descriptions: localized(others, summary(c), summary, anyText),
			Options:      append(options(c, others), o.share(c)...),
			Contexts: []discordgo.InteractionContextType{
				discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel,
			},
			IntegrationTypes: []discordgo.ApplicationIntegrationType{
				discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall,
			},
		})
	}
	return out
}

// options returns the parameters that can be given with the command. None is required: what
// misses is asked for, with more room to explain it. Secrets, and what forms are for, have none.
func options(c *chat.Command, others []translation) []slashOption {
	out := []slashOption{}
	for i, p := range c.Params {
		if p.Secret || p.FormOnly || len(out) == maxOptions {
			continue
		}
		summary := func(c *chat.Command) string { return label(c.Params[i].Summary, maxSummary) }
		o := slashOption{
			Type: discordgo.ApplicationCommandOptionString, Name: p.Name, Description: summary(c),
			Names:        localized(others, p.Name, func(c *chat.Command) string { return c.Params[i].ShownAs }, menuName),
			Descriptions: localized(others, summary(c), summary, anyText),
		}
		if p.Kind == chat.Number && len(p.Choices) == 0 {
			o.Type = discordgo.ApplicationCommandOptionNumber
		}
		if closed(p) {
			o.Choices = slashChoices(c, i, others)
		}
		o.Autocomplete = len(o.Choices) == 0 && (p.Complete != nil || len(p.Choices) > 0)
		out = append(out, o)
	}
	return out
}

func slashChoices(c *chat.Command, param int, others []translation) []slashChoice {
	var out []slashChoice
	for i, choice := range c.Params[param].Choices {
		name := func(c *chat.Command) string { return label(c.Params[param].Choices[i].Label, chat.MaxChoice) }
		out = append(out, slashChoice{name(c), localized(others, name(c), name, anyText), choice.Value})
	}
	return out
}

func anyText(string) bool { return true }

// closed reports whether a parameter takes one of few choices and nothing else.
func closed(p chat.Param) bool {
	if p.Complete != nil || p.Parse != nil || len(p.Choices) == 0 || len(p.Choices) > chat.MaxChoices {
		return false
	}
	for _, c := range p.Choices {
		if c.Value == "" || chat.Units(c.Value) > maxChoiceValue {
			return false
		}
	}
	return true
}

// suggest completes the option that is being typed.
func (f *Frontend) suggest(
	ctx context.Context, e *event, c *chat.Command, given []*discordgo.ApplicationCommandInteractionDataOption,
) []*discordgo.ApplicationCommandOptionChoice {
	out := []*discordgo.ApplicationCommandOptionChoice{}
	for _, o := range given {
		p := c.Param(o.Name)
		if !o.Focused || p == nil || p.Secret || p.FormOnly {
			continue
		}
		args := optionArgs(c, given)
		typed := args[p.Name]
		delete(args, p.Name)
		choices := f.dispatcher.Complete(ctx, e.request(c, args, chat.Typed, f.o.Now()), p.Name, typed)
		if p.Complete == nil {
			choices = matching(p.Choices, typed)
		}
		for _, choice := range choices {
			if value, ok := choiceValue(*p, choice); ok && len(out) < chat.MaxChoices {
				out = append(out, &discordgo.ApplicationCommandOptionChoice{Name: label(choice.Label, chat.MaxChoice), Value: value})
			}
		}
	}
	return out
}

func matching(all []chat.Choice, typed string) []chat.Choice {
	var out []chat.Choice
	for _, c := range all {
		if strings.Contains(strings.ToLower(c.Label+" "+c.Value), strings.ToLower(typed)) {
			out = append(out, c)
		}
	}
	return out
}

// choiceValue returns a value in the type of the option.
func choiceValue(p chat.Param, c chat.Choice) (any, bool) {
	if p.Kind == chat.Number && len(p.Choices) == 0 {
		n, err := strconv.ParseFloat(c.Value, 64)
		return n, err == nil
	}
	return c.Value, c.Value != "" && chat.Units(c.Value) <= maxChoiceValue
}

// register makes Discord know the commands: in one request, and only if it does not already. A
// failure does not stop the bot, for Discord has those of before; it is tried again.
func (f *Frontend) register(ctx context.Context) error {
	const longest = 10 * time.Minute
	for pause := 2 * time.Second; ; pause = min(2*pause, longest) {
		err := f.registerOnce(ctx)
		if err == nil || ctx.Err() != nil {
			return nil //nolint:nilerr // stopping is no failure
		}
		if errors.Is(err, ErrToken) {
			return err
		}
		f.o.Log.WarnContext(ctx, "commands are not registered yet", "err", err)
		if limit, ok := errors.AsType[*rateLimited](err); ok {
			pause = max(pause, limit.wait)
		}
		if !sleep(ctx, pause+rand.N(time.Second)) {
			return nil
		}
	}
}

func (f *Frontend) registerOnce(ctx context.Context) error {
	application, err := f.application(ctx)
	if err != nil {
		return err
	}
	all := f.o.slashCommands(f.dispatcher.Commands())
	body, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("encode commands: %w", err)
	}
	sum := sha256.Sum256(append([]byte(application+"\n"), body...))
	fingerprint := hex.EncodeToString(sum[:])
	if known, err := f.o.Store.Registered(ctx); err != nil {
		return fmt.Errorf("registered commands: %w", err)
	} else if known == fingerprint {
		return nil
	}
	endpoint := discordgo.EndpointApplicationGlobalCommands(application)
	if err := f.rest.do(ctx, http.MethodPut, endpoint, endpoint, json.RawMessage(body), nil); err != nil {
		return f.refused(err)
	}
	f.o.Log.InfoContext(ctx, "commands registered", "commands", len(all))
	return f.o.Store.SetRegistered(ctx, fingerprint)
}

// application returns the ID of the application that the token belongs to.
func (f *Frontend) application(ctx context.Context) (string, error) {
	if f.o.ApplicationID != "" {
		return f.o.ApplicationID, nil
	}
	own, err := f.own(ctx)
	if err != nil {
		return "", err
	}
	return own.ID, nil
}

// refused turns a refused token into the error that ends Run.
func (f *Frontend) refused(err error) error {
	if errors.Is(err, ErrToken) || tokenRefused(err) {
		f.rest.refused.Store(true)
		f.fail(ErrToken)
		return ErrToken
	}
	return refusal(err)
}

// sleep waits, and reports false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
