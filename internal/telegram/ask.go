package telegram

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// ask begins to ask for what a command misses.
func (f *Frontend) ask(ctx context.Context, in *incoming, c *chat.Command, args chat.Args) {
	if in.press != nil {
		in.press.answer("", false)
	}
	f.undelivered(f.begin(ctx, in, c, args))
}

// begin puts the first question, where the answer is to go.
func (f *Frontend) begin(ctx context.Context, in *incoming, c *chat.Command, args chat.Args) error {
	deadline := f.o.Now().Add(promptTime)
	return f.question(ctx, in, &prompt{
		Prompt: chat.NewPrompt(c, args, deadline), ID: newPromptID(), User: in.user,
		At: in.to, Origin: in.from, Expires: deadline,
	}, 0)
}

// question puts the next question, in place of the message edit or as a new message.
func (f *Frontend) question(ctx context.Context, in *incoming, p *prompt, edit int) error {
	param, _ := p.Next()
	p.Offers = f.offers(ctx, in, p, param)
	summary := param.Summary
	if summary == "" {
		summary = param.Name
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	l := letter{to: p.At, edit: edit, class: answers, patient: true}
	l.body = f.fold(chat.View{Body: chat.Text{chat.B(summary)}}, in.say).covered
	if l.body.Markup = p.keyboard(in.say); p.At.group() && len(p.Offers) == 0 {
		// In a group the bot sees only what answers it.
		if l.reply = in.said; l.reply == 0 {
			l.reply = p.Said // a button was pressed
		}
		if p.Said = l.reply; l.reply == 0 {
			l.body.HTML = in.mention() + l.body.HTML
		}
		// Selective means whoever wrote the message that is answered, or is mentioned.
		l.force = &models.ForceReply{ForceReply: true, Selective: true, InputFieldPlaceholder: cut(in.say.Answer, 64)}
		l.edit = 0
	}
	id, err := f.post(ctx, &l)
	var failed *chat.SendError
	if errors.As(err, &failed) && failed.Kind == chat.Rejected && l.edit != 0 {
		l.edit = 0 // gone or too old
		id, err = f.post(ctx, &l)
	}
	if err != nil {
		return err
	}
	p.Question, p.Used = id, in.id
	if err := f.prompts.save(ctx, p); err != nil {
		f.log.Warn("a question will not survive a restart", "err", err)
	}
	return nil
}

// offers returns the values to choose from.
func (f *Frontend) offers(ctx context.Context, in *incoming, p *prompt, param chat.Param) []chat.Choice {
	offered := param.Choices
	if len(offered) == 0 && param.Complete != nil && !param.Secret {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		req := in.request(chat.Filled, p.Command().Name, p.Args())
		offered = f.complete(ctx, req, param.Name)
	}
	return offered[:min(len(offered), chat.MaxChoices)]
}

// complete returns the values for a parameter, none when its command fails: the question can be
// answered in writing.
func (f *Frontend) complete(ctx context.Context, req *chat.Request, param string) (offered []chat.Choice) {
	defer func() {
		if r := recover(); r != nil {
			f.log.Error("completion panicked", "command", req.Command, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			offered = nil
		}
	}()
	return f.dispatcher.Complete(ctx, req, param, "")
}

// keyboard offers the values, and a way out.
func (p *prompt) keyboard(say Phrases) *models.InlineKeyboardMarkup {
	var buttons []models.InlineKeyboardButton
	for i, o := range p.Offers {
		buttons = append(buttons, models.InlineKeyboardButton{
			Text: label(o.Label), CallbackData: offer{p.ID, strconv.Itoa(i)}.String(),
		})
	}
	rows := append(grid(buttons), []models.InlineKeyboardButton{
		{Text: label(say.Leave), CallbackData: offer{prompt: p.ID}.String()},
	})
	return &models.InlineKeyboardMarkup{InlineKeyboard: rows}
}

// choose takes a pressed button under a question.
func (f *Frontend) choose(ctx context.Context, in *incoming, o offer) {
	p := f.prompts.of(in.user, in.from)
	if p != nil && p.Used == in.id {
		return // it asked this question already, in an earlier run
	}
	if p == nil || p.ID != o.prompt {
		text := in.say.Closed
		if !in.private() {
			text = in.say.NotOurs
		}
		f.notice(ctx, in, text, false)
		return
	}
	if o.value == "" {
		f.abandon(ctx, in, p)
		return
	}
	i, err := strconv.Atoi(o.value)
	if err != nil || i < 0 || i >= len(p.Offers) {
		f.notice(ctx, in, in.say.Stale, true)
		return
	}
	f.fill(ctx, in, p, p.Offers[i].Value)
}

// abandon leaves a question.
func (f *Frontend) abandon(ctx context.Context, in *incoming, p *prompt) {
	f.prompts.drop(ctx, p)
	if in.press != nil {
		in.press.answer("", false)
	}
	f.undelivered(f.reply(ctx, in, chat.Reply{View: textView(in.say.Abandoned), Replace: true}))
}

// fill takes the answer to a question.
func (f *Frontend) fill(ctx context.Context, in *incoming, p *prompt, text string) {
	param, _ := p.Next()
	switch {
	case in.press != nil:
	case param.Secret && f.leftovers.of(in.id) != nil: // deleted before a restart
	case param.Secret:
		f.deleteSecret(ctx, in)
	case in.erasing != nil, chat.RevealsKey(text):
		f.leak(ctx, in) // the question stays
		return
	}
	if p.Expired(in.at) {
		f.prompts.drop(ctx, p)
		f.notice(ctx, in, in.say.Expired, true)
		return
	}
	// The question stays as it is until the next one is asked or the command was answered, so that
	// an update that is handled again after a kill or a failure finds what it answers.
	next := p.fork()
	if err := next.Answer(text); err != nil {
		f.refused(ctx, in, err)
		return
	}
	if _, more := next.Next(); more {
		if in.press != nil {
			in.press.answer("", false)
		}
		next.ID = newPromptID() // the buttons of the last question are no more
		f.undelivered(f.question(ctx, in, next, in.on))
		return
	}
	f.filled(ctx, in, next)
	if !errandOf(ctx).cut {
		f.prompts.drop(ctx, p)
	}
}

// filled runs the command whose questions are answered. The answer takes the place of a question
// that was answered by a button.
func (f *Frontend) filled(ctx context.Context, in *incoming, p *prompt) {
	req := in.request(chat.Filled, p.Command().Name, p.Args())
	if p.Origin.group() {
		req.Space = decimal64(f.moves.current(p.Origin.Chat))
	}
	f.undelivered(f.answer(ctx, in, req))
}

// refused says what is wrong with an answer; the question stays.
func (f *Frontend) refused(ctx context.Context, in *incoming, err error) {
	text := err.Error()
	if errors.Is(err, chat.ErrLineTooLong) {
		text = in.say.TooLong
	}
	f.notice(ctx, in, text, true)
}
