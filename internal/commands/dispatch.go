package commands

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"

	"github.com/clorebot/clorebot/internal/account"
	"github.com/clorebot/clorebot/internal/chat"
)

// Dispatch implements [chat.Dispatcher].
func (c *Commands) Dispatch(ctx context.Context, req *chat.Request) (resp chat.Response) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("command panicked", "command", req.Command, "panic", p, "stack", string(debug.Stack()))
			resp = c.unforeseen(c.ask(req, account.Profile{}), errPanic)
		}
	}()
	resp, err := c.answer(ctx, req)
	if err != nil {
		return c.explain(ctx, req, err)
	}
	if resp == nil {
		return chat.Notice{}
	}
	return resp
}

// errPanic stands for a panic, whose details are in the log already.
var errPanic = errors.New("a command panicked")

func (c *Commands) answer(ctx context.Context, req *chat.Request) (chat.Response, error) {
	cmd := c.byName[strings.ToLower(req.Command)]
	if err := c.admit(ctx, req, cmd); err != nil {
		return nil, err
	}
	c.wake(ctx, req)
	if cmd == nil {
		return nil, &chat.UnknownCommandError{Name: req.Command}
	}
	checked := *req
	args, err := check(cmd, req)
	if err != nil {
		return nil, err
	}
	checked.Command, checked.Args = cmd.Name, args
	return cmd.Run(ctx, &checked)
}

// wake lets alerts flow again to somebody who was heard from.
func (c *Commands) wake(ctx context.Context, req *chat.Request) {
	for _, address := range []chat.Address{req.User.Direct(), req.Chat} {
		if address != req.User.Direct() && !req.Direct {
			continue // a group's chat: alerts do not go there
		}
		if err := c.Waker.Wake(ctx, address); err != nil {
			c.Log.WarnContext(ctx, "cannot wake address", "address", address.Platform, "error", err)
		}
	}
}

// check returns the arguments in their normal form. What the command does not know is dropped:
// it comes from outside. A secret must have come by a form.
func check(cmd *chat.Command, req *chat.Request) (chat.Args, error) {
	args := chat.Args{}
	for _, p := range cmd.Params {
		value, given := req.Args[p.Name]
		if !given {
			continue
		}
		if p.Secret && req.Origin != chat.Filled {
			return nil, &chat.ArgError{Param: p.Name, Reason: chat.SecretTyped}
		}
		normal, err := p.Accept(value)
		if err != nil {
			return nil, err
		}
		args[p.Name] = normal
	}
	if missing := cmd.Missing(args); len(missing) > 0 {
		return nil, &chat.ArgError{Param: missing[0].Name, Reason: chat.Empty}
	}
	return args, nil
}

// Complete implements [chat.Dispatcher].
func (c *Commands) Complete(ctx context.Context, req *chat.Request, param, typed string) []chat.Choice {
	cmd := c.byName[req.Command]
	if cmd == nil || len(typed) > chat.MaxLine {
		return nil
	}
	p := cmd.Param(param)
	if p == nil || p.Complete == nil || c.admit(ctx, req, cmd) != nil {
		return nil
	}
	choices, err := p.Complete(ctx, req, typed)
	if err != nil {
		c.Log.DebugContext(ctx, "no completion", "command", req.Command, "error", err)
		return nil
	}
	return choices[:min(len(choices), 25)]
}
