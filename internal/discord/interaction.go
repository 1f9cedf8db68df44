package discord

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/clorebot/clorebot/internal/chat"
)

// event is an interaction: something that a person did.
type event struct {
	*discordgo.Interaction
	user    string
	arrived time.Time
	shared  bool // the answer was asked for to be seen by everybody
	// first gives the first answer, which must come within three seconds.
	first func(context.Context, response) error
	// drop says, with a status of HTTP, that there will be no answer.
	drop func(status int)
}

// response is the body of a first answer.
type response struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

// arrive takes an interaction that came by the gateway.
func (f *Frontend) arrive(in *discordgo.Interaction) {
	f.handle(&event{
		Interaction: in, drop: func(int) {},
		first: func(ctx context.Context, r response) error {
			return f.rest.do(ctx, "POST", discordgo.EndpointInteractionResponse(in.ID, in.Token), "", r, nil)
		},
	})
}

// handle takes an interaction. It returns at once; what it starts goes on by itself.
func (f *Frontend) handle(e *event) {
	defer f.recovered()
	in := e.Interaction
	e.user, e.arrived = userOf(in), time.Now()
	if !snowflake(in.ID) || e.user == "" || in.Data == nil {
		e.drop(http.StatusBadRequest) // no interaction of a person
		return
	}
	if !f.seen.put(in.ID, struct{}{}) {
		e.drop(http.StatusConflict) // Discord repeats some after a resume
		return
	}
	defer func() {
		if p := recover(); p != nil {
			f.logPanic("interaction", p)
			f.notify(e, f.phrases(string(in.Locale)).Failed)
		}
	}()
	switch in.Type {
	case discordgo.InteractionApplicationCommand:
		f.typed(e)
	case discordgo.InteractionApplicationCommandAutocomplete:
		f.task(func(ctx context.Context) { f.complete(ctx, e) })
	case discordgo.InteractionMessageComponent:
		f.pressed(e)
	case discordgo.InteractionModalSubmit:
		f.filled(e)
	default:
		e.drop(http.StatusBadRequest)
	}
}

func userOf(in *discordgo.Interaction) string {
	switch {
	case in.User != nil && snowflake(in.User.ID):
		return in.User.ID
	case in.Member != nil && in.Member.User != nil && snowflake(in.Member.User.ID):
		return in.Member.User.ID
	default:
		return ""
	}
}

// direct reports whether nobody but the person and the bot read the channel.
func (e *event) direct() bool {
	return e.Context == discordgo.InteractionContextBotDM && e.GuildID == "" && e.User != nil
}

// hiddenSource reports whether the message whose control was used is seen by one person alone.
func (e *event) hiddenSource() bool {
	return e.Message != nil && (e.direct() || e.Message.Flags&discordgo.MessageFlagsEphemeral != 0)
}

// foreign reports whether the control belongs to somebody else's message.
func (e *event) foreign() bool {
	if e.Message == nil || e.hiddenSource() {
		return false
	}
	if m := e.Message.InteractionMetadata; m != nil && m.User != nil {
		return m.User.ID != e.user
	}
	if m := e.Message.Interaction; m != nil && m.User != nil {
		return m.User.ID != e.user
	}
	return false
}

// request returns what is passed to the dispatcher. What is answered to the asker alone counts
// as said in private.
func (e *event) request(c *chat.Command, args chat.Args, origin chat.Origin, at time.Time) *chat.Request {
	user := chat.User{Platform: chat.Discord, ID: e.user}
	req := &chat.Request{
		ID: e.ID, Origin: origin, User: user, Chat: user.Direct(), Direct: true, Space: e.GuildID,
		Locale: string(e.Locale), Command: c.Name, Args: args, At: at,
	}
	if !e.direct() && !e.alone(c) {
		req.Chat, req.Direct = chat.Address{Platform: chat.Discord, ChatID: e.ChannelID}, false
	}
	return req
}

// alone reports whether an answer outside of direct messages must be shown to the asker alone: all
// but what was asked for to be shared, and what comes from the controls of that.
func (e *event) alone(c *chat.Command) bool {
	switch {
	case e.direct():
		return false
	case c.Private || e.hiddenSource():
		return true
	default:
		return e.Message == nil && !e.shared
	}
}

