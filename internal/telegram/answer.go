package telegram

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"github.com/clorebot/clorebot/internal/chat"
)

// answerTime is how long an answer is tried to be delivered, over a cut network for example. The
// chat's next update waits meanwhile, and the one that is answered stays in the inbox.
const answerTime = time.Hour

// pressed runs the command of a button.
func (f *Frontend) pressed(ctx context.Context, q *models.CallbackQuery, p *press, id string, a arrival) {
	where := pressedIn(q)
	if where.Chat == 0 {
		where = place{Chat: q.From.ID}
	}
	in := f.incoming(&q.From, where, id, a.at)
	in.press = p
	if in.on, in.safe = pressedOn(q); in.from != where {
		in.on = 0 // it stayed in the old group
	}
	if f.tooLate(ctx, a, p) {
		f.late(ctx, in)
		return
	}
	if offered, ok := parseOffer(q.Data); ok {
		f.choose(ctx, in, offered)
		return
	}
	act, err := chat.DecodeAction(q.Data)
	c := chat.Find(f.dispatcher.Commands(), act.Command)
	if err != nil || c == nil || secretIn(c, act.Args) {
		f.notice(ctx, in, in.say.Stale, true)
		return
	}
	f.run(ctx, in, chat.Pressed, c, act.Args)
}

// run asks for what is missing, or dispatches the command and shows its answer.
func (f *Frontend) run(ctx context.Context, in *incoming, origin chat.Origin, c *chat.Command, args chat.Args) {
	if c.Private {
		in.directly()
	}
	if in.to != in.from {
		f.confide(ctx, in, origin, c, args)
		return
	}
	if f.asks(ctx, in, origin, c, args) {
		f.ask(ctx, in, c, args)
		return
	}
	f.undelivered(f.answer(ctx, in, in.request(origin, c.Name, args)))
}

// asks reports whether a value is asked for before the command is run. Whoever is not let in is
// refused, and gives away nothing.
func (f *Frontend) asks(ctx context.Context, in *incoming, origin chat.Origin, c *chat.Command, args chat.Args) bool {
	if len(c.Missing(args)) == 0 {
		return false
	}
	d, ok := f.dispatcher.(chat.Doorkeeper)
	return !ok || d.Admits(ctx, in.request(origin, c.Name, args))
}

// undelivered logs an answer that did not arrive.
func (f *Frontend) undelivered(err error) {
	if err != nil {
		f.log.Warn("an answer was not delivered", "err", err)
	}
}

// answer runs a command and shows what it answers. What an earlier run answered already is only
// shown, as far as it was not.
func (f *Frontend) answer(ctx context.Context, in *incoming, req *chat.Request) error {
	if !f.carryOut(ctx, in, req) {
		return ctx.Err()
	}
	return f.bring(ctx, in)
}

// carryOut runs a command, unless an earlier run did, and reports whether its answer is known.
func (f *Frontend) carryOut(ctx context.Context, in *incoming, req *chat.Request) bool {
	e := errandOf(ctx)
	if left := f.leftovers.of(req.ID); left.ran() {
		e.left = left
		return true
	}
	resp := f.dispatch(ctx, req, in)
	if ctx.Err() != nil {
		e.cut = true // it may have given up: the next start runs it again, under the same ID
		return false
	}
	if r, ok := resp.(chat.Reply); ok && req.Origin == chat.Filled && in.press != nil {
		r.Replace = true // of the question
		resp = r
	}
	e.answeredWith(resp)
	return true
}

// bring shows what is left of an answer.
func (f *Frontend) bring(ctx context.Context, in *incoming) error {
	e := errandOf(ctx)
	err := f.respond(ctx, in, e.left.again())
	e.left.Done = err == nil
	return err
}

// dispatch runs a command, showing that the bot types when it takes long.
func (f *Frontend) dispatch(ctx context.Context, req *chat.Request, in *incoming) (resp chat.Response) {
	defer f.typing(in)()
	defer func() {
		if r := recover(); r != nil {
			f.log.Error("command panicked", "command", req.Command, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			resp = chat.Notice{Text: in.say.Failed, Loud: true}
		}
	}()
	if resp = f.dispatcher.Dispatch(ctx, req); resp == nil {
		resp = chat.Notice{Text: in.say.Failed, Loud: true}
	}
	return resp
}

// typing tells the chat after a second that the bot is at it. The result ends that.
func (f *Frontend) typing(in *incoming) (stop func()) {
	to := in.to
	t := time.AfterFunc(time.Second, func() {
		ctx, cancel := context.WithTimeout(context.Background(), callTime)
		defer cancel()
		_, err := f.bot.SendChatAction(ctx, &bot.SendChatActionParams{
			ChatID: to.Chat, MessageThreadID: to.Thread, Action: models.ChatActionTyping,
		})
		if err != nil {
			f.log.Debug("no sign of typing", "err", err)
		}
	})
	return func() { t.Stop() }
}

// respond shows what a command answered.
func (f *Frontend) respond(ctx context.Context, in *incoming, resp chat.Response) error {
	switch r := resp.(type) {
	case chat.Reply:
		if in.press != nil && in.to == in.from {
			in.press.answer("", false)
		}
		return f.reply(ctx, in, r)
	case chat.Notice:
		if r.Text == "" || (in.press != nil && in.press.answer(r.Text, r.Loud)) {
			return nil
		}
		return f.reply(ctx, in, chat.Reply{View: textView(r.Text)})
	default:
		return nil
	}
}

func textView(text string) chat.View { return chat.View{Body: chat.Text{chat.P(text)}} }

// reply shows a view in place of the message whose button was pressed, or as a new message. What
// is to be protected cannot take the place of what is not.
func (f *Frontend) reply(ctx context.Context, in *incoming, r chat.Reply) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	l := letter{to: in.to, class: answers, patient: true, guest: in.to != in.from}
	if in.to.group() {
		l.reply = in.said
	}
	guarded := r.View.Guarded || r.View.Hides()
	if r.Replace && in.on != 0 && in.to == in.from && (!guarded || in.safe) {
		l.edit = in.on
		_, err := f.show(ctx, l, r.View, in.say)
		var failed *chat.SendError
		if !errors.As(err, &failed) || failed.Kind != chat.Rejected {
			return err
		}
		l.edit = 0 // gone or too old
	}
	_, err := f.show(ctx, l, r.View, in.say)
	return err
}

// tell sends a short text of our own.
func (f *Frontend) tell(ctx context.Context, to place, reply int, text string) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	l := letter{to: to, class: answers, patient: true}
	if to.group() {
		l.reply = reply
	}
	_, err := f.show(ctx, l, textView(text), English())
	f.undelivered(err)
}

// notice answers a press with a text, or says it in a message.
func (f *Frontend) notice(ctx context.Context, in *incoming, text string, loud bool) {
	f.undelivered(f.respond(ctx, in, chat.Notice{Text: text, Loud: loud}))
}
