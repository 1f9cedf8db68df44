package terminal

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// errLeave ends the session.
var errLeave = errors.New("leave")

// grace is how long a command in hand may go on after the context of Run ended.
const grace = 10 * time.Second

// handle does what a line says. next is a line to go on with, typed where an answer was
// expected.
func (t *Terminal) handle(ctx context.Context, typed string) (next string, err error) {
	line := strings.TrimSpace(chat.CleanLine(typed))
	if line == "" {
		return "", nil
	}
	if t.tty == nil && strings.HasPrefix(line, "#") {
		return "", t.echo(line, "")
	}
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case chat.RevealsKey(line): // before anything repeats it
	case word == "wait" && t.tty == nil:
		return "", errors.Join(t.echo(line, "> "), t.wait(ctx, strings.Fields(rest)))
	case word == "show" && chat.Find(t.dispatcher.Commands(), word) == nil:
		t.history.remember(line, true)
		return "", errors.Join(t.echo(line, "> "), t.showHidden(strings.TrimSpace(rest)))
	case (line == "exit" || line == "quit") && chat.Find(t.dispatcher.Commands(), line) == nil:
		return "", errLeave
	}
	return t.do(ctx, line)
}

// echo repeats a line in the transcript of a script; a real terminal has it already.
func (t *Terminal) echo(line, mark string) error {
	if t.tty != nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.printed([]row{{{mark + line, plain}}}, "")
}

// do presses the control or runs the command that the line names.
func (t *Terminal) do(ctx context.Context, line string) (next string, err error) {
	o := t.resolve(line)
	shown := line
	if o.secret {
		shown = t.options.Phrases.Hidden
	} else {
		t.history.remember(line, o.complaint == "")
	}
	if err := t.echo(shown, "> "); err != nil {
		return "", err
	}
	switch {
	case o.complaint != "":
		return "", t.say(o.complaint)
	case o.show:
		return "", t.reveal(o.from)
	case o.save:
		return "", t.save(o.from)
	default:
		return t.run(ctx, o)
	}
}

// run asks for what is missing and dispatches the command.
func (t *Terminal) run(ctx context.Context, o order) (next string, err error) {
	req := t.request(o.origin, o.command.Name, o.args)
	prompt := chat.NewPrompt(o.command, o.args, t.options.Now().Add(patience))
	if _, asked := prompt.Next(); asked {
		done, next, err := t.ask(ctx, prompt, req)
		if err != nil || !done {
			return next, err
		}
		req.Origin, req.Args, req.At = chat.Filled, prompt.Args(), t.options.Now()
	}
	return "", t.answer(t.dispatch(ctx, req), o.from)
}

// request makes the request of something that was just typed or pressed.
func (t *Terminal) request(origin chat.Origin, command string, args chat.Args) *chat.Request {
	t.mu.Lock()
	t.requests++
	id := fmt.Sprintf("terminal-%d-%d", t.started, t.requests)
	t.mu.Unlock()
	return &chat.Request{
		ID: id, Origin: origin, User: t.options.User, Chat: t.options.User.Direct(), Direct: true,
		Locale: t.options.Locale, Command: command, Args: args, At: t.options.Now(),
	}
}

// dispatch runs a command while the console shows that something is going on. When the
// session's context ends, the command has a little time left for its answer.
func (t *Terminal) dispatch(ctx context.Context, req *chat.Request) chat.Response {
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		late := time.AfterFunc(grace, cancel)
		context.AfterFunc(inner, func() { late.Stop() })
	})()
	var resp chat.Response
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				t.options.Log.Error("command panicked",
					"command", req.Command, "request", req.ID, "stack", string(debug.Stack()))
				resp = nil
			}
		}()
		resp = t.dispatcher.Dispatch(inner, req)
	}()
	interrupted := false
	t.console.attend(done, func() {
		interrupted = true
		cancel()
	})
	if interrupted && resp == nil {
		return chat.Notice{Text: t.options.Phrases.Cancelled}
	}
	return resp
}
