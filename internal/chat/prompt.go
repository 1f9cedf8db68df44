package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
)

// ErrAnswered is returned for an answer when nothing more is asked.
var ErrAnswered = errors.New("nothing is asked")

// ErrPrompt is returned for stored text that is no prompt, or one of a command that is gone.
var ErrPrompt = errors.New("no such prompt")

// Prompt collects a command's missing parameters one by one, for front-ends without forms. It
// is a value without clock or I/O: the front-end shows what [Prompt.Next] asks, passes what
// comes back to [Prompt.Answer], and dispatches the command with [Prompt.Args] when Next has
// nothing more.
type Prompt struct {
	command  *Command
	args     Args
	deadline time.Time
}

// NewPrompt asks for what the command still misses. A zero deadline means none.
func NewPrompt(c *Command, args Args, deadline time.Time) *Prompt {
	p := &Prompt{command: c, args: Args{}, deadline: deadline}
	maps.Copy(p.args, args)
	return p
}

// Command returns the command that will run.
func (p *Prompt) Command() *Command { return p.command }

// Args returns the arguments collected so far.
func (p *Prompt) Args() Args { return maps.Clone(p.args) }

// Expired reports whether the answer comes too late. It should then be dropped unread: it may
// be a secret that was meant for this prompt.
func (p *Prompt) Expired(now time.Time) bool {
	return !p.deadline.IsZero() && now.After(p.deadline)
}

// Next returns the parameter to ask for, or false when the command can run. Secrets come last,
// so that they are held for the shortest time.
func (p *Prompt) Next() (Param, bool) {
	missing := p.command.Missing(p.args)
	for _, param := range missing {
		if !param.Secret {
			return param, true
		}
	}
	if len(missing) > 0 {
		return missing[0], true
	}
	return Param{}, false
}

// Answer takes the value of the parameter that Next returns. After an error, which is that of
// [Param.Accept], the same parameter is asked again.
func (p *Prompt) Answer(text string) error {
	param, asked := p.Next()
	if !asked {
		return ErrAnswered
	}
	value, err := param.Accept(text)
	if err != nil {
		return err
	}
	p.args[param.Name] = value
	return nil
}

type storedPrompt struct {
	Command  string    `json:"command"`
	Args     Args      `json:"args,omitempty"`
	Deadline time.Time `json:"deadline,omitzero"`
}

// MarshalJSON writes the prompt without secret values: they would lie unsealed in the store,
// and are asked for again.
func (p *Prompt) MarshalJSON() ([]byte, error) {
	args := Args{}
	for name, value := range p.args {
		if param := p.command.Param(name); param == nil || !param.Secret {
			args[name] = value
		}
	}
	return json.Marshal(storedPrompt{p.command.Name, args, p.deadline})
}

// LoadPrompt reads what [Prompt.MarshalJSON] wrote. The error wraps [ErrPrompt].
func LoadPrompt(commands []*Command, data []byte) (*Prompt, error) {
	var stored storedPrompt
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrompt, err)
	}
	c := Find(commands, stored.Command)
	if c == nil {
		return nil, fmt.Errorf("%w: command %q", ErrPrompt, stored.Command)
	}
	return NewPrompt(c, stored.Args, stored.Deadline), nil
}