// typed handles a slash command.
func (f *Frontend) typed(e *event) {
	data := e.ApplicationCommandData()
	c := chat.Find(f.dispatcher.Commands(), data.Name)
	if c == nil {
		f.notify(e, f.phrases(string(e.Locale)).Unknown)
		return
	}
	e.shared = shared(c, data.Options)
	args, err := c.Accept(optionArgs(c, data.Options))
	if err != nil {
		f.admitted(e, c, func(context.Context) { f.notify(e, err.Error()) })
		return
	}
	if len(c.Missing(args)) > 0 {
		f.admitted(e, c, func(ctx context.Context) { f.ask(ctx, e, c, args, nil) })
		return
	}
	f.run(e, c, args, chat.Typed, false)
}

// optionArgs returns the options that the command has. Secrets and what only forms take are not
// among them: they have no option, and one that comes by a forged command is not taken.
func optionArgs(c *chat.Command, options []*discordgo.ApplicationCommandInteractionDataOption) chat.Args {
	args := chat.Args{}
	for _, o := range options {
		if p := c.Param(o.Name); p != nil && !p.Secret && !p.FormOnly {
			if text := optionText(o.Value); text != "" {
				args[p.Name] = text
			}
		}
	}
	return args
}

func optionText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

// run dispatches a request when those before it of the same person are done, and answers it. It
// is prompted when the message whose control was used did no more than ask for a value.
func (f *Frontend) run(e *event, c *chat.Command, args chat.Args, origin chat.Origin, prompted bool) {
	before, done, ok := f.turns.next(e.user)
	if !ok {
		f.notify(e, f.phrases(string(e.Locale)).Busy)
		return
	}
	a := &answer{f: f, e: e, private: e.alone(c), prompted: prompted}
	f.task(func(ctx context.Context) {
		defer done()
		ctx, cancel := context.WithDeadline(ctx, e.arrived.Add(tokenLife))
		defer cancel()
		admitted := a.admit(ctx)
		begun := admitted && a.begin(ctx)
		if !admitted {
			e.drop(http.StatusConflict)
		}
		if before != nil {
			<-before // the next one may not overtake it, whatever becomes of this one
		}
		if admitted {
			defer a.settle(ctx)
		}
		if !begun {
			return
		}
		defer a.release()
		req := e.request(c, args, origin, f.o.Now())
		resp := f.dispatch(ctx, req)
		if resp == (chat.Notice{}) && !f.admits(ctx, req) {
			resp = chat.Notice{Text: f.phrases(req.Locale).Private} // strangers are told more once an hour
		}
		a.finish(ctx, resp)
		f.hint(ctx, e.user)
	})
}

func (f *Frontend) dispatch(ctx context.Context, req *chat.Request) (resp chat.Response) {
	defer func() {
		if p := recover(); p != nil {
			f.logPanic("/"+req.Command, p)
			resp = chat.Notice{Text: f.phrases(req.Locale).Failed, Loud: true}
		}
	}()
	return f.dispatcher.Dispatch(ctx, req)
}

// notify answers with a text that only the asker sees, without any work before.
func (f *Frontend) notify(e *event, text string) {
	f.task(func(ctx context.Context) {
		f.respond(ctx, e, discordgo.InteractionResponseChannelMessageWithSource, plain(text).private(true))
	})
}

// respond gives a first answer that nothing follows.
func (f *Frontend) respond(ctx context.Context, e *event, kind discordgo.InteractionResponseType, data any) {
	if err := f.open(ctx, e, response{kind, data}); err != nil {
		f.o.Log.WarnContext(ctx, "interaction not answered", "type", kind, "err", refusal(err))
	}
}

// complete suggests values while somebody types. It cannot be deferred, and late is useless.
func (f *Frontend) complete(ctx context.Context, e *event) {
	ctx, cancel := context.WithDeadline(ctx, e.arrived.Add(answerTime))
	defer cancel()
	data := e.ApplicationCommandData()
	choices := []*discordgo.ApplicationCommandOptionChoice{}
	if c := chat.Find(f.dispatcher.Commands(), data.Name); c != nil {
		choices = f.suggestSafely(ctx, e, c, data.Options)
	}
	f.respond(ctx, e, discordgo.InteractionApplicationCommandAutocompleteResult, map[string]any{"choices": choices})
}

// suggestSafely suggests nothing where suggesting panics.
func (f *Frontend) suggestSafely(
	ctx context.Context, e *event, c *chat.Command, given []*discordgo.ApplicationCommandInteractionDataOption,
) (choices []*discordgo.ApplicationCommandOptionChoice) {
	defer func() {
		if p := recover(); p != nil {
			f.logPanic("suggestions of /"+c.Name, p)
			choices = []*discordgo.ApplicationCommandOptionChoice{}
		}
	}()
	return f.suggest(ctx, e, c, given)
}
