package terminal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clorebot/clorebot/internal/chat"
)

// patience is how long a prompt waits for its answers.
const patience = 15 * time.Minute

// asking is a parameter that is being asked for, with the values offered.
type asking struct {
	command *chat.Command
	param   chat.Param
	offers  []chat.Choice
}

// ask collects what a command misses, a line a parameter. It reports done when the command can
// run; otherwise next is a command that was typed instead of an answer.
func (t *Terminal) ask(ctx context.Context, p *chat.Prompt, req *chat.Request) (done bool, next string, err error) {
	defer func() { t.asked = nil }()
	for {
		param, more := p.Next()
		if !more {
			return true, "", nil
		}
		if t.asked == nil || t.asked.param.Name != param.Name {
			t.asked = &asking{p.Command(), param, t.offers(ctx, param, req)}
			if err := t.question(t.asked); err != nil {
				return false, "", err
			}
		}
		text, err := t.console.readLine(ctx, param.Name+": ", param.Secret)
		if errors.Is(err, errInterrupted) {
			return false, "", t.say(t.options.Phrases.Abandoned)
		}
		if err != nil && !errors.Is(err, errLong) {
			return false, "", err
		}
		left, next, err := t.take(p, t.asked, text, err)
		if err != nil || left {
			return false, next, err
		}
	}
}

// take reads one answer. It reports left when the prompt is over.
func (t *Terminal) take(p *chat.Prompt, a *asking, text string, problem error) (left bool, next string, err error) {
	text = strings.TrimSpace(text)
	command, misplaced := t.instead(text), false
	if command == "" {
		shown := chat.CleanLine(text)
		misplaced = !a.param.Secret && chat.RevealsKey(text)
		if a.param.Secret || misplaced {
			shown = t.options.Phrases.Hidden
		}
		if err := t.echo(shown, "> "); err != nil {
			return true, "", err
		}
	}
	switch {
	case command == "/cancel":
		return true, "", errors.Join(t.echo(command, "> "), t.say(t.options.Phrases.Abandoned))
	case command != "":
		return true, command, t.say(t.options.Phrases.Abandoned)
	case p.Expired(t.options.Now()):
		return true, "", t.say(t.options.Phrases.Expired)
	case problem != nil:
		return false, "", t.say(t.options.Phrases.TooLong)
	case misplaced:
		return false, "", t.say(t.options.Phrases.KeyTyped)
	}
	if err := p.Answer(a.value(text)); err != nil {
		if errors.Is(err, chat.ErrLineTooLong) {
			return false, "", t.say(t.options.Phrases.TooLong)
		}
		return false, "", t.say(err.Error())
	}
	return false, "", nil
}

// instead returns a line that is a command where an answer was expected, or "". Only known
// commands count, since answers may begin with a slash too.
func (t *Terminal) instead(text string) string {
	word, _, _ := strings.Cut(text, " ")
	if text == "/cancel" || (strings.HasPrefix(word, "/") &&
		chat.Find(t.dispatcher.Commands(), strings.TrimPrefix(word, "/")) != nil) {
		return text
	}
	return ""
}

// value returns the offered value of a number. A number that is a value itself stays it.
func (a *asking) value(text string) string {
	for _, o := range a.offers {
		if strings.EqualFold(text, o.Value) {
			return text
		}
	}
	i, err := strconv.Atoi(strings.Trim(text, "[]"))
	if err != nil || i < 1 || i > len(a.offers) || a.param.Kind == chat.Number {
		return text
	}
	return a.offers[i-1].Value
}

// offers returns the choices of a parameter, or what its completion suggests.
func (t *Terminal) offers(ctx context.Context, p chat.Param, req *chat.Request) []chat.Choice {
	if len(p.Choices) > 0 || p.Complete == nil || p.Secret || p.Kind == chat.Number {
		return p.Choices
	}
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	return t.dispatcher.Complete(ctx, req, p.Name, "")
}

func (t *Terminal) question(a *asking) error {
	summary := a.param.Summary
	if summary == "" {
		summary = a.param.Name
	}
	rows := []row{{{chat.CleanLine(summary), bold}, {" (" + t.options.Phrases.HowToLeave + ")", faint}}}
	for i, o := range a.offers {
		rows = append(rows, row{{fmt.Sprintf("  [%d]", i+1), accent}, {" " + chat.CleanLine(o.Label), plain}})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.printed(rows, "")
}
