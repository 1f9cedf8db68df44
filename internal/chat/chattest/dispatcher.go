package chattest

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/clorebot/clorebot/internal/chat"
)

// Dispatcher runs the given commands and records the requests. Unlike the real one it does not
// catch panics, so that tests can see what a front-end makes of one.
type Dispatcher struct {
	commands []*chat.Command

	mu       sync.Mutex
	requests []chat.Request
}

// NewDispatcher returns a dispatcher of these commands.
func NewDispatcher(commands ...*chat.Command) *Dispatcher { return &Dispatcher{commands: commands} }

// Commands implements [chat.Dispatcher].
func (d *Dispatcher) Commands() []*chat.Command { return d.commands }

// Dispatch implements [chat.Dispatcher]. An unknown command and an error become notices.
func (d *Dispatcher) Dispatch(ctx context.Context, req *chat.Request) chat.Response {
	copied := *req
	copied.Args = maps.Clone(req.Args)
	d.mu.Lock()
	d.requests = append(d.requests, copied)
	d.mu.Unlock()
	c := chat.Find(d.commands, req.Command)
	if c == nil {
		return chat.Notice{Text: "no such command"}
	}
	resp, err := c.Run(ctx, req)
	if err != nil {
		return chat.Notice{Text: err.Error(), Loud: true}
	}
	return resp
}

// Complete implements [chat.Dispatcher] with the parameter's own function.
func (d *Dispatcher) Complete(ctx context.Context, req *chat.Request, param, typed string) []chat.Choice {
	c := chat.Find(d.commands, req.Command)
	if c == nil {
		return nil
	}
	p := c.Param(param)
	if p == nil || p.Complete == nil {
		return nil
	}
	found, err := p.Complete(ctx, req, typed)
	if err != nil {
		return nil
	}
	return found
}

// Requests returns the requests so far.
func (d *Dispatcher) Requests() []chat.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.requests)
}

// Of returns the requests for one command.
func (d *Dispatcher) Of(command string) []chat.Request {
	var found []chat.Request
	for _, r := range d.Requests() {
		if r.Command == command {
			found = append(found, r)
		}
	}
	return found
}
